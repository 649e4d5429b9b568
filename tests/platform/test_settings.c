/* Settings: defaults, refusals that name the variable, and secrets that stay secret. */
#include "base/settings.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct settings settings;
static struct error err;

static bool
load(const char *service, unsigned groups)
{
    struct config config = settings_config(service, groups);
    memset(&err, 0, sizeof err);
    return settings_load(&config, &settings, &err);
}

static char *
printed(void (*print)(FILE *out))
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    print(out);
    fclose(out);
    return text;
}

Test(settings, defaults_are_those_of_the_contract)
{
    cr_assert(load("stock", SETTINGS_SERVICE | SETTINGS_DEADLINE | SETTINGS_HTTP), "%s",
              err.message);
    cr_assert_str_eq(settings.kafka, "127.0.0.1:19092");
    cr_assert_str_eq(settings.pg, "user=jumun_stock host=127.0.0.1 port=15432 dbname=jumun");
    cr_assert_str_eq(settings.http, "127.0.0.1:8080");
    cr_assert_str_eq(settings.topic_prefix, "");
    cr_assert_eq(settings.partitions, 4);
    cr_assert_eq(settings.replication, 1);
    cr_assert_eq(settings.order_deadline_s, 900);
    cr_assert_eq(settings.outbox_hours, 24);
    cr_assert_str_eq(settings.metrics, "127.0.0.1:0");
    cr_assert_eq(settings.log_level, LOG_INFO);
    cr_assert_eq(settings.log_format, LOG_AUTO);
}

Test(settings, an_empty_variable_counts_as_unset)
{
    setenv("JUMUN_PARTITIONS", "", 1);
    cr_assert(load("stock", SETTINGS_SERVICE));
    cr_assert_eq(settings.partitions, 4);
}

Test(settings, a_service_may_have_its_own_server)
{
    setenv("JUMUN_PG", "host=a dbname=jumun", 1);
    setenv("JUMUN_PG_ORDER", "host=b user=somebody", 1);
    cr_assert(load("stock", SETTINGS_PG));
    cr_assert_str_eq(settings.pg, "user=jumun_stock host=a dbname=jumun");
    cr_assert(load("order", SETTINGS_PG));
    cr_assert_str_eq(settings.pg, "user=jumun_order host=b user=somebody");
}

Test(settings, a_role_can_be_forced_for_the_operator)
{
    char text[SETTING_TEXT_BYTES];
    setenv("JUMUN_PG", "host=a user=jumun_stock", 1);
    setenv("JUMUN_PG_COUPON", "postgresql://u:p@b/jumun?sslmode=require", 1);
    cr_assert(load("*", SETTINGS_PG));
    cr_assert(settings_pg(&settings, "stock", "jumun_operator", true, text));
    cr_assert_str_eq(text, "host=a user=jumun_stock user=jumun_operator");
    cr_assert(settings_pg(&settings, "coupon", "jumun_operator", true, text));
    cr_assert_str_eq(text, "postgresql://u:p@b/jumun?sslmode=require&user=jumun_operator");
}

struct bad {
    const char *name, *value, *says;
};

