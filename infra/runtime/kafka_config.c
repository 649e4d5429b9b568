/* kafka_config.c — librdkafka's settings: every default that is wrong for us is set here by name.
 *
 *   tables    common, consumer, producer
 *   file      JUMUN_KAFKA_CONFIG, which may tune but not break a promise
 *   errors    one table of codes
 *   callbacks logs and errors of the library go to our log */
#include "runtime/kafka_private.h"
#include "base/logger.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct property {
    const char *name, *value;
    bool is_promise; /* the file may not change it */
};

static const struct property common[] = {
    { "socket.nagle.disable",                  "true",  false },
    { "socket.keepalive.enable",               "true",  false },
    { "reconnect.backoff.ms",                  "50",    false },
    { "reconnect.backoff.max.ms",              "1000",  false },
    { "topic.metadata.refresh.fast.interval.ms", "250", false },
    { "log.connection.close",                  "false", false },
    { "allow.auto.create.topics",              "false", true  },
    { NULL,                                    NULL,    false },
};

static const struct property consumer[] = {
    { "partition.assignment.strategy", "range",          true  }, /* cooperative-sticky hangs in 2.0.2 */
    { "enable.auto.commit",            "false",          true  }, /* offsets live in the database */
    { "enable.auto.offset.store",      "false",          true  },
    { "auto.offset.reset",             "error",          true  }, /* never jump silently */
    { "isolation.level",               "read_committed", true  },
    { "check.crcs",                    "true",           false },
    { "session.timeout.ms",            "8000",           false }, /* 45 s: so long would all stand still */
    { "heartbeat.interval.ms",         "2000",           false },
    { "max.poll.interval.ms",          "300000",         false },
    { "fetch.wait.max.ms",             "100",            false }, /* a new partition waits for it */
    { "fetch.error.backoff.ms",        "100",            false },
    /* What lies ready is bounded for the sake of memory: a record takes some 700 bytes beside its value.
     * When it is full the library sleeps for up to a second; kafka_consumer.c wakes it in time. */
    { "queued.min.messages",           "15000",          false },
    { "queued.max.messages.kbytes",    "8192",          false },
    { "fetch.max.bytes",               "4194304",        false },
    { NULL,                            NULL,             false },
};

/* A member's partitions each have a queue of their own (kafka_shares.c): there these two count for each. */
static const struct property member[] = {
    { "queued.max.messages.kbytes",    "1024",           false },
    { NULL,                            NULL,             false },
};

/* What lies ready when every topic of a member has a backlog: records, and of each topic at least so many; and
 * what one answer brings of a topic.  All of a topic's partitions share them, for they are read in turn. */
#define MEMBER_READY     24000
#define MEMBER_READY_MIN 1000
#define TOPIC_BYTES      393216
#define PARTITION_MIN    32    /* records */
#define PARTITION_BYTES  32768 /* one answer fills several partitions */

static const struct property producer[] = {
    { "enable.idempotence",           "true",            true  },
    { "acks",                         "all",             true  },
    { "max.in.flight.requests.per.connection", "5",      true  },
    { "message.timeout.ms",           "0",               true  }, /* never give an event up */
    { "message.max.bytes",            "4259840",         true  },
    { "batch.size",                   "200000",          true  }, /* a batch must fit max.message.bytes */
    { "partitioner",                  "murmur2_random",  false },
    { "linger.ms",                    "0",               false }, /* paid once per hop */
    { "queue.buffering.max.messages", "500000",          false },
    { "queue.buffering.max.kbytes",   "262144",          false },
    { NULL,                           NULL,              false },
};

/* ---- tables ------------------------------------------------------------------------------------- */

static bool
set(rd_kafka_conf_t *conf, const char *name, const char *value, struct error *err)
{
    char reason[256];

    if (rd_kafka_conf_set(conf, name, value, reason, sizeof reason) == RD_KAFKA_CONF_OK)
        return true;
    return error_set(err, ERROR_REFUSED, "Kafka setting %s: %s", name, reason);
}

static bool
set_number(rd_kafka_conf_t *conf, const char *name, uint32_t value, struct error *err)
{
    char text[16];
    snprintf(text, sizeof text, "%u", value);
    return set(conf, name, text, err);
}

static bool
set_all(rd_kafka_conf_t *conf, const struct property *table, struct error *err)
{
    for (; table->name; table++)
        TRY(set(conf, table->name, table->value, err));
    return true;
}

static bool
is_promise(const char *name)
{
    const struct property *tables[] = { common, consumer, producer };
    static const char *const ours[] = { "bootstrap.servers", "group.id", "metadata.broker.list" };

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(ours[i], name) == 0)
            return true;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct property *row = tables[i]; row->name; row++)
            if (row->is_promise && strcmp(row->name, name) == 0)
                return true;
    return false;
}

/* ---- file --------------------------------------------------------------------------------------- */

static char *
trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    for (char *end = text + strlen(text); end > text && isspace((unsigned char)end[-1]);)
        *--end = '\0';
    return text;
}

