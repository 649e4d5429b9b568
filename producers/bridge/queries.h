/* queries.h — the statements in sql/, each under one address: a connection prepares each once.
 *
 * Shapes   parameters and columns stand in the first lines of each file.
 * Threads  const data. */
#pragma once

extern const char *const QUERY_ORDER,
    *const QUERY_ORDERS, *const QUERY_STEP, *const QUERY_DIGEST,
                                                *const QUERY_HAS_EVENT,
                                                    *const QUERY_EVENTS,
                                                        *const QUERY_POSITIONS,
                                                            *const QUERY_PRODUCTS,
                                                                *const QUERY_PRODUCT,
                                                                    *const QUERY_CUSTOMER,
                                                                        *const QUERY_COUPON_CHECK;
