/* logger.c — repeats, then the line (JSON or text), then the write.  Contract: logger.h */
#include "base/logger.h"
#include "base/escape.h"
#include "base/instant.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REPEAT_SLOTS    64
#define MESSAGE_BYTES   128
#define LINE_TAIL_BYTES 32 /* room kept for the mark of a cut record and its end */
#define NOTE_CUT_JSON   ",\"cut\":true"
#define NOTE_CUT_TEXT   " (cut)"

const char *const log_level_names[] = { "error", "warn", "info", "debug", NULL };
const char *const log_format_names[] = { "auto", "text", "json", NULL };

struct repeat {
    char message[MESSAGE_BYTES];
    enum log_level level;
    int64_t window_began_us;
    uint32_t seen, held_back;
};

static struct {
    pthread_mutex_t mutex;
    char program[32];
    bool json;
    bool ready;
    int64_t swept_us;
    struct repeat repeats[REPEAT_SLOTS];
} logger = { .mutex = PTHREAD_MUTEX_INITIALIZER, .program = "jumun" };

static atomic_int threshold = LOG_INFO;

void
log_init(const char *program, enum log_level level, enum log_format format)
{
    pthread_mutex_lock(&logger.mutex);
    snprintf(logger.program, sizeof logger.program, "%s", program);
    logger.json = format == LOG_JSON || (format == LOG_AUTO && !isatty(STDERR_FILENO));
    logger.ready = true;
    atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
    pthread_mutex_unlock(&logger.mutex);
}

bool
log_enabled(enum log_level level)
{
    return (int)level <= atomic_load_explicit(&threshold, memory_order_relaxed);
}

/* ---- the line ------------------------------------------------------------------------------- */

struct line {
    char bytes[LOG_LINE_BYTES];
    size_t used;
    bool cut; /* nothing is added after something did not fit */
};

static void
line_add(struct line *line, const char *text, size_t bytes)
{
    if (line->cut || line->used + bytes + LINE_TAIL_BYTES > sizeof line->bytes) {
        line->cut = true;
        return;
    }
    memcpy(line->bytes + line->used, text, bytes);
    line->used += bytes;
}

static void
line_puts(struct line *line, const char *text)
{
    line_add(line, text, strlen(text));
}

typedef size_t (*escape_function)(const char *, size_t, char *, size_t, bool *);

/* Long text is shown as far as there is room; the record is then marked as cut. */
static void
line_escaped(struct line *line, const char *text, size_t bytes, escape_function escape)
{
    bool complete = true;
    if (line->cut)
        return;
    size_t room = sizeof line->bytes - line->used;
    if (room <= LINE_TAIL_BYTES + 1) {
        line->cut = true;
        return;
    }
    line->used += escape(text, bytes, line->bytes + line->used, room - LINE_TAIL_BYTES, &complete);
    if (!complete) {
        line_add(line, "\"", logger.json ? 1 : 0);
        line->cut = true;
    }
}

static void
line_number(struct line *line, const struct log_field *field)
{
    char text[40];
    if (field->type == LOG_FIELD_REAL && !isfinite(field->real))
        snprintf(text, sizeof text, "%s", logger.json ? "null" : "not finite");
    else if (field->type == LOG_FIELD_REAL)
        snprintf(text, sizeof text, "%.6g", field->real);
    else if (field->type == LOG_FIELD_BOOL)
        snprintf(text, sizeof text, "%s", field->integer ? "true" : "false");
    else
        snprintf(text, sizeof text, "%lld", (long long)field->integer);
    line_puts(line, text);
}

static bool
is_text(const struct log_field *field)
{
    return field->type == LOG_FIELD_TEXT || field->type == LOG_FIELD_BYTES;
}

static size_t
text_bytes(const struct log_field *field)
{
    return field->type == LOG_FIELD_BYTES ? field->text_bytes : strlen(field->text);
}

static void
json_string(struct line *line, const char *text, size_t bytes)
{
    line_puts(line, "\"");
    line_escaped(line, text, bytes, escape_json);
    line_puts(line, "\"");
}

static void
json_field(struct line *line, const struct log_field *field)
{
    size_t before = line->used;
    line_puts(line, ",");
    json_string(line, field->name, strlen(field->name));
    line_puts(line, ":");
    if (line->cut)
        line->used = before; /* never half a name */
    else if (!is_text(field))
        line_number(line, field);
    else if (field->text)
        json_string(line, field->text, text_bytes(field));
    else
        line_puts(line, "null");
}

static void
json_line(struct line *line, enum log_level level, const char *message,
          const struct log_field *fields)
{
    char at[INSTANT_TEXT_BYTES], head[128];
    instant_format(instant_now_us(), at);
    snprintf(head, sizeof head,
             "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\",\"message\":", at,
             log_level_names[level], logger.program);
    line_puts(line, head);
    json_string(line, message, strlen(message));
    for (; fields->type != LOG_FIELD_END && !line->cut; fields++)
        json_field(line, fields);
}

static bool
needs_quotes(const char *text, size_t bytes)
{
    return bytes == 0 || memchr(text, ' ', bytes) || memchr(text, '=', bytes);
}

