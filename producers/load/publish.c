/* publish.c — publishes a workload.  Contract: publish.h */
#include "load/publish.h"
#include "base/instant.h"
#include "load/sender.h"

static bool
send_catalogue(struct sender *sender, const struct workload *load, struct event *event,
               struct error *err)
{
    for (int64_t i = 0; i < load->products; i++) {
        event->type = EV_PRODUCT_LISTED;
        workload_product(load, i, &event->as.product_listed);
        TRY(sender_send(sender, event, err));
        event->type = EV_STOCK_REPLENISHED;
        workload_stock(load, i, &event->as.stock_replenished);
        TRY(sender_send(sender, event, err));
    }
    for (int64_t i = 0; i < load->customers; i++) {
        event->type = EV_BALANCE_CREDITED;
        workload_credit(load, i, &event->as.balance_credited);
        TRY(sender_send(sender, event, err));
    }
    for (int64_t i = 0; i < load->orders; i++) {
        event->type = EV_COUPON_ISSUED;
        if (workload_coupon(load, i, &event->as.coupon_issued))
            TRY(sender_send(sender, event, err));
    }
    return true;
}

static bool
send_orders(struct sender *sender, const struct workload *load, int64_t first,
            struct event *event, struct error *err)
{
    event->type = EV_ORDER_REQUESTED;
    for (int64_t i = first; i < first + load->orders; i++) {
        workload_order(load, i, &event->as.order_requested);
        TRY(sender_send(sender, event, err));
    }
    return true;
}

static bool
publish(const struct settings *settings, const struct workload *load, int64_t first_order,
        struct published *out, struct error *err)
{
    struct sender *sender = sender_open(settings, err);
    struct event *event = memory_new(sizeof *event);
    int64_t started_us = monotonic_now_us();
    bool ok = sender != NULL;

    if (ok) {
        ok = first_order < 0 ? send_catalogue(sender, load, event, err)
                             : send_orders(sender, load, first_order, event, err);
        ok = ok && sender_drain(sender, 0, err);
        *out = (struct published){ sender_acknowledged(sender), monotonic_now_us() - started_us };
        sender_close(sender);
    }
    memory_free(event);
    return ok;
}

bool
publish_catalogue(const struct settings *settings, const struct workload *load,
                  struct published *out, struct error *err)
{
    return publish(settings, load, -1, out, err);
}

bool
publish_orders(const struct settings *settings, const struct workload *load, int64_t first,
               struct published *out, struct error *err)
{
    return publish(settings, load, first, out, err);
}
