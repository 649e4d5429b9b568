/* test_redrive.c — handing back as a job: counted, limited, told once each, whatever happens to its owner. */
#include "runtime/fixture.h"
#include "runtime/instance.h"
#include "runtime/redrive.h"
#include <criterion/criterion.h>
#include <stdio.h>

#define JOB        "00000000-0000-7000-8000-0000000000aa"
#define FORCED_JOB "00000000-0000-7000-8000-0000000000bb"
#define MEND       "ALTER TABLE probe DROP CONSTRAINT probe_amount_positive"

static struct instance one;

TestSuite(redrive, .init = open_stage, .fini = close_stage, .timeout = 120);

static int64_t
number(const char *what)
{
    char sql[400];
    snprintf(sql, sizeof sql, "SELECT (%s)::bigint", what);
    return stage_number(&stage, sql);
}

/* Of the event that stands first. */
static int64_t
first_attempts(void)
{
    return number("SELECT attempts FROM parked ORDER BY seq LIMIT 1");
}

static void
begin_job(const char *id, bool is_forced)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "INSERT INTO redrive_job (id, requested_by, why, selection, command, per_second, "
             "is_forced) VALUES ('%s', 'kim', 'mended', '{}', 'jumun', 1000, %s)",
             id, is_forced ? "true" : "false");
    stage_run(&stage, sql);
}

static void
ask_for_all(const char *job)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "INSERT INTO redrive_request (key_kind, key, requested_by, job_id, events_asked) "
             "SELECT key_kind, key, 'kim', '%s', events FROM redrive_selected('{}')", job);
    stage_run(&stage, sql);
}

/* One order of three events: the first fails, the others wait. */
static void
park_three(int order, uint32_t *sent)
{
    stage_voided(&stage, order, "poison");
    cr_assert(instance_rest(&one, ++*sent), "%s", one.err.message);
    stage_voided(&stage, order, "second");
    stage_restored(&stage, order, "third");
    cr_assert(instance_rest(&one, *sent += 2), "%s", one.err.message);
}

Test(redrive, counts_each_failure_of_an_event_and_tells_it_from_those_behind)
{
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    park_three(1, &sent);
    cr_expect_eq(stage_number(&stage, "SELECT sum(attempts) FROM parked"), 1);
    for (int attempts = 2; attempts <= 3; attempts++) {
        char job[60], failed[300];
        snprintf(job, sizeof job, "00000000-0000-7000-8000-0000000000%02d", attempts);
        begin_job(job, false);
        ask_for_all(job);
        snprintf(failed, sizeof failed,
                 "SELECT count(*) FROM redrive_history WHERE action = 'failed' AND attempts = %d "
                 "AND reason = '23514' AND by_whom = 'kim' AND why = 'mended' AND detail LIKE "
                 "'%%probe_amount_positive%%' AND detail NOT LIKE '%%poison%%'", attempts);
        cr_assert(instance_until(&one, failed, 1), "%s", one.err.message);
        cr_expect_eq(first_attempts(), attempts);
    }
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked WHERE attempts = 0 AND "
                                      "reason = 'behind'"), 2);
    instance_stop(&one);
}

Test(redrive, an_event_behind_the_first_that_fails_is_the_one_that_is_counted)
{
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    park_three(1, &sent);
    stage_run(&stage, MEND);
    stage_run(&stage, "ALTER TABLE probe ADD CONSTRAINT seen_once CHECK (seen < 2)");
    begin_job(JOB, false);
    ask_for_all(JOB);
    cr_assert(instance_until(&one, "SELECT failed_again FROM redrive_progress", 1), "%s",
              one.err.message);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 2);
    cr_expect_eq(stage_number(&stage, "SELECT record_offset FROM parked WHERE attempts = 1 AND "
                                      "detail LIKE '%seen_once%'"), 1);
    cr_expect_eq(number("SELECT events_handled FROM redrive_progress"), 1);
    instance_stop(&one);
}

Test(redrive, beyond_the_limit_nothing_is_tried_unless_somebody_insists)
{
    char detail[200];
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    park_three(1, &sent);
    snprintf(detail, sizeof detail, "UPDATE parked SET attempts = %d WHERE reason <> 'behind'",
             REDRIVE_ATTEMPTS_MAX);
    stage_run(&stage, detail);
    stage_run(&stage, MEND);
    begin_job(JOB, false);
    ask_for_all(JOB);
    cr_assert(instance_until(&one, "SELECT given_up FROM redrive_progress", 1));
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 3);
    cr_expect_eq(number("SELECT max(attempts) FROM parked"), REDRIVE_ATTEMPTS_MAX);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM redrive_history WHERE action = "
                                      "'given_up' AND detail LIKE '%limit%--force%'"), 1);
    begin_job(FORCED_JOB, true);
    ask_for_all(FORCED_JOB);
    cr_assert(instance_until(&one, "SELECT handed_back FROM redrive_progress WHERE is_forced", 1));
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 0);
    instance_stop(&one);
}