static void
text_field(struct line *line, const struct log_field *field)
{
    line_puts(line, " ");
    line_puts(line, field->name);
    line_puts(line, "=");
    if (!is_text(field)) {
        line_number(line, field);
        return;
    }
    const char *text = field->text ? field->text : "-";
    size_t bytes = field->text ? text_bytes(field) : 1;
    const char *quote = needs_quotes(text, bytes) ? "\"" : "";
    line_puts(line, quote);
    line_escaped(line, text, bytes, escape_terminal);
    line_puts(line, quote);
}

static void
text_line(struct line *line, enum log_level level, const char *message,
          const struct log_field *fields)
{
    char at[INSTANT_TEXT_BYTES], head[96];
    instant_format(instant_now_us(), at);
    snprintf(head, sizeof head, "%s %-5s %s: ", at, log_level_names[level], logger.program);
    line_puts(line, head);
    line_escaped(line, message, strlen(message), escape_terminal);
    for (; fields->type != LOG_FIELD_END && !line->cut; fields++)
        text_field(line, fields);
}

/* One write per record, so that records of several threads never mix. */
static void
write_line(enum log_level level, const char *message, const struct log_field *fields)
{
    struct line line;
    line.used = 0;
    line.cut = false;
    (logger.json ? json_line : text_line)(&line, level, message, fields);
    const char *note = logger.json ? NOTE_CUT_JSON : NOTE_CUT_TEXT;
    const char *end = logger.json ? "}\n" : "\n";
    int tail = snprintf(line.bytes + line.used, sizeof line.bytes - line.used, "%s%s",
                        line.cut ? note : "", end);
    ssize_t written = write(STDERR_FILENO, line.bytes, line.used + (size_t)tail);
    (void)written; /* there is nowhere left to say it */
}

/* ---- repeats -------------------------------------------------------------------------------- */

static struct repeat *
repeat_of(enum log_level level, const char *message)
{
    uint32_t hash = 2166136261u + (uint32_t)level;
    for (const char *at = message; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    return &logger.repeats[hash % REPEAT_SLOTS];
}

static void
repeat_tell(struct repeat *repeat)
{
    if (repeat->held_back == 0)
        return;
    const struct log_field fields[] = { F_STR("repeated", repeat->message),
                                        F_INT("times", repeat->held_back), LOG_END };
    repeat->held_back = 0;
    write_line(repeat->level, "more of the same were held back", fields);
}

static void
repeat_begin(struct repeat *repeat, enum log_level level, const char *message, int64_t now_us)
{
    repeat_tell(repeat);
    snprintf(repeat->message, sizeof repeat->message, "%s", message);
    repeat->level = level;
    repeat->window_began_us = now_us;
    repeat->seen = 0;
}

static void
repeats_sweep(int64_t now_us)
{
    if (now_us - logger.swept_us < INT64_C(1000000))
        return;
    logger.swept_us = now_us;
    for (size_t i = 0; i < REPEAT_SLOTS; i++)
        if (now_us - logger.repeats[i].window_began_us >= LOG_WINDOW_US)
            repeat_tell(&logger.repeats[i]);
}

static bool
held_back(enum log_level level, const char *message)
{
    if (level == LOG_DEBUG)
        return false;
    int64_t now_us = monotonic_now_us();
    struct repeat *repeat = repeat_of(level, message);
    bool same = repeat->level == level &&
                strncmp(repeat->message, message, sizeof repeat->message - 1) == 0;
    repeats_sweep(now_us);
    if (!same || repeat->seen == 0 || now_us - repeat->window_began_us >= LOG_WINDOW_US)
        repeat_begin(repeat, level, message, now_us);
    if (repeat->seen++ < LOG_REPEATS_MAX)
        return false;
    repeat->held_back++;
    return true;
}

void
log_write(enum log_level level, const char *message, const struct log_field *fields)
{
    pthread_mutex_lock(&logger.mutex);
    if (!logger.ready) {
        logger.json = !isatty(STDERR_FILENO);
        logger.ready = true;
    }
    if (!held_back(level, message))
        write_line(level, message, fields);
    pthread_mutex_unlock(&logger.mutex);
}

void
log_flush(void)
{
    pthread_mutex_lock(&logger.mutex);
    for (size_t i = 0; i < REPEAT_SLOTS; i++)
        repeat_tell(&logger.repeats[i]);
    pthread_mutex_unlock(&logger.mutex);
}

void
log_failure(enum log_level level, const char *message, const struct error *err)
{
    struct log_field fields[6];
    size_t count = 0;
    if (!log_enabled(level))
        return;
    fields[count++] = F_STR("error", err->message);
    fields[count++] = F_STR("class", error_class_name(err->class));
    if (err->sqlstate[0])
        fields[count++] = F_STR("sqlstate", err->sqlstate);
    if (err->constraint[0])
        fields[count++] = F_STR("constraint", err->constraint);
    if (err->kafka_code)
        fields[count++] = F_INT("kafka_code", err->kafka_code);
    fields[count] = LOG_END;
    log_write(level, message, fields);
}
