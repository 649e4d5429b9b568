/* Bodies: strict JSON, every unknown name told, errors with pointers into what the caller sent. */
#include "bridge/body.h"
#include "bridge/calls.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct outcome {
    const char *code; /* "" when it decodes */
    const char *pointer, *field;
};

static struct outcome
try(const struct body_schema *schema, enum event_type type, const char *into, const char *body)
{
    static const struct body_member prefix[] = {
        {"order_id", "\"00000000-0000-0000-0000-000000000000\""},
        { NULL,      NULL                                      }
    };
    static const struct body_member intent[] = {
        {"order_id",     "\"00000000-0000-0000-0000-000000000000\""},
        { "customer_id", "\"-\""                                   },
        { "revision",    "1"                                       },
        { NULL,          NULL                                      }
    };
    static const char *const names[] = { "recipient", "address", "contact", NULL };
    static struct problem problem;
    static struct event event;
    struct arena *arena = arena_new(65536);
    struct json_doc doc;
    bool ok = body_parse(arena, body, strlen(body), schema, &doc, &problem) &&
              body_decode(arena, &doc, type, into ? intent : prefix, into, into ? names : NULL,
                          &event, &problem);
    struct outcome outcome = { "", "", "" };
    if (!ok)
        outcome = (struct outcome){ problem_infos[problem.code].code,
                                    problem.field_count ? problem.fields[0].pointer : "",
                                    problem.field_count ? problem.fields[0].code : "" };
    static char field[64];
    snprintf(field, sizeof field, "%s", outcome.field);
    outcome.field = field;
    arena_free(arena);
    return outcome;
}

#define ITEMS "\"items\":[{\"product_id\":\"sku-1\",\"quantity\":1}]"

Test(body, an_order_is_refused_with_the_place_and_the_reason)
{
    static const struct {
        const char *body, *code, *pointer, *field;
    } table[] = {
  /* clang-format off */
        { "{\"customer_id\":\"c-1\"," ITEMS "}", "", "", "" },
        { " { \"customer_id\" : \"c-1\" , " ITEMS " } ", "", "", "" },
        { "{\"customer\\u005fid\":\"c-1\"," ITEMS "}", "", "", "" },
        { "", "invalid_json", "", "" },
        { "{", "invalid_json", "", "" },
        { "{} x", "invalid_json", "", "" },
        { "{'customer_id':1}", "invalid_json", "", "" },
        { "{\"customer_id\":NaN}", "invalid_json", "", "" },
        { "{\"a\":1,\"a\":1}", "invalid_json", "", "" },
        { "{\"a\":\"\xc0\x80\"}", "invalid_json", "", "" },
        { "{\"a\":\"\xed\xa0\x80\"}", "invalid_json", "", "" },
        { "{\"a\":\"\\ud800\"}", "invalid_json", "", "" },
        { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "invalid_json", "", "" },
        { "[]", "invalid_request", "", "type" },
        { "null", "invalid_request", "", "type" },
        { "{}", "invalid_request", "/customer_id", "missing" },
        { "{\"customer_id\":\"c-1\"," ITEMS ",\"cupon_code\":\"X\"}", "invalid_request", "/cupon_code", "unknown_field" },
        { "{\"customer_id\":\"c-1\"," ITEMS ",\"order_id\":\"X\"}", "invalid_request", "/order_id", "unknown_field" },
        { "{\"customer_id\":\"c-1\"," ITEMS ",\"request_digest\":\"X\"}", "invalid_request", "/request_digest", "unknown_field" },
        { "{\"customer_id\":\"c-1\"," ITEMS ",\"a~b/c\":1}", "invalid_request", "/a~0b~1c", "unknown_field" },
        { "{\"customer_id\":\"c-1\",\"items\":[{\"product_id\":\"a\",\"quantity\":1,\"price\":0}]}",
          "invalid_request", "/items/0/price", "unknown_field" },
        { "{\"customer_id\":\"c-1\"," ITEMS ",\"shipping\":{\"recipient\":\"a\",\"address\":\"b\",\"contact\":\"c\",\"x\":1}}",
          "invalid_request", "/shipping/x", "unknown_field" },
        { "{\"customer_id\":\"c-1\",\"items\":[]}", "invalid_request", "/items", "too_few_items" },
        { "{\"customer_id\":\"c-1\",\"items\":{}}", "invalid_request", "/items", "type" },
        { "{\"customer_id\":\"c-1\",\"items\":[{\"product_id\":\"a\",\"quantity\":0}]}", "invalid_request", "/items/0/quantity", "range" },
        { "{\"customer_id\":\"c-1\",\"items\":[{\"product_id\":\"a\",\"quantity\":1000001}]}", "invalid_request", "/items/0/quantity", "range" },
        { "{\"customer_id\":\"c-1\",\"items\":[{\"product_id\":\"a\",\"quantity\":1.0}]}", "invalid_request", "/items/0/quantity", "not_an_integer" },
        { "{\"customer_id\":\"c-1\",\"items\":[{\"product_id\":\"a\",\"quantity\":1e2}]}", "invalid_request", "/items/0/quantity", "not_an_integer" },
        { "{\"customer_id\":\"c-1\",\"items\":[{\"product_id\":\"a\",\"quantity\":\"1\"}]}", "invalid_request", "/items/0/quantity", "type" },
        { "{\"customer_id\":\"c-1\",\"items\":[{\"product_id\":\"a\",\"quantity\":1},{\"product_id\":\"a\",\"quantity\":1}]}",
          "invalid_request", "/items/1", "duplicate_item" },
        { "{\"customer_id\":\"c\\u0000\"," ITEMS "}", "invalid_request", "/customer_id", "contains_nul" },
        { "{\"customer_id\":\"\"," ITEMS "}", "invalid_request", "/customer_id", "blank" },
        { "{\"customer_id\":null," ITEMS "}", "invalid_request", "/customer_id", "type" },
        { "{\"customer_id\":\"c-1\"," ITEMS ",\"expected_amount\":9007199254740992}", "invalid_request", "/expected_amount", "range" },
        { "{\"customer_id\":\"c-1\"," ITEMS ",\"auto_pay\":1}", "invalid_request", "/auto_pay", "type" },
        { "{\"customer_id\":\"c-1\"," ITEMS ",\"on_coupon_rejected\":\"maybe\"}", "invalid_request", "/on_coupon_rejected", "unknown_value" },
  /* clang-format on */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct outcome outcome = try(&BODY_ORDER, EV_ORDER_REQUESTED, NULL, table[i].body);
        cr_expect_str_eq(outcome.code, table[i].code, "%s: %s", table[i].body, outcome.code);
        cr_expect_str_eq(outcome.pointer, table[i].pointer, "%s: %s", table[i].body,
                         outcome.pointer);
        cr_expect_str_eq(outcome.field, table[i].field, "%s: %s", table[i].body, outcome.field);
    }
}

