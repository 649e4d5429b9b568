/* queries.h — the statements in sql/, each under one address: a connection prepares each once.
 *
 * Shapes   parameters and columns stand in the first lines of each file.
 * Threads  const data. */
#pragma once

extern const char *const QUERY_ORDER;
extern const char *const QUERY_ORDERS;
extern const char *const QUERY_AT_REST;
extern const char *const QUERY_STEP;
extern const char *const QUERY_DIGEST;
extern const char *const QUERY_HAS_EVENT;
extern const char *const QUERY_EVENTS;
extern const char *const QUERY_EVENTS_OF_MANY;
extern const char *const QUERY_POSITIONS;
extern const char *const QUERY_PRODUCTS;
extern const char *const QUERY_PRODUCT;
extern const char *const QUERY_CUSTOMER;
extern const char *const QUERY_CUSTOMERS;
extern const char *const QUERY_COUPON_CHECK;
extern const char *const QUERY_ADMIN_ORDERS;
extern const char *const QUERY_ADMIN_COUNTS;
extern const char *const QUERY_ADMIN_OLDEST;
