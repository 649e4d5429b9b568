/* audit_tables.c — one snapshot of all schemas, looked at twice where it must be.  Contract: audit_tables.h */
#include "cli/audit_tables.h"
#include "base/instant.h"
#include "jumun_cli_sql.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LOOK_AGAIN_MS 100

struct statement {
    const char *sql;
    enum promise promise;
    bool across; /* over several services: true only when nothing is under way between them */
};

static const struct statement statements[] = {
    { SQL_AUDIT_STOCK, PROMISE_STOCK, false },
    { SQL_AUDIT_COUPON, PROMISE_COUPON, false },
    { SQL_AUDIT_MONEY, PROMISE_MONEY, false },
    { SQL_AUDIT_EXPORT, PROMISE_EXPORT, false },
    { SQL_AUDIT_STOCK_ACROSS, PROMISE_STOCK, true },
    { SQL_AUDIT_COUPON_ACROSS, PROMISE_COUPON, true },
    { SQL_AUDIT_MONEY_ACROSS, PROMISE_MONEY, true },
    { SQL_AUDIT_END_ACROSS, PROMISE_END, true },
    { SQL_AUDIT_EXPORT_ACROSS, PROMISE_EXPORT, true },
};

#define STATEMENT_COUNT (sizeof statements / sizeof *statements)

/* ---- one look ------------------------------------------------------------------------------- */

static enum subject
subject_of(const char *name)
{
    unsigned subject = SUBJECT_ORDER;
    while (subject < SUBJECT_FEED && strcmp(subject_names[subject], name) != 0)
        subject++;
    return (enum subject)subject;
}

static bool
run_statement(struct pg *pg, const struct statement *statement, struct findings *out,
              struct error *err)
{
    PG_RESULT struct pg_result rows = { 0 };
    if (!pg_run(pg, statement->sql, NULL, PG_ROWS, &rows, err))
        return error_wrap(err, "%s across the tables", promise_names[statement->promise]);
    for (uint32_t i = 0; i < rows.row_count; i++)
        findings_add(out, statement->promise, subject_of(pg_text(&rows, i, 0)),
                     pg_text(&rows, i, 1), "%s", pg_text(&rows, i, 2));
    return true;
}

static bool
run_statements(struct pg *pg, bool across, struct findings *out, struct error *err)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        if (statements[i].across == across)
            TRY(run_statement(pg, &statements[i], out, err));
    return true;
}

static bool
count(struct pg *pg, struct tables_proof *proof, struct error *err)
{
    PG_RESULT struct pg_result row = { 0 };
    TRY(pg_run(pg, SQL_AUDIT_COUNTS, NULL, PG_ROW, &row, err));
    uint64_t *const figures[] = { &proof->orders.seen,      &proof->orders.paid,
                                  &proof->orders.cancelled, &proof->orders.refused,
                                  &proof->orders.open,      &proof->orders.parked,
                                  &proof->products,         &proof->customers,
                                  &proof->coupons,          &proof->feeds };
    for (uint32_t i = 0; i < sizeof figures / sizeof *figures; i++)
        *figures[i] = (uint64_t)pg_int64(&row, 0, i);
    return true;
}

/* The whole look is one snapshot; nothing is written. */
static bool
begin_snapshot(struct pg *pg, struct error *err)
{
    return pg_run(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, PG_NOTHING, NULL,
                  err);
}

static bool
look(struct pg *pg, struct tables_proof *proof, bool is_first, struct findings *across,
     struct error *err)
{
    TRY(begin_snapshot(pg, err));
    if (is_first) {
        TRY(count(pg, proof, err));
        TRY(run_statements(pg, false, &proof->findings, err));
    }
    TRY(run_statements(pg, true, across, err));
    return pg_run(pg, "ROLLBACK", NULL, PG_NOTHING, NULL, err);
}

/* ---- between two looks ---------------------------------------------------------------------- */

static bool
read_all(struct cli *cli, struct positions *out, struct error *err)
{
    for (uint32_t service = 0; service < SERVICE_COUNT; service++)
        TRY(positions_read(cli, service, out, err));
    return true;
}

/* What services had decided by `then` is out by `now`. */
static bool
is_published(const struct positions *then, const struct positions *now)
{
    for (uint32_t i = 0; i < then->count; i++) {
        const struct position *before = &then->items[i];
        const struct position *at =
            positions_find(now, before->service, before->topic, before->partition);
        if (at && at->published_next < before->next_offset)
            return false;
    }
    return true;
}

