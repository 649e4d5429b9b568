/* queries.c — the one place that includes the embedded statements. */
#include "bridge/queries.h"
#include "bridge_sql.h"

const char *const QUERY_ORDER = SQL_ORDER;
const char *const QUERY_ORDERS = SQL_ORDERS;
const char *const QUERY_AT_REST = SQL_AT_REST;
const char *const QUERY_STEP = SQL_STEP;
const char *const QUERY_DIGEST = SQL_DIGEST;
const char *const QUERY_HAS_EVENT = SQL_HAS_EVENT;
const char *const QUERY_EVENTS = SQL_EVENTS;
const char *const QUERY_EVENTS_OF_MANY = SQL_EVENTS_OF_MANY;
const char *const QUERY_POSITIONS = SQL_POSITIONS;
const char *const QUERY_PRODUCTS = SQL_PRODUCTS;
const char *const QUERY_PRODUCT = SQL_PRODUCT;
const char *const QUERY_CUSTOMER = SQL_CUSTOMER;
const char *const QUERY_CUSTOMERS = SQL_CUSTOMERS;
const char *const QUERY_COUPON_CHECK = SQL_COUPON_CHECK;
const char *const QUERY_ADMIN_ORDERS = SQL_ADMIN_ORDERS;
const char *const QUERY_ADMIN_COUNTS = SQL_ADMIN_COUNTS;
const char *const QUERY_ADMIN_OLDEST = SQL_ADMIN_OLDEST;
