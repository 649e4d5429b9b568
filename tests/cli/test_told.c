/* What is told of an order's events and of topics: every member always there, nothing that is no JSON. */
#include "cli/trace.h"
#include "json/json_read.h"
#include "topic_docs.h"
#include <criterion/criterion.h>
#include <string.h>

static const char *
put(struct cli *cli, const struct traced *event)
{
    struct error err = { 0 };
    struct json_writer json;
    json_writer_init(&json, cli->arena, 64);
    if (!trace_put(&json, cli, event, &err))
        return NULL;
    return arena_printf(cli->arena, "%.*s", (int)json.length, json.bytes);
}

Test(trace, an_event_that_was_found_has_its_place_its_cause_and_who_said_it)
{
    struct cli cli = { .arena = arena_new(1 << 12) };
    const struct traced event = { .type = EV_PAYMENT_FAILED, .seq = 4, .attempt = 2,
                                  .event_id = "e-1", .at = "2026-11-22T09:00:00.000Z",
                                  .data = "{\"attempt\":2}", .data_bytes = 13, .is_found = true,
                                  .partition = 1, .offset = 9, .source = "/jumun/payment",
                                  .cause = "OrderCreated/1/3" };
    cr_expect_str_eq(put(&cli, &event),
                     "{\"event\":\"PaymentFailed\",\"event_id\":\"e-1\","
                     "\"at\":\"2026-11-22T09:00:00.000Z\",\"seq\":4,\"service\":\"payment\","
                     "\"topic\":\"PaymentFailed\",\"partition\":1,\"offset\":9,"
                     "\"cause\":\"OrderCreated/1/3\",\"attempt\":2,\"data\":{\"attempt\":2}}");
    arena_free(cli.arena);
}

Test(trace, what_is_not_known_is_null_and_a_stranger_is_no_service)
{
    struct cli cli = { .arena = arena_new(1 << 12) };
    struct traced event = { .type = EV_ORDER_REQUESTED, .seq = 1, .event_id = "e-1", .at = "t",
                            .partition = 7, .offset = 7 };
    const char *unknown = "{\"event\":\"OrderRequested\",\"event_id\":\"e-1\",\"at\":\"t\","
                          "\"seq\":1,\"service\":null,\"topic\":null,\"partition\":null,"
                          "\"offset\":null,\"cause\":null,\"attempt\":null,\"data\":null}";

    cr_expect_str_eq(put(&cli, &event), unknown);
    event.source = "/elsewhere/shop";
    cr_expect_str_eq(put(&cli, &event), unknown);
    event.source = "/jumun/\xff";
    cr_expect_null(put(&cli, &event), "headers are anybody's bytes: JSON they must not break");
    arena_free(cli.arena);
}

static void
expect_text(const struct json_doc *doc, uint32_t at, const char *name, const char *topic)
{
    uint32_t found = json_member(doc, at, name);
    cr_assert_neq(found, JSON_NONE, "%s has no %s", topic, name);
    cr_expect_eq(doc->nodes[found].type, JSON_STRING, "%s: %s", topic, name);
    cr_expect_gt(doc->nodes[found].text_bytes, 0, "%s: %s is empty", topic, name);
}

Test(topics, each_is_documented_and_so_is_each_of_its_fields)
{
    for (unsigned type = 0; type < EV_COUNT; type++) {
        struct arena *arena = arena_new(1 << 14);
        struct json_error wrong;
        struct json_doc doc;

        cr_assert_eq(topic_docs[type] != NULL, topics[type].has_topic, "%s", topics[type].name);
        if (topic_docs[type] != NULL) {
            const char *text = arena_printf(arena, "{%s}", topic_docs[type]);
            cr_assert(json_parse(arena, text, strlen(text), &doc, &wrong), "%s", text);
            expect_text(&doc, 0, "event", text);
            expect_text(&doc, 0, "description", text);
            uint32_t fields = json_member(&doc, 0, "fields");
            cr_assert_gt(doc.nodes[fields].count, 0, "%s", topics[type].name);
            for (uint32_t at = fields + 1; at < doc.nodes[fields].next; at = doc.nodes[at].next) {
                expect_text(&doc, at, "name", text);
                expect_text(&doc, at, "json", text);
                expect_text(&doc, at, "description", text);
            }
        }
        arena_free(arena);
    }
}
