/* folds.c — the table.  Contract: folds.h */
#include "folds/folds.h"
#include "coupon/coupon.h"
#include "coupon/coupon_fold.h"
#include "export/export.h"
#include "export/export_fold.h"
#include "order/order.h"
#include "order/order_fold.h"
#include "partner/partner.h"
#include "payment/payment.h"
#include "payment/payment_fold.h"
#include "stock/stock.h"
#include "stock/stock_fold.h"
#include "timeline/timeline.h"

/* clang-format off */
const struct fold_target fold_targets[FOLD_TARGETS] = {
    { &stock_service,    &stock_fold,   stock_refers_to,    NULL,              false },
    { &coupon_service,   &coupon_fold,  coupon_refers_to,   coupon_comparable, false },
    { &order_service,    &order_fold,   NULL,               order_comparable,  false },
    { &payment_service,  &payment_fold, NULL,               NULL,              false },
    { &export_service,   &export_fold,  NULL,               NULL,              false },
    { &partner_service,  NULL,          NULL,               NULL,              false },
    { &timeline_service, NULL,          timeline_refers_to, NULL,              true  },
};
/* clang-format on */
