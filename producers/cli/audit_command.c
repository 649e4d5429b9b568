/* audit_command.c — both proofs, the comparison, the report. */
#include "base/instant.h"
#include "cli/action.h"
#include "cli/audit_tables.h"
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX     50
#define SETTLE_WAIT_S 60

struct report {
    struct cli *cli;
    struct topics_proof topics;
    struct tables_proof tables;
    struct findings differences;
    uint64_t compared;
    bool has_topics, has_tables, was_compared, was_exact;
    int64_t shown_max;
};

/* ---- for people ----------------------------------------------------------------------------- */

static const char *
verdict(struct cli *cli, bool was_proven, const struct findings *findings, enum promise promise)
{
    if (!was_proven)
        return "not looked at";
    if (findings->counts[promise] == 0)
        return "✓ holds";
    return arena_printf(cli->arena, "✗ BROKEN %s×",
                        cli_number(cli, (int64_t)findings->counts[promise]));
}

static void
tell_promises(const struct report *report)
{
    struct cli *cli = report->cli;
    printf("%-12s", "promise");
    cli_pad("from the tables", 22);
    printf("from the topics\n");
    for (unsigned promise = 0; promise < PROMISE_COUNT; promise++) {
        bool in_tables = report->has_tables && promise != PROMISE_ONCE;
        uint64_t unproven = report->tables.unproven[promise];
        const char *of_tables = verdict(cli, in_tables, &report->tables.findings, promise);
        if (unproven && !report->tables.findings.counts[promise])
            of_tables =
                arena_printf(cli->arena, "? not proven %s×", cli_number(cli, (int64_t)unproven));
        printf("%-12s", promise_names[promise]);
        cli_pad(of_tables, 22);
        printf("%s\n", verdict(cli, report->has_topics, &report->topics.audit.findings, promise));
    }
}

static void
tell_orders(const struct report *report, const char *way, const struct order_counts *orders)
{
    struct cli *cli = report->cli;
    printf("%s: %s orders: %s paid, %s cancelled, %s refused, %s open; %s on their way and %s "
           "parked, not "
           "judged\n",
           way, cli_number(cli, (int64_t)orders->seen), cli_number(cli, (int64_t)orders->paid),
           cli_number(cli, (int64_t)orders->cancelled), cli_number(cli, (int64_t)orders->refused),
           cli_number(cli, (int64_t)orders->open), cli_number(cli, (int64_t)orders->flying),
           cli_number(cli, (int64_t)orders->parked));
}

static void
tell_figures(const struct report *report)
{
    struct cli *cli = report->cli;
    const struct topics_proof *fold = &report->topics;
    const struct tables_proof *tables = &report->tables;
    putchar('\n');
    if (report->has_tables) {
        tell_orders(report, "tables", &tables->orders);
        printf("        %s products, %s customers, %s coupons, %s feeds; %.1f s\n",
               cli_number(cli, (int64_t)tables->products),
               cli_number(cli, (int64_t)tables->customers),
               cli_number(cli, (int64_t)tables->coupons), cli_number(cli, (int64_t)tables->feeds),
               tables->seconds);
        if (tables->unsettled)
            printf("        %s mismatches were on their way, and are gone\n",
                   cli_number(cli, (int64_t)tables->unsettled));
        if (!tables->was_settled)
            printf("        not proven: a service does not come past what lies before it, see "
                   "`jumun lag`\n");
    }
    if (report->has_topics) {
        tell_orders(report, "topics", &fold->orders);
        printf("        %s records, %s repeats, %s that are no events, %s dead letters; %.1f s\n",
               cli_number(cli, (int64_t)fold->records),
               cli_number(cli, (int64_t)fold->audit.repeats),
               cli_number(cli, (int64_t)fold->not_events),
               cli_number(cli, (int64_t)fold->dead_letters), fold->seconds);
    }
    if (report->was_compared)
        printf("tables against topics: %s compared, %s differ%s\n",
               cli_number(cli, (int64_t)report->compared),
               cli_number(cli, (int64_t)findings_total(&report->differences)),
               report->was_exact ? "" : "; only ends: events are on their way, or parked");
}

static void
tell_findings(const struct report *report, const char *way, const struct findings *findings)
{
    uint32_t shown = 0;
    for (; shown < findings->kept && shown < report->shown_max; shown++) {
        const struct finding *finding = &findings->items[shown];
        printf("%-8s %-11s %-8s %s  %s\n", way, promise_names[finding->promise],
               subject_names[finding->subject], cli_safe(report->cli, finding->key),
               cli_safe(report->cli, finding->text));
    }
    if (findings_total(findings) > shown)
        printf("%-8s and %s more (--limit)\n", way,
               cli_number(report->cli, (int64_t)(findings_total(findings) - shown)));
}

/* ---- for programs --------------------------------------------------------------------------- */

static void
put_integer(struct json_writer *json, const char *name, uint64_t value)
{
    json_name(json, name);
    json_integer(json, (int64_t)value);
}

static void
json_findings(const struct report *report, const char *way, const struct findings *findings)
{
    for (uint32_t i = 0; i < findings->kept; i++) {
        struct json_writer json;
        const struct finding *finding = &findings->items[i];
        json_writer_init(&json, report->cli->arena, 256);
        json_begin_object(&json);
        json_name(&json, "finding");
        json_text_bytes(&json, promise_names[finding->promise], 2);
        json_name(&json, "way");
        json_text(&json, way);
        json_name(&json, "subject");
        json_text(&json, subject_names[finding->subject]);
        json_name(&json, "key");
        json_text(&json, finding->key);
        json_name(&json, "detail");
        json_text(&json, finding->text);
        json_end_object(&json);
        cli_json_line(&json);
    }
}