Test(body, shipping_is_flat_in_the_request_and_so_are_its_pointers)
{
    static const struct {
        const char *body, *code, *pointer, *field;
    } table[] = {
  /* clang-format off */
        { "{\"recipient\":\"a\",\"address\":\"b\",\"contact\":\"c\"}", "", "", "" },
        { "{\"recipient\":\"a\",\"address\":\"b\",\"contact\":\"c\",\"coupon_code\":\"X\"}", "", "", "" },
        { "{\"address\":\"b\",\"contact\":\"c\"}", "invalid_request", "/recipient", "missing" },
        { "{\"recipient\":\" \\t\",\"address\":\"b\",\"contact\":\"c\"}", "invalid_request", "/recipient", "blank" },
        { "{\"recipient\":\"a\",\"address\":\"b\",\"contact\":7}", "invalid_request", "/contact", "type" },
        { "{\"recipient\":\"a\",\"address\":\"b\",\"contact\":\"c\",\"coupon_code\":\"X Y\"}", "invalid_request", "/coupon_code", "pattern" },
        { "{\"recipient\":\"a\",\"address\":\"b\",\"contact\":\"c\",\"revision\":2}", "invalid_request", "/revision", "unknown_field" },
        { "{\"shipping\":{\"recipient\":\"a\",\"address\":\"b\",\"contact\":\"c\"}}", "invalid_request", "/shipping", "unknown_field" },
  /* clang-format on */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct outcome outcome =
            try(&BODY_SHIPPING, EV_SHIPPING_SUBMITTED, "shipping", table[i].body);
        cr_expect_str_eq(outcome.code, table[i].code, "%s: %s", table[i].body, outcome.code);
        cr_expect_str_eq(outcome.pointer, table[i].pointer, "%s: %s", table[i].body,
                         outcome.pointer);
        cr_expect_str_eq(outcome.field, table[i].field, "%s: %s", table[i].body, outcome.field);
    }
}

Test(body, at_most_sixteen_unknown_fields_are_named)
{
    struct arena *arena = arena_new(4096);
    struct json_doc doc;
    struct problem problem;
    char body[1024] = "{\"k0\":0";
    for (int i = 1; i < 40; i++)
        snprintf(body + strlen(body), sizeof body - strlen(body), ",\"k%d\":0", i);
    snprintf(body + strlen(body), sizeof body - strlen(body), "}");
    cr_expect_not(body_parse(arena, body, strlen(body), &BODY_CANCEL, &doc, &problem));
    cr_expect_eq(problem.field_count, PROBLEM_ERRORS_MAX);
    arena_free(arena);
}

Test(body, a_problem_is_written_with_its_status_code_and_fields)
{
    struct arena *arena = arena_new(4096);
    struct problem problem = problem_make(PROBLEM_WRONG_STEP, "it is %s", "PAID");
    struct json_writer out;
    problem_add_field(&problem, "/a", "range");
    json_writer_init(&out, arena, 64);
    problem_write(&out, &problem);
    static const char expected[] = "{\"type\":\"urn:jumun:problem:wrong_step\",\"title\":\"The "
                                   "order is not at this step\",\"status\":409,"
                                   "\"code\":\"wrong_step\",\"detail\":\"it is "
                                   "PAID\",\"errors\":[{\"pointer\":\"/a\",\"code\":\"range\"}]}";
    cr_expect_eq(out.length, sizeof expected - 1);
    cr_expect(memcmp(out.bytes, expected, out.length) == 0, "%.*s", (int)out.length, out.bytes);
    arena_free(arena);
}

Test(body, a_pointer_that_is_too_long_is_cut_at_a_whole_character)
{
    struct problem problem = problem_make(PROBLEM_INVALID_REQUEST, "x");
    char pointer[PROBLEM_POINTER_BYTES * 2] = "/";
    while (strlen(pointer) + 4 < sizeof pointer)
        snprintf(pointer + strlen(pointer), 4, "한");
    problem_add_field(&problem, pointer, "unknown_field");
    size_t bytes = strlen(problem.fields[0].pointer);
    cr_expect(bytes < PROBLEM_POINTER_BYTES && bytes % 3 == 1, "%zu", bytes);
}
