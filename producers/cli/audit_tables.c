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

/* What a first look across services finds is only marked: it may be under way. */
struct looking {
    struct findings *findings; /* NULL: mark */
    struct marks *marks;       /* NULL: everything is a finding; else only what is marked */
    uint64_t *seen;            /* per promise */
    struct cli *cli;
    struct progress *progress;
};

static uint64_t
mark_of(const struct statement *statement, const struct pg_result *rows, uint32_t row)
{
    uint64_t hash = statement->promise;
    for (uint32_t column = 0; column < 3; column++) {
        const char *text = pg_text(rows, row, column);
        hash = hash * UINT64_C(0x9e3779b97f4a7c15) + hash_bytes(text, strlen(text));
    }
    return hash;
}

static void
on_row(const struct looking *looking, const struct statement *statement,
       const struct pg_result *rows, uint32_t row)
{
    looking->seen[statement->promise]++;
    if (looking->marks && !looking->findings)
        marks_add(looking->marks, mark_of(statement, rows, row));
    else if (!looking->marks || marks_has(looking->marks, mark_of(statement, rows, row)))
        findings_add(looking->findings, statement->promise, subject_of(pg_text(rows, row, 0)),
                     pg_text(rows, row, 1), "%s", pg_text(rows, row, 2));
}

static bool
run_statements(struct pg *pg, bool across, const struct looking *looking, struct error *err)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        PG_RESULT struct pg_result rows = { 0 };
        if (statements[i].across != across)
            continue;
        if (!pg_run(pg, statements[i].sql, NULL, PG_ROWS, &rows, err))
            return error_wrap(err, "%s in the tables", promise_names[statements[i].promise]);
        for (uint32_t row = 0; row < rows.row_count; row++)
            on_row(looking, &statements[i], &rows, row);
        progress_add(looking->cli, looking->progress, 1);
    }
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
end_snapshot(struct pg *pg, struct error *err)
{
    return pg_run(pg, "ROLLBACK", NULL, PG_NOTHING, NULL, err);
}

static bool
look_first(struct cli *cli, struct pg *pg, struct tables_proof *proof, struct marks *marks,
           uint64_t *marked, struct error *err)
{
    uint64_t seen[PROMISE_COUNT] = { 0 };
    const struct looking within = { &proof->findings, NULL, seen, cli, &proof->progress };
    const struct looking across = { NULL, marks, marked, cli, &proof->progress };
    TRY(begin_snapshot(pg, err));
    TRY(count(pg, proof, err));
    TRY(run_statements(pg, false, &within, err));
    TRY(run_statements(pg, true, &across, err));
    return end_snapshot(pg, err);
}

/* Only what both looks saw is a finding. */
static bool
look_second(struct cli *cli, struct pg *pg, struct tables_proof *proof, struct marks *marks,
            struct error *err)
{
    uint64_t seen[PROMISE_COUNT] = { 0 };
    uint64_t before = findings_total(&proof->findings);
    const struct looking across = { &proof->findings, marks, seen, cli, &proof->progress };
    TRY(begin_snapshot(pg, err));
    TRY(run_statements(pg, true, &across, err));
    proof->unsettled = marks->count - (findings_total(&proof->findings) - before);
    return end_snapshot(pg, err);
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
look_again(struct cli *cli, struct pg *pg, int64_t wait_s, struct tables_proof *proof,
           struct marks *marks, const uint64_t *marked, struct error *err)
{
    TRY(await_settled(cli, wait_s, &proof->was_settled, err));
    if (proof->was_settled)
        return look_second(cli, pg, proof, marks, err);
    memcpy(proof->unproven, marked, sizeof proof->unproven);
    return true;
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
    struct marks marks = { 0 };
    uint64_t marked[PROMISE_COUNT] = { 0 };
    int64_t began_us = monotonic_now_us();
    proof->was_settled = true;
    progress_begin(&proof->progress, "tables", "questions", STATEMENT_COUNT);
    TRY(check_one_database(cli, err));
    TRY(service_connect(cli, 0, &pg, err));
    bool is_good = look_first(cli, pg, proof, &marks, marked, err) &&
                   (marks.count == 0 || look_again(cli, pg, wait_s, proof, &marks, marked, err));
    progress_end(cli, &proof->progress);
    marks_free(&marks);
    proof->seconds = (double)(monotonic_now_us() - began_us) / 1e6;
    return is_good;
}

void
tables_proof_free(struct tables_proof *proof)
{
    findings_free(&proof->findings);
}
