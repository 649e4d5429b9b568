/* The router's table against targets, and against schemas/openapi.yaml's rules of the house. */
#include "bridge/calls.h"
#include <criterion/criterion.h>
#include <string.h>

static enum router_result
route(struct arena *arena, const char *method, const char *text, struct router_match *match)
{
    struct target target;
    memset(match, 0, sizeof *match);
    if (!target_parse_path(arena, text, &target))
        return ROUTER_NO_PATH;
    return router_find(ENDPOINTS, ENDPOINT_COUNT, method, &target, match);
}

Test(router, every_call_of_the_contract_is_found)
{
    static const struct {
        const char *method, *target, *path;
    } table[] = {
        {"POST",  "/v1/orders",                              "/v1/orders"                         },
        { "GET",  "/v1/orders?customer_id=c-1",              "/v1/orders"                         },
        { "HEAD", "/v1/orders/x",                            "/v1/orders/{order_id}"              },
        { "PUT",  "/v1/orders/x/coupon",                     "/v1/orders/{order_id}/coupon"       },
        { "GET",  "/v1/orders/x/coupon-check?coupon_code=a", "/v1/orders/{order_id}/coupon-check" },
        { "PUT",  "/v1/orders/x/shipping",                   "/v1/orders/{order_id}/shipping"     },
        { "POST", "/v1/orders/x/payment",                    "/v1/orders/{order_id}/payment"      },
        { "POST", "/v1/orders/x/cancel",                     "/v1/orders/{order_id}/cancel"       },
        { "GET",  "/v1/orders/x/events",                     "/v1/orders/{order_id}/events"       },
        { "GET",  "/v1/products",                            "/v1/products"                       },
        { "GET",  "/v1/products/sku-1",                      "/v1/products/{product_id}"          },
        { "GET",  "/v1/customers?after=c-1",                 "/v1/customers"                      },
        { "GET",  "/v1/admin/orders?q=c-1&oldest=true",      "/v1/admin/orders"                   },
        { "GET",  "/v1/admin/stats",                         "/v1/admin/stats"                    },
        { "GET",  "/v1/admin/lag",                           "/v1/admin/lag"                      },
        { "GET",  "/v1/admin/stream",                        "/v1/admin/stream"                   },
        { "GET",  "/v1/customers/c-1",                       "/v1/customers/{customer_id}"        },
        { "POST", "/v1/customers/c-1/credits",               "/v1/customers/{customer_id}/credits"},
        { "POST", "/v1/admin/jobs",                         "/v1/admin/jobs"                     },
        { "DELETE", "/v1/admin/jobs/x",                     "/v1/admin/jobs/{job_id}"            },
        { "GET",  "/v1/admin/dead-letters/history",         "/v1/admin/dead-letters/history"     },
        { "GET",  "/v1/admin/dead-letters/0/17", "/v1/admin/dead-letters/{partition}/{offset}"   },
        { "GET",  "/v1/admin/parked/order/x",               "/v1/admin/parked/{service}/{key}"   },
        { "GET",  "/v1/admin/actions?limit=5",              "/v1/admin/actions"                  },
        { "POST", "/v1/admin/orders/x/cancel",              "/v1/admin/orders/{order_id}/cancel" },
        { "GET",  "/healthz",                                "/healthz"                           },
        { "GET",  "/readyz",                                 "/readyz"                            },
        { "GET",  "/metrics",                                "/metrics"                           },
        { "GET",  "/version",                                "/version"                           },
        { "GET",  "/openapi.yaml",                           "/openapi.yaml"                      },
    };
    struct arena *arena = arena_new(4096);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct router_match match;
        cr_assert_eq(route(arena, table[i].method, table[i].target, &match), ROUTER_FOUND, "%s",
                     table[i].target);
        cr_expect_str_eq(match.endpoint->path, table[i].path);
    }
    arena_free(arena);
}

Test(router, what_is_near_a_path_is_not_that_path)
{
    static const char *const nothing[] = {
        "/",
        "/v1",
        "/v1/orders/",
        "//v1/orders",
        "/v1//orders",
        "/V1/orders",
        "/v1/orders/x/",
        "/v1/orders/x/y",
        "/v1/orders//events",
        "/v1/orders%2Fx",
        "/v1/orders/%2e%2e%2fx",
        "v1/orders",
        "*",
        "http://127.0.0.1/v1/orders",
        "/v1/orders/%00",
        "/v1/orders/%zz",
        "/v1/orders/%f",
        "/v1/orders/%ff",
        "/v1/orders/x;a=b/c/d/e/f/g/h/i/j",
        "",
    };
    struct arena *arena = arena_new(4096);
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        struct router_match match;
        cr_expect_eq(route(arena, "GET", nothing[i], &match), ROUTER_NO_PATH, "%s", nothing[i]);
    }
    arena_free(arena);
}

