/* output.c — how commands speak: errors, notes, JSON lines, text that is safe to show. */
#include "base/escape.h"
#include "cli/cli.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static char said[ERROR_MESSAGE_BYTES]; /* what was complained about last */

/* name: "error" or "warning". */
static void
complain(const struct cli *cli, const char *name, const char *error, const char *message)
{
    char safe[(ERROR_MESSAGE_BYTES + SETTING_TEXT_BYTES) * 4];
    snprintf(said, sizeof said, "%s", message);
    if (cli->json) {
        escape_json(message, strlen(message), safe, sizeof safe, NULL);
        fprintf(stderr, "{\"%s\":\"%s\",\"detail\":\"%s\"}\n", name, error, safe);
        return;
    }
    escape_terminal(message, strlen(message), safe, sizeof safe, NULL);
    fprintf(stderr, "jumun%s%s: %s\n", cli->command ? " " : "", cli->command ? cli->command : "",
            safe);
}

enum cli_status
cli_fail(const struct cli *cli, const struct error *err)
{
    char message[ERROR_MESSAGE_BYTES + SETTING_TEXT_BYTES + 16];
    bool away = err->class == ERROR_RETRY;
    snprintf(message, sizeof message, "%s%s%s", err->message, err->kafka_code ? "; Kafka at " : "",
             err->kafka_code ? cli->settings.kafka : "");
    complain(cli, "error", away ? "unreachable" : "refused", message);
    return away ? CLI_UNREACHABLE : CLI_REFUSED;
}

enum cli_status
cli_refuse(const struct cli *cli, const char *code, const char *format, ...)
{
    char message[ERROR_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    complain(cli, "error", code, message);
    return CLI_REFUSED;
}

void
cli_warn(const struct cli *cli, const char *code, const char *format, ...)
{
    char message[ERROR_MESSAGE_BYTES + 64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    complain(cli, "warning", code, message);
}

const char *
cli_said(void)
{
    return said;
}

enum cli_status
cli_misused(const struct cli *cli, const char *format, ...)
{
    char message[ERROR_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    complain(cli, "error", "usage", message);
    if (!cli->json)
        fprintf(stderr, "Try: jumun %s%s--help\n", cli->command ? cli->command : "",
                cli->command ? " " : "");
    return CLI_USAGE;
}

void
cli_note(const struct cli *cli, const char *format, ...)
{
    va_list arguments;
    if (cli->json)
        return;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

bool
cli_put_text(struct json_writer *json, const char *name, const char *text, struct error *err)
{
    size_t bytes = strlen(text), step;
    for (size_t i = 0; i < bytes; i += step)
        if ((step = utf8_length(text + i, bytes - i)) == 0)
            return error_set(err, ERROR_REFUSED, "%s is not valid UTF-8", name);
    json_name(json, name);
    json_text(json, text);
    return true;
}

void
cli_json_line(struct json_writer *json)
{
    fwrite(json->bytes, 1, json->length, stdout);
    fputc('\n', stdout);
    fflush(stdout); /* a reader at the other end of a pipe sees each line at once */
}

const char *
cli_safe_bytes(struct cli *cli, const char *bytes, size_t count, size_t bytes_max)
{
    bool complete = true;
    size_t shown = count < bytes_max ? count : bytes_max;
    char *safe = arena_take_raw(cli->arena, shown * 6 + sizeof "…");
    size_t used = escape_terminal(bytes, shown, safe, shown * 6 + 1, &complete);
    if (shown < count)
        memcpy(safe + used, "…", sizeof "…");
    return safe;
}

const char *
cli_safe(struct cli *cli, const char *text)
{
    return text ? cli_safe_bytes(cli, text, strlen(text), 4096) : "-";
}

const char *
cli_number(struct cli *cli, int64_t number)
{
    char digits[32];
    int count = snprintf(digits, sizeof digits, "%lld", (long long)number);
    char *out = arena_take(cli->arena, 48), *to = out;
    for (int i = 0; i < count; i++) {
        bool group_begins = i > 0 && digits[i - 1] != '-' && (count - i) % 3 == 0;
        if (group_begins)
            *to++ = ',';
        *to++ = digits[i];
    }
    return out;
}

int
cli_width(const char *text)
{
    wchar_t wide[1024];
    mbstate_t state = { 0 };
    size_t count = mbsrtowcs(wide, &text, sizeof wide / sizeof *wide - 1, &state);
    if (count == (size_t)-1)
        return 0;
    int columns = wcswidth(wide, count);
    return columns < 0 ? (int)count : columns;
}

void
cli_pad(const char *text, int columns)
{
    int missing = columns - cli_width(text);
    printf("%s%*s", text, missing > 0 ? missing : 0, "");
}