Test(redrive, a_request_that_ends_its_owner_each_time_is_given_up_and_counted)
{
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    park_three(1, &sent);
    begin_job(JOB, false);
    stage_run(&stage, "INSERT INTO redrive_request (key_kind, key, job_id, begun_count, begun_at) "
                      "SELECT key_kind, key, '" JOB "', 3, now() FROM parked_head");
    cr_assert(instance_until(&one, "SELECT given_up FROM redrive_progress", 1));
    cr_expect_eq(first_attempts(), 2);
    instance_stop(&one);
}

Test(redrive, tells_each_event_handed_back_once_though_the_answer_was_lost)
{
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    park_three(1, &sent);
    stage_run(&stage, MEND);
    begin_job(JOB, false);
    ask_for_all(JOB);
    instance_set_trap(&one, TRAP_COMMIT_AFTER, 0);
    cr_assert(instance_until(&one, "SELECT handed_back FROM redrive_progress", 1), "%s",
              one.err.message);
    cr_expect_eq(one.snapped, 1);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM redrive_history WHERE action = "
                                      "'handed_back' AND job_id = '" JOB "'"), 3);
    cr_expect_eq(number("SELECT count(*) FROM (SELECT array_agg(topic ORDER BY id) AS topics FROM "
                        "redrive_history WHERE action = 'handed_back') AS h WHERE topics = "
                        "'{PaymentVoided,PaymentVoided,CouponRestored}'"), 1);
    cr_expect_eq(number("SELECT events_handled FROM redrive_progress"), 3);
    cr_expect_eq(stage_number(&stage, "SELECT seen FROM probe"), 3);
    instance_stop(&one);
}

Test(redrive, a_job_goes_on_with_another_owner)
{
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    for (int order = 1; order <= 4; order++) { /* two in a row that fail alike would stop it */
        park_three(order, &sent);
        stage_voided(&stage, 100 + order, "c");
        cr_assert(instance_rest(&one, ++sent));
    }
    stage_run(&stage, MEND);
    begin_job(JOB, false);
    ask_for_all(JOB);
    cr_assert(instance_until(&one, "SELECT least(handed_back, 1) FROM redrive_progress", 1));
    instance_stop(&one);
    cr_assert_gt(stage_number(&stage, "SELECT waiting FROM redrive_progress"), 0,
                 "stopped in the middle");
    instance_open(&one, &stage, 100);
    cr_assert(instance_until(&one, "SELECT handed_back FROM redrive_progress", 4));
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE seen = 3"), 4);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM redrive_history WHERE action = "
                                      "'handed_back'"), 12);
    instance_stop(&one);
}

Test(redrive, what_is_stopped_is_not_begun)
{
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    park_three(1, &sent);
    instance_stop(&one);
    begin_job(JOB, false);
    ask_for_all(JOB);
    cr_expect_eq(stage_number(&stage, "SELECT redrive_stop('" JOB "', 'lee', 'too early')"), 1);
    instance_open(&one, &stage, 100);
    stage_voided(&stage, 2, "c");
    cr_assert(instance_rest(&one, ++sent));
    cr_expect_eq(stage_number(&stage, "SELECT stopped FROM redrive_progress"), 1);
    cr_expect_eq(number("SELECT max(attempts) FROM parked"), 1);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM redrive_history WHERE detail LIKE "
                                      "'by lee: too early'"), 1);
    instance_stop(&one);
}

Test(redrive, the_history_is_only_added_to_and_says_what_was_removed_by_hand)
{
    struct error err = { 0 };
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    park_three(1, &sent);
    instance_stop(&one);
    stage_run(&stage, "DELETE FROM parked");
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM redrive_history WHERE action = "
                                      "'removed' AND by_whom = session_user"), 3);
    cr_expect(!pg_run_script(stage.pg, "DELETE FROM redrive_history", &err));
    cr_expect(!pg_run_script(stage.pg, "UPDATE redrive_history SET why = ''", &err));
    cr_expect(!pg_run_script(stage.pg, "TRUNCATE redrive_history", &err));
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM redrive_history"), 3);
}

Test(redrive, a_key_is_asked_for_once_at_a_time)
{
    struct error err = { 0 };
    uint32_t sent = 0;

    instance_open(&one, &stage, 100);
    park_three(1, &sent);
    instance_stop(&one);
    begin_job(JOB, false);
    ask_for_all(JOB);
    cr_expect(!pg_run_script(stage.pg, "INSERT INTO redrive_request (key_kind, key) "
                                       "SELECT key_kind, key FROM parked_head", &err));
    cr_expect_str_eq(err.constraint, "redrive_request_once");
}