Test(router, another_method_is_told_what_is_allowed)
{
    struct arena *arena = arena_new(4096);
    struct router_match match;
    cr_expect_eq(route(arena, "DELETE", "/v1/orders", &match), ROUTER_NO_METHOD);
    cr_expect_str_eq(match.allow, "POST, GET, HEAD, OPTIONS");
    cr_expect_eq(route(arena, "GET", "/v1/orders/x/shipping", &match), ROUTER_NO_METHOD);
    cr_expect_str_eq(match.allow, "PUT, OPTIONS");
    cr_expect_eq(route(arena, "OPTIONS", "/v1/products", &match), ROUTER_OPTIONS);
    cr_expect_str_eq(match.allow, "GET, HEAD, OPTIONS");
    cr_expect_eq(route(arena, "HEAD", "/v1/orders/x/cancel", &match), ROUTER_NO_METHOD);
    cr_expect_eq(route(arena, "get", "/v1/products", &match), ROUTER_NO_METHOD);
    arena_free(arena);
}

static enum router_result
route_page(struct arena *arena, const char *method, const char *text, struct router_match *match)
{
    struct target target;
    memset(match, 0, sizeof *match);
    if (!target_parse_path(arena, text, &target))
        return ROUTER_NO_PATH;
    return router_find(PAGES, PAGE_COUNT, method, &target, match);
}

Test(router, a_page_is_found_under_all_its_addresses_and_hides_no_call)
{
    static const struct {
        const char *target, *path;
    } table[] = {
        {"/",                      "/"              },
        { "/?lang=ko",             "/"              },
        { "/cart",                 "/cart"          },
        { "/checkout",             "/checkout"      },
        { "/orders",               "/orders"        },
        { "/orders/x",             "/orders/{any*}" },
        { "/console",              "/console"       },
        { "/console/orders/x/y",   "/console/{any*}"},
        { "/assets/common/api.js", "/assets/{file*}"},
        { "/assets/x/../y",        "/assets/{file*}"},
    };
    struct arena *arena = arena_new(4096);
    struct router_match match;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cr_assert_eq(route_page(arena, "GET", table[i].target, &match), ROUTER_FOUND, "%s",
                     table[i].target);
        cr_expect_str_eq(match.endpoint->path, table[i].path);
    }
    cr_expect_eq(route_page(arena, "GET", "/orders/", &match), ROUTER_NO_PATH);
    cr_expect_eq(route_page(arena, "GET", "/assets", &match), ROUTER_NO_PATH);
    cr_expect_eq(route_page(arena, "GET", "/assets/a%2Fb", &match), ROUTER_NO_PATH);
    cr_expect_eq(route_page(arena, "GET", "/v1/orders", &match), ROUTER_NO_PATH);
    cr_expect_eq(route_page(arena, "POST", "/", &match), ROUTER_NO_METHOD);
    cr_expect_str_eq(match.allow, "GET, HEAD, OPTIONS");
    arena_free(arena);
}

Test(router, segments_and_query_are_decoded_after_they_are_split)
{
    struct arena *arena = arena_new(4096);
    struct router_match match;
    struct target target;
    cr_assert_eq(route(arena, "GET", "/v1/products/a%3Ab", &match), ROUTER_FOUND);
    cr_expect_str_eq(match.params[0], "a:b");
    cr_assert(target_parse_query(arena, "/x?a=1%202+3&b&&c=%26", &target));
    cr_expect_str_eq(target_query(&target, "a"), "1 2 3");
    cr_expect_str_eq(target_query(&target, "b"), "");
    cr_expect_str_eq(target_query(&target, "c"), "&");
    cr_expect_null(target_query(&target, "d"));
    cr_expect_not(target_parse_query(arena, "/x?a=%00", &target));
    cr_expect_not(target_parse_query(arena, "/x?a=%F0%28%8C%28", &target));
    cr_expect_not(target_parse_query(arena, "/x?a&b&c&d&e&f&g&h&i&j&k&l&m", &target));
    arena_free(arena);
}

Test(router, the_table_says_for_each_call_whether_it_has_a_body)
{
    for (uint32_t i = 0; i < ENDPOINT_COUNT; i++) {
        bool is_read = strcmp(ENDPOINTS[i].method, "GET") == 0 ||
                       strcmp(ENDPOINTS[i].method, "DELETE") == 0;
        cr_expect_eq(ENDPOINTS[i].body_rule == BODY_NONE, is_read, "%s", ENDPOINTS[i].path);
        cr_expect_eq(ENDPOINTS[i].body == NULL, is_read, "%s", ENDPOINTS[i].path);
        for (uint32_t j = 0; j < i; j++)
            cr_expect(strcmp(ENDPOINTS[i].path, ENDPOINTS[j].path) != 0 ||
                          strcmp(ENDPOINTS[i].method, ENDPOINTS[j].method) != 0,
                      "%s stands twice", ENDPOINTS[i].path);
    }
}
