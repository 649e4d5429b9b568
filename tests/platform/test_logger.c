/* The log: one record is one line, whatever is in it; repeats are counted. */
#include "base/logger.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char output[1 << 20];
static int saved_stderr, file;

static void
capture(enum log_level level, enum log_format format)
{
    char name[] = "/tmp/jumun-log-XXXXXX";
    file = mkstemp(name);
    unlink(name);
    saved_stderr = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    log_init("jumun-test", level, format);
}

static const char *
captured(void)
{
    dup2(saved_stderr, STDERR_FILENO);
    ssize_t bytes = pread(file, output, sizeof output - 1, 0);
    output[bytes > 0 ? bytes : 0] = '\0';
    return output;
}

static size_t
count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
        count++;
    return count;
}

static const char *
member(json_object *record, const char *name)
{
    json_object *value = NULL;
    cr_assert(json_object_object_get_ex(record, name, &value), "no %s in %s", name, output);
    return json_object_get_string(value);
}

Test(logger, a_json_record_is_one_object_with_typed_fields)
{
    capture(LOG_INFO, LOG_JSON);
    log_info("batch committed", F_STR("topic", "StockReserved"), F_INT("offset", -7),
             F_BOOL("last", true), F_REAL("seconds", 0.5), F_BYTES("key", "abcdef", 3),
             F_STR("none", NULL), LOG_END);
    json_object *record = json_tokener_parse(captured());
    cr_assert(record, "%s", output);
    cr_expect_str_eq(member(record, "level"), "info");
    cr_expect_str_eq(member(record, "program"), "jumun-test");
    cr_expect_str_eq(member(record, "message"), "batch committed");
    cr_expect_str_eq(member(record, "topic"), "StockReserved");
    cr_expect_str_eq(member(record, "offset"), "-7");
    cr_expect_str_eq(member(record, "last"), "true");
    cr_expect_str_eq(member(record, "seconds"), "0.5");
    cr_expect_str_eq(member(record, "key"), "abc");
    json_object_put(record);
}

Test(logger, hostile_text_stays_inside_its_record)
{
    capture(LOG_INFO, LOG_JSON);
    log_info("refused", F_STR("detail", "a\"b\\c\nd\x01\xff\x7f"), LOG_END);
    cr_assert_eq(count_of(captured(), "\n"), 1);
    json_object *record = json_tokener_parse(output);
    cr_assert(record, "%s", output);
    cr_expect_str_eq(member(record, "detail"), "a\"b\\c\nd\x01\xef\xbf\xbd\x7f");
    json_object_put(record);
}

Test(logger, text_for_people_cannot_disturb_the_terminal)
{
    capture(LOG_INFO, LOG_TEXT);
    log_info("refused",
             F_STR("name", "\x1b[2J\n\xe2\x80\xae"
                           "gnp.exe"),
             F_STR("ko", "주문"), F_STR("two", "a b"), LOG_END);
    cr_assert(strstr(captured(), "name=\\x1b[2J\\x0a\\u202egnp.exe ko=주문 two=\"a b\"\n"), "%s",
              output);
}

Test(logger, a_long_record_is_cut_and_says_so)
{
    static char longer[3 * LOG_LINE_BYTES];
    memset(longer, '"', sizeof longer - 1);
    capture(LOG_INFO, LOG_JSON);
    log_info("long", F_STR("detail", longer), F_STR("after", "x"), LOG_END);
    cr_assert_lt(strlen(captured()), LOG_LINE_BYTES + 1u);
    json_object *record = json_tokener_parse(output);
    cr_assert(record, "%s", output);
    cr_expect_str_eq(member(record, "cut"), "true");
    json_object_put(record);
}

Test(logger, many_fields_are_cut_between_fields)
{
    struct log_field fields[402];
    for (size_t i = 0; i < 401; i++)
        fields[i] = F_STR("a_field_with_a_name", "and a value of some length");
    fields[401] = LOG_END;
    capture(LOG_INFO, LOG_JSON);
    log_write(LOG_INFO, "wide", fields);
    json_object *record = json_tokener_parse(captured());
    cr_assert(record, "%s", output);
    json_object_put(record);
}

Test(logger, what_is_below_the_level_is_not_written)
{
    capture(LOG_WARN, LOG_TEXT);
    log_info("quiet", LOG_END);
    log_warn("loud", LOG_END);
    cr_expect_not(strstr(captured(), "quiet"));
    cr_expect(strstr(output, "loud"));
}

Test(logger, repeats_are_held_back_and_counted)
{
    capture(LOG_INFO, LOG_TEXT);
    for (int i = 0; i < LOG_REPEATS_MAX + 480; i++)
        log_warn("the broker is away", F_INT("try", i), LOG_END);
    log_warn("something else", LOG_END);
    log_flush();
    cr_expect_eq(count_of(captured(), "the broker is away try="), LOG_REPEATS_MAX);
    cr_expect(strstr(output, "repeated=\"the broker is away\" times=480"), "%s", output);
    cr_expect(strstr(output, "something else"));
}

Test(logger, debug_records_are_never_held_back)
{
    capture(LOG_DEBUG, LOG_TEXT);
    for (int i = 0; i < LOG_REPEATS_MAX + 10; i++)
        log_debug("step", LOG_END);
    cr_expect_eq(count_of(captured(), "step\n"), LOG_REPEATS_MAX + 10);
}

Test(logger, an_error_shows_what_machines_compare)
{
    struct error err = { .class = ERROR_POISON, .sqlstate = "22003", .constraint = "hold_units" };
    snprintf(err.message, sizeof err.message, "value out of range");
    capture(LOG_INFO, LOG_TEXT);
    log_failure(LOG_ERROR, "batch failed", &err);
    captured();
    cr_expect(strstr(output, "sqlstate=22003 constraint=hold_units"), "%s", output);
    cr_expect(strstr(output, "error=\"value out of range\""), "%s", output);
    cr_expect_not(strstr(output, "kafka_code"));
}

static void *
write_many(void *context)
{
    for (int i = 0; i < 500; i++)
        log_debug("threads", F_STR("who", context), LOG_END);
    return NULL;
}

Test(logger, records_of_threads_do_not_mix)
{
    pthread_t threads[4];
    static char names[4][80];
    capture(LOG_DEBUG, LOG_JSON);
    for (int i = 0; i < 4; i++) {
        memset(names[i], 'a' + i, 79);
        pthread_create(&threads[i], NULL, write_many, names[i]);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    captured();
    size_t lines = 0;
    for (char *line = strtok(output, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        json_object *record = json_tokener_parse(line);
        cr_assert(record, "%s", line);
        json_object_put(record);
    }
    cr_assert_eq(lines, 2000);
}
