/* settings.h — every variable of contract.md section 5, typed.
 *
 * Shapes   settings: the values; settings_config: the table cut to what one program uses.
 * Use      struct settings s;  struct config c = settings_config("stock", SETTINGS_SERVICE);
 *          if (!settings_load(&c, &s, &err)) …  The connection string of the service is s.pg.
 * Errors   as config_load.
 * Threads  values only. */
#pragma once
#include "base/config.h"
#include "base/logger.h"

enum settings_group {
    SETTINGS_KAFKA = 1u << 0,    /* JUMUN_KAFKA, JUMUN_KAFKA_CONFIG, JUMUN_TOPIC_PREFIX */
    SETTINGS_TOPICS = 1u << 1,   /* JUMUN_PARTITIONS, JUMUN_REPLICATION */
    SETTINGS_PG = 1u << 2,       /* JUMUN_PG, JUMUN_PG_<SERVICE> */
    SETTINGS_HTTP = 1u << 3,     /* JUMUN_HTTP */
    SETTINGS_HOSTS = 1u << 4,    /* JUMUN_HTTP_HOSTS */
    SETTINGS_LOOP = 1u << 5,     /* JUMUN_BATCH_MAX, JUMUN_OUTBOX_HOURS */
    SETTINGS_DEADLINE = 1u << 6, /* JUMUN_ORDER_DEADLINE_S: stock alone */
    SETTINGS_METRICS = 1u << 7,  /* JUMUN_METRICS */
    SETTINGS_LOG = 1u << 8,      /* JUMUN_LOG, JUMUN_LOG_FORMAT */
    SETTINGS_COMMAND = 1u << 9,  /* JUMUN_COMMAND: the bridge alone */
    /* what every consumer needs; stock adds SETTINGS_DEADLINE */
    SETTINGS_SERVICE = SETTINGS_KAFKA | SETTINGS_TOPICS | SETTINGS_PG | SETTINGS_LOOP |
                       SETTINGS_METRICS | SETTINGS_LOG,
};

/* The owners that JUMUN_PG_… names: the services, then the bridge and the operator. */
#define SETTINGS_PG_OWNERS(X)                                                                      \
    X(stock, STOCK)                                                                                \
    X(coupon, COUPON)                                                                              \
    X(order, ORDER)                                                                                \
    X(payment, PAYMENT)                                                                            \
    X(export, EXPORT)                                                                              \
    X(timeline, TIMELINE)                                                                          \
    X(partner, PARTNER)                                                                            \
    X(bridge, BRIDGE)                                                                              \
    X(operator, OPERATOR)

struct settings {
    char kafka[SETTING_TEXT_BYTES];
    char kafka_config[SETTING_TEXT_BYTES]; /* "": none */
    char topic_prefix[65];
    int64_t partitions;
    int64_t replication;
    char pg[SETTING_TEXT_BYTES]; /* for the service that was asked for, with its user */
    char http[256];
    char http_hosts[SETTING_TEXT_BYTES]; /* comma-separated */
    char command[SETTING_TEXT_BYTES];    /* "": jumun, beside the bridge */
    int64_t batch_max;
    int64_t outbox_hours;
    int64_t order_deadline_s;
    char metrics[256];  /* port 0: a free one */
    int64_t log_level;  /* enum log_level */
    int64_t log_format; /* enum log_format */
    struct {
#define X(lower, upper) char lower[SETTING_TEXT_BYTES];
        SETTINGS_PG_OWNERS(X)
#undef X
    } pg_of;                            /* as given; "": not overridden */
    char pg_common[SETTING_TEXT_BYTES]; /* JUMUN_PG as given */
};

/* service: "stock", "bridge" …; "*" for a program that reaches every service; NULL for none. */
struct config settings_config(const char *service, unsigned groups);
bool settings_load(const struct config *config, struct settings *out, struct error *err) MUST_USE;
/* The connection string for `owner`'s database, logging in as `role` ("jumun_stock" …):
 * JUMUN_PG_<OWNER> or else JUMUN_PG.  A user that the string names stays, unless force_role.
 * False when it does not fit. */
bool settings_pg(const struct settings *settings, const char *owner, const char *role,
                 bool force_role, char out[SETTING_TEXT_BYTES]) MUST_USE;
/* Logs every setting in use, masked: one record each. */
void settings_log(const struct config *config, const struct settings *settings);