static bool
set_line(rd_kafka_conf_t *conf, char *line, const char *path, int line_no, struct error *err)
{
    char *name = trim(line);
    char *equals = strchr(name, '=');

    if (!*name || *name == '#')
        return true;
    if (!equals)
        return error_set(err, ERROR_REFUSED, "%s line %d: wanted name=value", path, line_no);
    *equals = '\0';
    name = trim(name);
    if (is_promise(name))
        return error_set(err, ERROR_REFUSED, "%s line %d: %s is fixed: jumun's promises rest on it",
                         path, line_no, name);
    if (!set(conf, name, trim(equals + 1), err))
        return error_wrap(err, "%s line %d", path, line_no);
    return true;
}

static bool
set_file(rd_kafka_conf_t *conf, const char *path, struct error *err)
{
    char line[1024];
    bool ok = true;

    if (!path || !*path)
        return true;
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(err, ERROR_REFUSED, "JUMUN_KAFKA_CONFIG %s: %s", path, strerror(errno));
    for (int line_no = 1; ok && fgets(line, sizeof line, file); line_no++)
        ok = set_line(conf, line, path, line_no, err);
    fclose(file);
    return ok;
}

/* ---- callbacks ---------------------------------------------------------------------------------- */

static void
on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    enum log_level ours = level <= 3 ? LOG_WARN : level <= 4 ? LOG_INFO : LOG_DEBUG;
    if (log_enabled(ours))
        log_write(ours, "librdkafka", (const struct log_field[]){ F_STR("facility", facility),
                                                                  F_STR("text", text), LOG_END });
}

static void
on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    (void)opaque;
    log_warn("Kafka", F_STR("error", rd_kafka_err2name((rd_kafka_resp_err_t)code)),
             F_STR("reason", reason));
}

/* ---- handles ------------------------------------------------------------------------------------ */

static uint32_t
at_least(uint32_t least, uint32_t value)
{
    return value < least ? least : value;
}

static bool
set_member(rd_kafka_conf_t *conf, const struct kafka_settings *settings, struct error *err)
{
    uint32_t partitions = at_least(1, settings->partitions);
    uint32_t topics = at_least(1, settings->topic_count);
    uint32_t records = at_least(MEMBER_READY_MIN, MEMBER_READY / topics) / partitions;

    TRY(set_all(conf, member, err));
    TRY(set_number(conf, "queued.min.messages", at_least(PARTITION_MIN, records), err));
    return set_number(conf, "fetch.message.max.bytes",
                      at_least(PARTITION_BYTES, TOPIC_BYTES / partitions), err);
}

static bool
fill(rd_kafka_conf_t *conf, const struct kafka_settings *settings, enum kafka_role role,
     const char *group, struct error *err)
{
    bool consumes = role == KAFKA_MEMBER || role == KAFKA_READER;

    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    TRY(set(conf, "bootstrap.servers", settings->bootstrap, err));
    TRY(set(conf, "client.id", settings->client_id ? settings->client_id : "jumun", err));
    TRY(set_all(conf, common, err));
    if (consumes)
        TRY(set_all(conf, consumer, err));
    if (role == KAFKA_PRODUCER)
        TRY(set_all(conf, producer, err));
    if (role == KAFKA_PRODUCER && settings->linger_ms)
        TRY(set_number(conf, "linger.ms", settings->linger_ms, err));
    if (consumes)
        TRY(set(conf, "group.id", group ? group : "jumun-reader", err));
    if (role == KAFKA_MEMBER)
        TRY(set_member(conf, settings, err));
    if (consumes)
        TRY(set(conf, "enable.partition.eof", "true", err));
    if (consumes && settings->prefetch_kbytes)
        TRY(set_number(conf, "queued.max.messages.kbytes", settings->prefetch_kbytes, err));
    return set_file(conf, settings->config_file, err);
}

rd_kafka_conf_t *
kafka_conf_new(const struct kafka_settings *settings, enum kafka_role role, const char *group,
               struct error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    if (fill(conf, settings, role, group, err))
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}

rd_kafka_t *
kafka_handle_new(rd_kafka_conf_t *conf, enum kafka_role role, struct error *err)
{
    bool produces = role == KAFKA_PRODUCER || role == KAFKA_ADMIN;
    char reason[256];

    if (!conf)
        return NULL;
    rd_kafka_t *rk = rd_kafka_new(produces ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, reason,
                                  sizeof reason);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        error_set(err, ERROR_REFUSED, "Kafka client: %s", reason);
    }
    return rk;
}

/* ---- errors ------------------------------------------------------------------------------------- */

/* Codes for which waiting does not help; every other is asked again. */
static const rd_kafka_resp_err_t fatal_codes[] = {
    RD_KAFKA_RESP_ERR__FATAL,
    RD_KAFKA_RESP_ERR__INVALID_ARG,
    RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED,
    RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL,
    RD_KAFKA_RESP_ERR_INVALID_GROUP_ID,
    RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
};

bool
kafka_error(struct error *err, rd_kafka_resp_err_t code, const char *what, const char *detail)
{
    enum error_class class = ERROR_RETRY;

    for (size_t i = 0; i < sizeof fatal_codes / sizeof *fatal_codes; i++)
        if (fatal_codes[i] == code)
            class = ERROR_FATAL;
    error_set(err, class, "Kafka: %s: %s (%s)", what, detail ? detail : rd_kafka_err2str(code),
              rd_kafka_err2name(code));
    err->kafka_code = code;
    return false;
}
