/* settings.c — the table of every variable, then connection strings.  Contract: settings.h */
#include "base/settings.h"
#include <stddef.h>
#include <string.h>

#define AT(member)                                                                                 \
    .offset = offsetof(struct settings, member), .bytes = sizeof(((struct settings *)0)->member)
#define PG_DEFAULT "host=127.0.0.1 port=15432 dbname=jumun"

static const struct setting table[] = {
    { .name = "JUMUN_KAFKA",
      .type = SETTING_ADDRESS_LIST,
      .fallback = "127.0.0.1:19092",
      .meaning = "bootstrap servers",
      AT(kafka),
      .groups = SETTINGS_KAFKA },
    { .name = "JUMUN_KAFKA_CONFIG",
      .type = SETTING_FILE,
      .meaning = "file of librdkafka properties (TLS, SASL, tuning) passed through",
      AT(kafka_config),
      .groups = SETTINGS_KAFKA },
    { .name = "JUMUN_PG",
      .type = SETTING_CONNECTION,
      .fallback = PG_DEFAULT,
      .meaning = "libpq connection string; without a user: jumun_<service>",
      AT(pg_common),
      .groups = SETTINGS_PG },
#define X(lower, upper)                                                                            \
    { .name = "JUMUN_PG_" #upper,                                                                  \
      .type = SETTING_CONNECTION,                                                                  \
      .meaning = "the same for " #lower " alone, instead of JUMUN_PG",                             \
      AT(pg_of.lower),                                                                             \
      .service = #lower,                                                                           \
      .groups = SETTINGS_PG },
    SETTINGS_PG_OWNERS(X)
#undef X
        { .name = "JUMUN_HTTP",
          .type = SETTING_ADDRESS,
          .fallback = "127.0.0.1:8080",
          .meaning = "the bridge's address",
          AT(http),
          .groups = SETTINGS_HTTP },
    { .name = "JUMUN_HTTP_HOSTS",
      .type = SETTING_TEXT,
      .fallback = "localhost,127.0.0.1,[::1]",
      .meaning = "Host names the bridge answers to, with commas between",
      AT(http_hosts),
      .groups = SETTINGS_HOSTS },
    { .name = "JUMUN_COMMAND",
      .type = SETTING_FILE,
      .meaning = "the command line that runs what an operator asks for; unset: jumun, beside it",
      AT(command),
      .groups = SETTINGS_COMMAND },
    { .name = "JUMUN_TOPIC_PREFIX",
      .type = SETTING_NAME,
      .fallback = "",
      .meaning = "put before every topic and group name",
      AT(topic_prefix),
      .groups = SETTINGS_KAFKA },
    { .name = "JUMUN_PARTITIONS",
      .type = SETTING_INTEGER,
      .fallback = "4",
      .meaning = "partitions of every order-keyed topic",
      AT(partitions),
      .min = 1,
      .max = 1024,
      .groups = SETTINGS_TOPICS },
    { .name = "JUMUN_REPLICATION",
      .type = SETTING_INTEGER,
      .fallback = "1",
      .meaning = "copies of every partition",
      AT(replication),
      .min = 1,
      .max = 16,
      .groups = SETTINGS_TOPICS },
    { .name = "JUMUN_ORDER_DEADLINE_S",
      .type = SETTING_INTEGER,
      .fallback = "900",
      .meaning = "unpaid orders are cancelled this long after their stock was reserved",
      AT(order_deadline_s),
      .min = 1,
      .max = 31536000,
      .groups = SETTINGS_DEADLINE },
    { .name = "JUMUN_BATCH_MAX",
      .type = SETTING_INTEGER,
      .fallback = "1000",
      .meaning = "most events in one transaction",
      AT(batch_max),
      .min = 1,
      .max = 10000,
      .groups = SETTINGS_LOOP },
    { .name = "JUMUN_OUTBOX_HOURS",
      .type = SETTING_INTEGER,
      .fallback = "24",
      .meaning = "how long published outbox rows are kept",
      AT(outbox_hours),
      .min = 1,
      .max = 87600,
      .groups = SETTINGS_LOOP },
    { .name = "JUMUN_METRICS",
      .type = SETTING_ADDRESS,
      .fallback = "127.0.0.1:0",
      .meaning = "address of /metrics and /healthz; port 0: a free one, logged",
      AT(metrics),
      .groups = SETTINGS_METRICS },
    { .name = "JUMUN_LOG",
      .type = SETTING_CHOICE,
      .fallback = "info",
      .meaning = "least level that is logged to standard error",
      AT(log_level),
      .choices = log_level_names,
      .groups = SETTINGS_LOG },
    { .name = "JUMUN_LOG_FORMAT",
      .type = SETTING_CHOICE,
      .fallback = "auto",
      .meaning = "auto: text on a terminal, else json",
      AT(log_format),
      .choices = log_format_names,
      .groups = SETTINGS_LOG },
};

struct config
settings_config(const char *service, unsigned groups)
{
    return (struct config){ table, sizeof table / sizeof *table, service, groups };
}

static const char *
override_of(const struct settings *settings, const char *owner)
{
#define X(lower, upper)                                                                            \
    if (strcmp(owner, #lower) == 0)                                                                \
        return settings->pg_of.lower;
    SETTINGS_PG_OWNERS(X)
#undef X
    return "";
}

static bool
is_uri(const char *connection)
{
    return strncmp(connection, "postgresql://", 13) == 0 ||
           strncmp(connection, "postgres://", 11) == 0;
}

/* In a keyword string the later word wins: the role goes first (a default) or last (forced).  A URI
 * is left as it is, except that a forced role is appended as a parameter. */
bool
settings_pg(const struct settings *settings, const char *owner, const char *role, bool force_role,
            char out[SETTING_TEXT_BYTES])
{
    const char *own = override_of(settings, owner);
    const char *given = own[0] ? own : settings->pg_common;
    int bytes;
    if (is_uri(given) && !force_role)
        bytes = snprintf(out, SETTING_TEXT_BYTES, "%s", given);
    else if (is_uri(given))
        bytes = snprintf(out, SETTING_TEXT_BYTES, "%s%suser=%s", given,
                         strchr(given, '?') ? "&" : "?", role);
    else if (force_role)
        bytes = snprintf(out, SETTING_TEXT_BYTES, "%s user=%s", given, role);
    else
        bytes = snprintf(out, SETTING_TEXT_BYTES, "user=%s %s", role, given);
    return bytes > 0 && bytes < SETTING_TEXT_BYTES;
}

bool
settings_load(const struct config *config, struct settings *out, struct error *err)
{
    char role[64];
    memset(out, 0, sizeof *out);
    TRY(config_load(config, out, err));
    if (!(config->groups & SETTINGS_PG) || !config->service || strcmp(config->service, "*") == 0)
        return true;
    snprintf(role, sizeof role, "jumun_%s", config->service);
    if (!settings_pg(out, config->service, role, false, out->pg))
        return error_set(err, ERROR_REFUSED, "JUMUN_PG is too long: at most %d characters",
                         SETTING_TEXT_BYTES - 32);
    return true;
}

static void
show_setting(void *context, const char *name, const char *masked, bool is_set)
{
    (void)context;
    log_info("setting", F_STR("name", name), F_STR("value", masked), F_BOOL("set", is_set));
}

void
settings_log(const struct config *config, const struct settings *settings)
{
    config_each(config, settings, show_setting, NULL);
}
