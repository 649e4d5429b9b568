/* A question after a leader moved, against a mock cluster of two brokers: who leads is asked at once.  The library
 * itself would look again with its next regular refresh, minutes later; the bridge asks such questions before it says
 * that there is none. */
#include "runtime/kafka.h"
#include <criterion/criterion.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#define TOPIC     "OrderRequested"
#define ASKED_MAX 3 /* the first learns of it; one more where the answer of the new leader was on its way */

static rd_kafka_t *owner;
static rd_kafka_mock_cluster_t *cluster;
static struct kafka_consumer *reader;

static void
open_cluster(void)
{
    char errstr[256];
    struct error err = { 0 };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "client.id", "MOCK", errstr, sizeof errstr);
    owner = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
    cr_assert_not_null(owner, "%s", errstr);
    cluster = rd_kafka_mock_cluster_new(owner, 2);
    cr_assert_eq(rd_kafka_mock_topic_create(cluster, TOPIC, 1, 2), 0);
    cr_assert_eq(rd_kafka_mock_partition_set_leader(cluster, TOPIC, 0, 1), 0);
    const struct kafka_settings settings = { .bootstrap = rd_kafka_mock_cluster_bootstraps(cluster),
                                             .client_id = "leaders" };
    reader = kafka_reader_new(&settings, NULL, &err);
    cr_assert_not_null(reader, "%s", err.message);
}

static void
close_cluster(void)
{
    kafka_consumer_free(reader);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(owner);
}

TestSuite(leaders, .init = open_cluster, .fini = close_cluster, .timeout = 60);

static bool
ask_end(struct kafka_partition *at, struct error *err)
{
    *at = (struct kafka_partition){ TOPIC, 0, KAFKA_OFFSET_NONE };
    return kafka_offsets(reader, KAFKA_OFFSET_END, at, 1, err);
}

static int
asked_until_answered(void)
{
    struct kafka_partition at;
    struct error err = { 0 };
    for (int asked = 1; asked <= ASKED_MAX; asked++)
        if (ask_end(&at, &err)) {
            cr_expect_eq(at.offset, 0);
            return asked;
        }
    cr_assert_fail("asked %d times: %s", ASKED_MAX, err.message);
    return 0;
}

Test(leaders, a_moved_leader_is_found_by_the_question_after_the_one_it_refused)
{
    struct kafka_partition at;
    struct error err = { 0 };
    cr_assert(ask_end(&at, &err), "%s", err.message);
    for (int32_t leader = 2; leader >= 1; leader--) {
        cr_assert_eq(rd_kafka_mock_partition_set_leader(cluster, TOPIC, 0, leader), 0);
        asked_until_answered();
    }
}

/* While a partition has none the library remembers that, and answers by itself. */
Test(leaders, a_leader_that_comes_after_none_is_found)
{
    struct kafka_partition at;
    struct error err = { 0 };
    cr_assert(ask_end(&at, &err), "%s", err.message);
    cr_assert_eq(rd_kafka_mock_partition_set_leader(cluster, TOPIC, 0, -1), 0);
    for (int asked = 0; asked < ASKED_MAX; asked++)
        cr_assert_not(ask_end(&at, &err));
    cr_assert_eq(rd_kafka_mock_partition_set_leader(cluster, TOPIC, 0, 2), 0);
    asked_until_answered();
}

/* A refusal says what to do: the same again. */
Test(leaders, a_question_to_a_former_leader_may_be_asked_again)
{
    struct kafka_partition at;
    struct error err = { 0 };
    cr_assert(ask_end(&at, &err), "%s", err.message);
    rd_kafka_mock_partition_set_leader(cluster, TOPIC, 0, 2);
    if (!ask_end(&at, &err))
        cr_expect_eq(err.class, ERROR_RETRY, "%s", err.message);
}
