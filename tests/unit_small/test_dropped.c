/* test_dropped.c — what a service drops before it loads a row: only what can never matter to it later. */
#include "coupon/coupon.h"
#include "export/export.h"
#include "order/order.h"
#include "partner/partner.h"
#include "payment/payment.h"
#include "stock/stock.h"
#include "support/table.h"
#include <criterion/criterion.h>

static const struct service *const services[] = { &stock_service,   &coupon_service, &order_service,
                                                  &payment_service, &export_service,
                                                  &partner_service };

Test(dropped, only_coupon_drops_and_only_reservations_that_name_no_code)
{
    for (size_t i = 0; i < COUNT_OF(services); i++)
        for (uint32_t r = 0; r < services[i]->route_count; r++) {
            const struct route *route = &services[i]->routes[r];
            bool may = services[i] == &coupon_service && route->type == EV_STOCK_RESERVED;
            cr_expect(may || route->wants == NULL, "%s drops some of %s", services[i]->name,
                      topics[route->type].name);
        }
    struct event in = { .type = EV_STOCK_RESERVED };
    cr_expect_not(service_route(&coupon_service, EV_STOCK_RESERVED)->wants(&in));
    in.as.stock_reserved.has_coupon_code = true;
    cr_expect(service_route(&coupon_service, EV_STOCK_RESERVED)->wants(&in));
}

Test(dropped, every_state_of_every_machine_has_a_row_for_every_event_about_its_order)
{
    for (size_t i = 0; i < COUNT_OF(services); i++)
        cr_expect_eq(table_missing(services[i], KEY_ORDER), 0, "%s", services[i]->name);
}

Test(dropped, a_row_that_is_no_move_stays_where_it_is)
{
    for (size_t i = 0; i < COUNT_OF(services); i++)
        for (uint32_t t = 0; t < services[i]->transition_count; t++) {
            const struct transition *row = &services[i]->transitions[t];
            cr_expect(row->kind == TRANSITION_MOVES || row->from == row->to);
            cr_expect(row->because != NULL && row->because[0] != '\0');
        }
}