/* Then it lies below the ends that are asked for next. */
static bool
await_published(struct cli *cli, int64_t until_us, bool *settled, struct error *err)
{
    struct positions then = { 0 };
    TRY(read_all(cli, &then, err));
    for (;;) {
        struct positions now = { 0 };
        struct arena_mark mark = arena_mark(cli->arena);
        TRY(read_all(cli, &now, err));
        *settled = is_published(&then, &now);
        arena_rewind(cli->arena, mark);
        if (*settled || monotonic_now_us() > until_us || cli_stopped())
            return true;
        nanosleep(&(struct timespec){ .tv_nsec = LOOK_AGAIN_MS * 1000000L }, NULL);
    }
}

static bool
ends_as_goals(struct cli *cli, struct goals *goals, struct error *err)
{
    struct reading reading;
    bool wanted[EV_COUNT] = { false };
    for (unsigned type = 0; type < EV_COUNT; type++)
        wanted[type] = topics[type].has_topic && topics[type].key != KEY_ORIGINAL;
    TRY(reading_open(cli, wanted, &reading, err));
    for (uint32_t i = 0; i < reading.count; i++)
        if (reading.items[i].end > reading.items[i].first)
            goals_add(cli, goals, reading.items[i].type, reading.items[i].partition,
                      reading.items[i].end);
    reading_close(&reading);
    return true;
}

/* *settled: every service has come past all that was there, and all that it had said. */
static bool
await_settled(struct cli *cli, int64_t wait_s, bool *settled, struct error *err)
{
    struct goals goals = { 0 };
    int64_t until_us = monotonic_now_us() + wait_s * INT64_C(1000000);
    TRY(await_published(cli, until_us, settled, err));
    if (!*settled)
        return true;
    TRY(ends_as_goals(cli, &goals, err));
    *settled = goals_await(cli, &goals, wait_s, err);
    if (!*settled && err->class == ERROR_REFUSED) /* the time is over: told by was_settled */
        return true;
    return *settled;
}

/* ---- both looks ----------------------------------------------------------------------------- */

static bool
is_same(const struct finding *a, const struct finding *b)
{
    return a->promise == b->promise && a->subject == b->subject && strcmp(a->key, b->key) == 0 &&
           strcmp(a->text, b->text) == 0;
}

static bool
holds(const struct findings *findings, const struct finding *finding)
{
    for (uint32_t i = 0; i < findings->kept; i++)
        if (is_same(&findings->items[i], finding))
            return true;
    return false;
}

/* What only one look saw was under way. */
static void
keep_common(struct tables_proof *proof, const struct findings *first, const struct findings *second)
{
    for (uint32_t i = 0; i < first->kept; i++) {
        const struct finding *finding = &first->items[i];
        if (holds(second, finding))
            findings_add(&proof->findings, finding->promise, finding->subject, finding->key, "%s",
                         finding->text);
        else
            proof->unsettled++;
    }
}

static bool
look_again(struct cli *cli, struct pg *pg, int64_t wait_s, struct tables_proof *proof,
           const struct findings *first, struct error *err)
{
    struct findings second = { 0 };
    TRY(await_settled(cli, wait_s, &proof->was_settled, err));
    if (!proof->was_settled) {
        memcpy(proof->unproven, first->counts, sizeof proof->unproven);
        return true;
    }
    bool is_good = look(pg, proof, false, &second, err);
    if (is_good)
        keep_common(proof, first, &second);
    findings_free(&second);
    return is_good;
}

/* One snapshot over all schemas needs them all in one database. */
static bool
check_one_database(struct cli *cli, struct error *err)
{
    char first[256] = "";
    for (uint32_t service = 0; service < SERVICE_COUNT; service++) {
        struct pg *pg;
        PG_RESULT struct pg_result row = { 0 };
        TRY(service_connect(cli, service, &pg, err));
        TRY(pg_run(pg, SQL_AUDIT_SAME_SERVER, NULL, PG_ROW, &row, err));
        if (service == 0)
            snprintf(first, sizeof first, "%s", pg_text(&row, 0, 0));
        else if (strcmp(first, pg_text(&row, 0, 0)) != 0)
            return error_set(
                err, ERROR_REFUSED,
                "%s and %s have different databases: the tables are proven where all lie "
                "in one; --topics proves it from the topics",
                services[0].name, services[service].name);
    }
    return true;
}

bool
tables_prove(struct cli *cli, int64_t wait_s, struct tables_proof *proof, struct error *err)
{
    struct pg *pg;
    struct findings first = { 0 };
    int64_t began_us = monotonic_now_us();
    proof->was_settled = true;
    TRY(check_one_database(cli, err));
    TRY(service_connect(cli, 0, &pg, err));
    bool is_good = look(pg, proof, true, &first, err) &&
                   (findings_total(&first) == 0 || look_again(cli, pg, wait_s, proof, &first, err));
    findings_free(&first);
    proof->seconds = (double)(monotonic_now_us() - began_us) / 1e6;
    return is_good;
}

void
tables_proof_free(struct tables_proof *proof)
{
    findings_free(&proof->findings);
}