Test(settings, a_bad_value_is_named_with_what_is_allowed)
{
    static const struct bad table[] = {
        { "JUMUN_PARTITIONS", "0", "a whole number from 1 to 1024" },
        { "JUMUN_PARTITIONS", "four", "a whole number" },
        { "JUMUN_PARTITIONS", "4x", "a whole number" },
        { "JUMUN_PARTITIONS", " 4", "a whole number" },
        { "JUMUN_PARTITIONS", "99999999999999999999", "a whole number" },
        { "JUMUN_BATCH_MAX", "-1", "from 1 to 10000" },
        { "JUMUN_LOG", "loud", "one of error, warn, info, debug" },
        { "JUMUN_LOG_FORMAT", "JSON", "one of auto, text, json" },
        { "JUMUN_METRICS", "9000", "host:port" },
        { "JUMUN_METRICS", "127.0.0.1:70000", "host:port" },
        { "JUMUN_METRICS", "::1:80", "host:port" },
        { "JUMUN_KAFKA", "a:1,,b:2", "host:port, several" },
        { "JUMUN_KAFKA", "a:0", "host:port, several" },
        { "JUMUN_KAFKA", "a:1,", "host:port, several" },
        { "JUMUN_KAFKA_CONFIG", "/no/such/file", "a file that can be read" },
        { "JUMUN_TOPIC_PREFIX", "a b", "A-Z a-z 0-9" },
        { "JUMUN_PG", "host=a\nport=1", "printable" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        setenv(table[i].name, table[i].value, 1);
        cr_expect_not(load("stock", SETTINGS_SERVICE), "%s=%s", table[i].name, table[i].value);
        cr_expect_eq(err.class, ERROR_REFUSED);
        cr_expect(strstr(err.message, table[i].name), "%s", err.message);
        cr_expect(strstr(err.message, table[i].value), "%s", err.message);
        cr_expect(strstr(err.message, table[i].says), "%s", err.message);
        unsetenv(table[i].name);
    }
}

Test(settings, a_value_that_is_too_long_is_refused)
{
    char prefix[100];
    memset(prefix, 'a', sizeof prefix - 1);
    prefix[sizeof prefix - 1] = '\0';
    setenv("JUMUN_TOPIC_PREFIX", prefix, 1);
    cr_assert_not(load("stock", SETTINGS_SERVICE));
    cr_assert(strstr(err.message, "at most 64"), "%s", err.message);
}

Test(settings, a_program_is_not_stopped_by_what_it_does_not_use)
{
    setenv("JUMUN_ORDER_DEADLINE_S", "soon", 1);
    setenv("JUMUN_PG_COUPON", "\n", 1);
    cr_assert(load("stock", SETTINGS_SERVICE), "%s", err.message);
    cr_assert_not(load("stock", SETTINGS_SERVICE | SETTINGS_DEADLINE));
}

Test(settings, passwords_are_masked_wherever_they_stand)
{
    static const struct {
        const char *from, *to;
    } table[] = {
        { "host=a password=s3cret user=u", "host=a password=*** user=u" },
        { "password = s3cret user=u", "password = *** user=u" },
        { "password='s 3\\' cret' user=u", "password=*** user=u" },
        { "PASSWORD=s3cret", "PASSWORD=***" },
        { "sslpassword=s3cret&x=1", "sslpassword=***&x=1" },
        { "password='s3cret", "password=***" },
        { "postgresql://u:s3cret@h:5432/d", "postgresql://u:***@h:5432/d" },
        { "postgresql://u:s3c@ret@h/d", "postgresql://u:***@h/d" },
        { "postgresql://u@h:5432/d?password=s3cret&a=b",
          "postgresql://u@h:5432/d?password=***&a=b" },
        { "postgresql://h:5432/d", "postgresql://h:5432/d" },
        { "host=a passfile=/etc/pass", "host=a passfile=/etc/pass" },
    };
    char masked[SETTING_TEXT_BYTES];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        config_mask(table[i].from, masked, sizeof masked);
        cr_expect_str_eq(masked, table[i].to);
    }
}

Test(settings, masking_never_writes_past_its_room)
{
    char masked[16] = "";
    memset(masked, 'x', sizeof masked);
    config_mask("host=a password=s3cret user=u", masked, 8);
    cr_assert_str_eq(masked, "host=a ");
    cr_assert_eq(masked[8], 'x');
}

Test(settings, a_refused_connection_string_does_not_show_its_password)
{
    setenv("JUMUN_PG", "host=a password=s3cret\n", 1);
    cr_assert_not(load("stock", SETTINGS_SERVICE));
    cr_assert_not(strstr(err.message, "s3cret"), "%s", err.message);
    cr_assert(strstr(err.message, "password=***"), "%s", err.message);
}

static void
print_help(FILE *out)
{
    struct config config = settings_config("stock", SETTINGS_SERVICE);
    config_print_help(&config, out);
}

static void
print_effective(FILE *out)
{
    struct config config = settings_config("stock", SETTINGS_SERVICE);
    config_print_effective(&config, &settings, out);
}

Test(settings, help_lists_only_what_the_program_uses)
{
    char *text = printed(print_help);
    cr_expect(strstr(text, "JUMUN_KAFKA "));
    cr_expect(strstr(text, "JUMUN_PG_STOCK"));
    cr_expect_not(strstr(text, "JUMUN_PG_COUPON"));
    cr_expect_not(strstr(text, "JUMUN_HTTP"));
    cr_expect_not(strstr(text, "JUMUN_ORDER_DEADLINE_S"));
    free(text);
}

Test(settings, what_is_in_force_is_shown_without_secrets)
{
    setenv("JUMUN_PG_STOCK", "host=a password=s3cret", 1);
    cr_assert(load("stock", SETTINGS_SERVICE));
    char *text = printed(print_effective);
    cr_expect(strstr(text, "JUMUN_PARTITIONS=4 (default)"), "%s", text);
    cr_expect(strstr(text, "JUMUN_LOG=info (default)"), "%s", text);
    cr_expect(strstr(text, "JUMUN_PG_STOCK=host=a password=*** (environment)"), "%s", text);
    cr_expect_not(strstr(text, "s3cret"));
    free(text);
}