static void
json_way(const struct report *report, const char *way, const struct findings *findings,
         const struct order_counts *orders)
{
    struct json_writer json;
    json_writer_init(&json, report->cli->arena, 512);
    json_begin_object(&json);
    json_name(&json, "way");
    json_text(&json, way);
    json_name(&json, "broken");
    json_begin_object(&json);
    for (unsigned promise = 0; promise < PROMISE_COUNT; promise++)
        put_integer(&json, arena_text(report->cli->arena, promise_names[promise], 2),
                    findings->counts[promise]);
    json_end_object(&json);
    if (findings == &report->tables.findings) {
        json_name(&json, "proven");
        json_bool(&json, report->tables.was_settled);
    }
    if (orders) {
        put_integer(&json, "orders", orders->seen);
        put_integer(&json, "paid", orders->paid);
        put_integer(&json, "cancelled", orders->cancelled);
        put_integer(&json, "refused", orders->refused);
        put_integer(&json, "open", orders->open);
        put_integer(&json, "in_flight", orders->flying);
        put_integer(&json, "parked", orders->parked);
    }
    json_end_object(&json);
    cli_json_line(&json);
}

/* ---- the command ---------------------------------------------------------------------------- */

static void
tell(const struct report *report)
{
    const struct findings *of_tables = &report->tables.findings;
    const struct findings *of_topics = &report->topics.audit.findings;
    if (report->cli->json) {
        if (report->has_tables)
            json_way(report, "tables", of_tables, &report->tables.orders);
        if (report->has_topics)
            json_way(report, "topics", of_topics, &report->topics.orders);
        if (report->was_compared)
            json_way(report, "difference", &report->differences, NULL);
        json_findings(report, "tables", of_tables);
        json_findings(report, "topics", of_topics);
        json_findings(report, "difference", &report->differences);
        return;
    }
    tell_promises(report);
    tell_figures(report);
    tell_findings(report, "tables", of_tables);
    tell_findings(report, "topics", of_topics);
    tell_findings(report, "differ", &report->differences);
}

static bool
prove(struct report *report, const struct args *args, struct error *err)
{
    int64_t wait_s = SETTLE_WAIT_S;
    TRY(args_integer(args, "wait-s", 0, 3600, &wait_s, err));
    report->has_tables = !args_has(args, "topics");
    report->has_topics = !args_has(args, "tables");
    if (report->has_tables)
        TRY(tables_prove(report->cli, wait_s, &report->tables, err));
    if (report->has_topics)
        TRY(topics_prove(report->cli, &report->topics, err));
    report->was_compared = report->has_tables && report->has_topics;
    return !report->was_compared ||
           tables_compare(report->cli, &report->topics, &report->differences, &report->compared,
                          &report->was_exact, err);
}

static enum cli_status
run_audit(struct cli *cli, const struct args *args)
{
    static struct report report;
    struct error err = { 0 };
    report = (struct report){ .cli = cli, .shown_max = SHOWN_MAX };
    if (args_has(args, "tables") && args_has(args, "topics"))
        return cli_misused(cli, "only one of --tables and --topics");
    if (!args_integer(args, "limit", 0, FINDINGS_KEPT_MAX, &report.shown_max, &err))
        return cli_misused(cli, "%s", err.message);
    action_begin(cli, args, "audit", "");
    bool is_proven = prove(&report, args, &err);
    if (is_proven)
        tell(&report);
    bool was_settled = !report.has_tables || report.tables.was_settled;
    uint64_t broken = findings_total(&report.tables.findings) +
                      findings_total(&report.topics.audit.findings) +
                      findings_total(&report.differences);
    tables_proof_free(&report.tables);
    topics_proof_free(&report.topics);
    findings_free(&report.differences);
    services_close();
    if (!is_proven)
        return cli_fail(cli, &err);
    return broken || !was_settled ? CLI_REFUSED : CLI_DONE;
}

static const struct flag audit_flags[] = {
    { "tables", NULL, "only from the tables", false },
    { "topics", NULL, "only from the topics", false },
    { "limit", "N", "show at most so many findings of each kind (50)", false },
    { "wait-s", "SECONDS", "wait for services to come past what is under way (60)", false },
    ACTION_FLAGS,
    { NULL, NULL, NULL, false },
};

const struct command audit_command = {
    .name = "audit",
    .summary = "prove that stock, coupons, money and the export are conserved",
    .details =
        "Proves it twice: from the tables of all services, and separately from the topics, read "
        "from\n"
        "their first record to their present end; then compares the two.\n\n"
        "  P2  every effect happened once\n"
        "  P3  per product, replenished = available + held, never below zero\n"
        "  P4  a coupon is on at most one live order, and comes back after a cancel\n"
        "  P5  per customer, credited = balance + captured − refunded; per order, what stands\n"
        "      captured is its amount when it is paid, and nothing otherwise\n"
        "  P6  an order has one end: paid, cancelled or refused\n"
        "  P7  the partner gets every paid order and no other, numbered without gaps\n\n"
        "Whatever breaks one is named, and the exit status is 1.  Orders with something under way\n"
        "are counted and not judged.\n\n"
        "Examples:\n  jumun audit\n  jumun audit --topics --json",
    .flags = audit_flags,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_audit,
};
