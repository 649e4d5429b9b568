/* headers.c — gathering, then one parser per header. */
#include "bridge/headers.h"
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    bool is_list;
} known[HEADER_COUNT] = {
#define X(id, text, list) [HEADER_##id] = { text, list },
    KNOWN_HEADERS(X)
#undef X
};

void
headers_add(struct headers *headers, struct arena *arena, const char *name, size_t name_bytes,
            const char *value, size_t value_bytes)
{
    headers->total_bytes += name_bytes + value_bytes + 4; /* ": " and the line's end */
    if (value_bytes > 0 && memchr(value, 0, value_bytes) != NULL)
        headers->has_nul = true;
    for (unsigned i = 0; i < HEADER_COUNT; i++) {
        if (strlen(known[i].name) != name_bytes ||
            strncasecmp(known[i].name, name, name_bytes) != 0)
            continue;
        if (headers->lines[i]++ == 0)
            headers->value[i] = arena_text(arena, value_bytes > 0 ? value : "", value_bytes);
        else if (known[i].is_list)
            headers->value[i] =
                arena_printf(arena, "%s, %.*s", headers->value[i], (int)value_bytes, value);
    }
}

const char *
headers_repeated(const struct headers *headers)
{
    for (unsigned i = 0; i < HEADER_COUNT; i++)
        if (headers->lines[i] > 1 && !known[i].is_list)
            return known[i].name;
    return NULL;
}

bool
header_idempotency_key(const char *text, char out[IDEMPOTENCY_KEY_BYTES_MAX + 1])
{
    size_t bytes = strlen(text);

    if (text[0] == '"') {
        if (bytes < 2 || text[bytes - 1] != '"')
            return false;
        text++;
        bytes -= 2;
    }
    if (bytes == 0 || bytes > IDEMPOTENCY_KEY_BYTES_MAX)
        return false;
    for (size_t i = 0; i < bytes; i++)
        if (text[i] < '!' || text[i] > '~')
            return false;
    memcpy(out, text, bytes);
    out[bytes] = 0;
    return true;
}

/* The next item of a list up to a separator outside quotes; trimmed. False at the end. */
static bool
next_item(const char **rest, char separator, const char **item, size_t *bytes)
{
    const char *at = *rest, *end;
    bool quoted = false;

    if (*at == 0)
        return false;
    for (end = at; *end != 0 && (quoted || *end != separator); end++) {
        if (quoted && *end == '\\' && end[1] != 0)
            end++;
        else if (*end == '"')
            quoted = !quoted;
    }
    *rest = *end == 0 ? end : end + 1;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *item = at;
    *bytes = (size_t)(end - at);
    return true;
}

static bool
digits(const char *text, size_t bytes, int64_t *out)
{
    int64_t value = 0;

    if (bytes == 0 || bytes > 16)
        return false;
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

static int
wait_of(const char *item, size_t bytes)
{
    const char *semicolon = memchr(item, ';', bytes);
    int64_t seconds;

    if (semicolon != NULL)
        bytes = (size_t)(semicolon - item);
    while (bytes > 0 && item[bytes - 1] == ' ')
        bytes--;
    if (bytes < 6 || strncasecmp(item, "wait=", 5) != 0)
        return -1;
    item += 5;
    bytes -= 5;
    if (bytes > 2 && item[0] == '"' && item[bytes - 1] == '"') {
        item++;
        bytes -= 2;
    }
    if (!digits(item, bytes, &seconds))
        return -1;
    return seconds > WAIT_S_MAX ? WAIT_S_MAX : (int)seconds;
}

int
header_wait_s(const char *prefer)
{
    const char *item;
    size_t bytes;
    int seconds = -1;

    while (seconds < 0 && prefer != NULL && next_item(&prefer, ',', &item, &bytes))
        seconds = wait_of(item, bytes);
    return seconds;
}

/* How closely a media range fits: 0 not, 1 all of everything, 2 all of the type, 3 exactly. */
static int
range_fit(const char *range, size_t bytes, const char *media_type)
{
    const char *slash = strchr(media_type, '/');
    size_t type_bytes = (size_t)(slash - media_type) + 1;

    if (bytes == 3 && memcmp(range, "*/*", 3) == 0)
        return 1;
    if (bytes == type_bytes + 1 && range[bytes - 1] == '*' &&
        strncasecmp(range, media_type, type_bytes) == 0)
        return 2;
    return bytes == strlen(media_type) && strncasecmp(range, media_type, bytes) == 0 ? 3 : 0;
}

/* Whether the parameters say q=0 (any number of decimals); nothing said is q=1. */
static bool
is_refused(const char *parameters)
{
    const char *item;
    size_t bytes;

    while (next_item(&parameters, ';', &item, &bytes)) {
        if (bytes < 3 || (item[0] != 'q' && item[0] != 'Q') || item[1] != '=')
            continue;
        for (size_t i = 2; i < bytes; i++)
            if (item[i] != '0' && item[i] != '.')
                return false;
        return true;
    }
    return false;
}

/* The closest range decides, as RFC 9110 wants it: a refusal of all else stands behind it. */
bool
header_accepts(const char *accept, const char *media_type)
{
    const char *item;
    size_t bytes;
    int best = 0;
    bool accepted = false;

    if (accept == NULL || accept[strspn(accept, " \t,")] == 0)
        return true;
    while (next_item(&accept, ',', &item, &bytes)) {
        char one[256];
        const char *rest = one, *range;
        size_t range_bytes;
        int fit;

        if (bytes == 0 || bytes >= sizeof one)
            continue;
        memcpy(one, item, bytes);
        one[bytes] = 0;
        if (!next_item(&rest, ';', &range, &range_bytes))
            continue;
        fit = range_fit(range, range_bytes, media_type);
        if (fit > best) {
            best = fit;
            accepted = !is_refused(rest);
        }
    }
    return accepted;
}

static bool
is_utf8_charset(const char *item, size_t bytes)
{
    if (bytes < 8 || strncasecmp(item, "charset=", 8) != 0)
        return true; /* another parameter: no meaning, no harm */
    item += 8;
    bytes -= 8;
    if (bytes > 2 && item[0] == '"' && item[bytes - 1] == '"') {
        item++;
        bytes -= 2;
    }
    return bytes == 5 && strncasecmp(item, "utf-8", 5) == 0;
}

bool
header_is_json(const char *content_type)
{
    const char *item;
    size_t bytes;

    if (content_type == NULL || !next_item(&content_type, ';', &item, &bytes) || bytes != 16 ||
        strncasecmp(item, "application/json", 16) != 0)
        return false;
    while (next_item(&content_type, ';', &item, &bytes))
        if (!is_utf8_charset(item, bytes))
            return false;
    return true;
}

bool
header_matches_etag(const char *if_none_match, const char *etag)
{
    const char *item;
    size_t bytes;

    while (if_none_match != NULL && next_item(&if_none_match, ',', &item, &bytes)) {
        if (bytes == 1 && item[0] == '*')
            return true;
        if (bytes > 2 && item[0] == 'W' && item[1] == '/') {
            item += 2;
            bytes -= 2;
        }
        if (bytes == strlen(etag) && memcmp(item, etag, bytes) == 0)
            return true;
    }
    return false;
}

bool
header_last_event_id(const char *text, int64_t *out)
{
    *out = 0;
    if (text == NULL || *text == 0)
        return true;
    return digits(text, strlen(text), out) && *out <= INT32_MAX;
}
