/* logger.h — one record, one line, to standard error.
 *
 * Shapes   a record: time, level, program, a constant message, then typed fields.
 *          log_info("batch committed", F_STR("topic", topic), F_INT("offset", offset), LOG_END);
 * Formats  LOG_JSON: one object a line.  LOG_TEXT: for people, safe for a terminal.
 * Limits   a record is cut at LOG_LINE_BYTES (and says so); of equal messages more than
 *          LOG_REPEATS_MAX in LOG_WINDOW_US are counted; the count is logged when it ends.
 *          LOG_DEBUG is not limited.
 * Errors   none: what cannot be written is lost.
 * Threads  any; never from a signal handler. */
#pragma once
#include "base/error.h"
#include <stdbool.h>
#include <stdint.h>

#define LOG_LINE_BYTES  8192
#define LOG_REPEATS_MAX 20
#define LOG_WINDOW_US   (10 * INT64_C(1000000))

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_AUTO, LOG_TEXT, LOG_JSON }; /* LOG_AUTO: text on a terminal, else JSON */

enum log_field_type {
    LOG_FIELD_END,
    LOG_FIELD_TEXT,
    LOG_FIELD_BYTES,
    LOG_FIELD_INTEGER,
    LOG_FIELD_BOOL,
    LOG_FIELD_REAL
};

struct log_field {
    const char *name;
    enum log_field_type type;
    union {
        const char *text;
        int64_t integer; /* also LOG_FIELD_BOOL */
        double real;
    };
    uint32_t text_bytes; /* LOG_FIELD_BYTES */
};

#define F_STR(field, value)                                                                        \
    ((struct log_field){ .name = field, .type = LOG_FIELD_TEXT, .text = value })
#define F_BYTES(field, value, count)                                                               \
    ((struct log_field){                                                                           \
        .name = field, .type = LOG_FIELD_BYTES, .text = value, .text_bytes = (uint32_t)(count) })
#define F_INT(field, value)                                                                        \
    ((struct log_field){ .name = field, .type = LOG_FIELD_INTEGER, .integer = (int64_t)(value) })
#define F_BOOL(field, value)                                                                       \
    ((struct log_field){ .name = field, .type = LOG_FIELD_BOOL, .integer = (value) ? 1 : 0 })
#define F_REAL(field, value)                                                                       \
    ((struct log_field){ .name = field, .type = LOG_FIELD_REAL, .real = value })
#define LOG_END ((struct log_field){ .name = NULL, .type = LOG_FIELD_END })

#define log_error(...) LOG_RECORD_(LOG_ERROR, __VA_ARGS__, LOG_END)
#define log_warn(...)  LOG_RECORD_(LOG_WARN, __VA_ARGS__, LOG_END)
#define log_info(...)  LOG_RECORD_(LOG_INFO, __VA_ARGS__, LOG_END)
#define log_debug(...) LOG_RECORD_(LOG_DEBUG, __VA_ARGS__, LOG_END)
#define LOG_RECORD_(level, message, ...)                                                           \
    do {                                                                                           \
        if (log_enabled(level))                                                                    \
            log_write(level, message, (const struct log_field[]){ __VA_ARGS__ });                  \
    } while (0)

/* Before the first record; without it: LOG_INFO, LOG_AUTO, program "jumun". */
void log_init(const char *program, enum log_level level, enum log_format format);
/* Writes the counts of repeats that are still held back. */
void log_flush(void);
bool log_enabled(enum log_level level);
void log_write(enum log_level level, const char *message, const struct log_field *fields);
/* The error's message, class, and whichever of sqlstate, constraint and Kafka code it has. */
void log_failure(enum log_level level, const char *message, const struct error *err);

extern const char *const log_level_names[];  /* error warn info debug NULL */
extern const char *const log_format_names[]; /* auto text json NULL */
