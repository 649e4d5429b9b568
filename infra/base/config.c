/* config.c — masking, checks by type, loading, help.  Contract: config.h */
#include "base/config.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MASK          "***"
#define ALLOWED_BYTES 256

/* ---- masking -------------------------------------------------------------------------------- */

struct masking {
    char *out;
    size_t used, room; /* room without the NUL */
};

static void
mask_put(struct masking *to, const char *text, size_t bytes)
{
    if (bytes > to->room - to->used)
        bytes = to->room - to->used;
    memcpy(to->out + to->used, text, bytes);
    to->used += bytes;
}

/* The value after "password=": quoted with ' (a backslash takes the next byte), or up to a space, &
 * or #. */
static size_t
secret_bytes(const char *value)
{
    size_t i = 0;
    bool quoted = value[0] == '\'';
    for (i = quoted ? 1 : 0; value[i]; i++) {
        if (value[i] == '\\' && value[i + 1])
            i++;
        else if (quoted ? value[i] == '\'' : (isspace((unsigned char)value[i]) || value[i] == '&'))
            break;
    }
    return quoted && value[i] ? i + 1 : i;
}

/* password, sslpassword, sasl.password … followed by "=" (spaces around it allowed): bytes up to
 * the value. */
static size_t
password_key_bytes(const char *at)
{
    static const char word[] = "password";
    size_t i = sizeof word - 1;
    if (strncasecmp(at, word, i) != 0)
        return 0;
    while (isspace((unsigned char)at[i]))
        i++;
    if (at[i++] != '=')
        return 0;
    while (isspace((unsigned char)at[i]))
        i++;
    return i;
}

/* "//user:secret@host": bytes of "//user:" at `at`, and of the secret. */
static size_t
userinfo_bytes(const char *at, size_t *secret)
{
    if (strncmp(at, "//", 2) != 0)
        return 0;
    size_t authority = 2 + strcspn(at + 2, "/?#");
    size_t colon = 2 + strcspn(at + 2, ":/?#@");
    size_t end = authority; /* the last @: a secret may itself hold one */
    while (end > colon && at[end] != '@')
        end--;
    if (at[colon] != ':' || end <= colon)
        return 0;
    *secret = end - colon - 1;
    return colon + 1;
}

void
config_mask(const char *text, char *out, size_t out_bytes)
{
    struct masking to = { out, 0, out_bytes - 1 };
    while (*text) {
        size_t secret = 0, head = userinfo_bytes(text, &secret);
        if (head == 0 && (head = password_key_bytes(text)) > 0)
            secret = secret_bytes(text + head);
        if (head == 0) {
            mask_put(&to, text++, 1);
            continue;
        }
        mask_put(&to, text, head);
        mask_put(&to, MASK, sizeof MASK - 1);
        text += head + secret;
    }
    out[to.used] = '\0';
}

static void
mask_setting(const struct setting *setting, const char *value, char out[SETTING_TEXT_BYTES])
{
    if (setting->secret && value[0])
        snprintf(out, SETTING_TEXT_BYTES, "%s", MASK);
    else
        config_mask(value, out, SETTING_TEXT_BYTES);
}

/* ---- checks --------------------------------------------------------------------------------- */

static bool
parse_integer(const char *text, int64_t min, int64_t max, int64_t *out)
{
    char *end;
    errno = 0;
    if (!isdigit((unsigned char)text[0]) && !(text[0] == '-' && isdigit((unsigned char)text[1])))
        return false;
    long long value = strtoll(text, &end, 10);
    *out = value;
    return errno == 0 && *end == '\0' && value >= min && value <= max;
}

static bool
is_host(const char *host)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:";
    return host[0] && host[strspn(host, allowed)] == '\0';
}

bool
config_split_address(const char *address, char *host, size_t host_bytes, uint16_t *port)
{
    int64_t number;
    const char *colon = strrchr(address, ':');
    if (!colon || !parse_integer(colon + 1, 0, UINT16_MAX, &number))
        return false;
    bool bracketed = address[0] == '[' && colon > address + 1 && colon[-1] == ']';
    const char *from = bracketed ? address + 1 : address;
    size_t bytes = (size_t)(colon - from) - (bracketed ? 1 : 0);
    if (bytes >= host_bytes || (!bracketed && memchr(from, ':', bytes)))
        return false;
    memcpy(host, from, bytes);
    host[bytes] = '\0';
    *port = (uint16_t)number;
    return is_host(host);
}

static bool
is_address_list(const char *text)
{
    char one[SETTING_TEXT_BYTES], host[256];
    uint16_t port;
    do {
        size_t bytes = strcspn(text, ",");
        if (bytes >= sizeof one)
            return false;
        memcpy(one, text, bytes);
        one[bytes] = '\0';
        if (!config_split_address(one, host, sizeof host, &port) || port == 0)
            return false;
        text += bytes;
    } while (*text++ == ',');
    return true;
}

static bool
is_printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static bool
is_name(const char *text)
{
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("._-", *text))
            return false;
    return true;
}

static bool
choice_index(const struct setting *setting, const char *text, int64_t *out)
{
    for (*out = 0; setting->choices[*out]; ++*out)
        if (strcmp(setting->choices[*out], text) == 0)
            return true;
    return false;
}

static bool
value_is_good(const struct setting *setting, const char *text, int64_t *number)
{
    char host[256];
    uint16_t port;
    switch (setting->type) {
    case SETTING_TEXT:
    case SETTING_CONNECTION:
        return is_printable(text);
    case SETTING_NAME:
        return is_name(text);
    case SETTING_INTEGER:
        return parse_integer(text, setting->min, setting->max, number);
    case SETTING_CHOICE:
        return choice_index(setting, text, number);
    case SETTING_ADDRESS:
        return config_split_address(text, host, sizeof host, &port);
    case SETTING_ADDRESS_LIST:
        return is_address_list(text);
    case SETTING_FILE:
        return access(text, R_OK) == 0;
    }
    return false;
}

static void
describe_allowed(const struct setting *setting, char out[ALLOWED_BYTES])
{
    size_t used = 0;
    switch (setting->type) {
    case SETTING_TEXT:
    case SETTING_CONNECTION:
        snprintf(out, ALLOWED_BYTES, "at most %u printable characters", setting->bytes - 1);
        return;
    case SETTING_NAME:
        snprintf(out, ALLOWED_BYTES, "at most %u of A-Z a-z 0-9 . _ -", setting->bytes - 1);
        return;
    case SETTING_INTEGER:
        snprintf(out, ALLOWED_BYTES, "a whole number from %lld to %lld", (long long)setting->min,
                 (long long)setting->max);
        return;
    case SETTING_CHOICE:
        for (size_t i = 0; setting->choices[i] && used < ALLOWED_BYTES; i++)
            used += (size_t)snprintf(out + used, ALLOWED_BYTES - used, "%s%s", i ? ", " : "one of ",
                                     setting->choices[i]);
        return;
    case SETTING_ADDRESS:
        snprintf(out, ALLOWED_BYTES, "host:port");
        return;
    case SETTING_ADDRESS_LIST:
        snprintf(out, ALLOWED_BYTES, "host:port, several with commas between");
        return;
    case SETTING_FILE:
        snprintf(out, ALLOWED_BYTES, "a file that can be read");
        return;
    }
}

/* ---- loading -------------------------------------------------------------------------------- */

static bool
in_use(const struct config *config, const struct setting *setting)
{
    if (!(setting->groups & config->groups))
        return false;
    if (!setting->service)
        return true;
    return config->service &&
           (strcmp(config->service, "*") == 0 || strcmp(config->service, setting->service) == 0);
}

/* NULL: not set. */
static const char *
from_environment(const struct setting *setting)
{
    const char *text = getenv(setting->name);
    return text && text[0] ? text : NULL;
}

static bool
load_one(const struct setting *setting, char *values, struct error *err)
{
    const char *given = from_environment(setting);
    const char *text = given ? given : setting->fallback ? setting->fallback : "";
    bool is_number = setting->type == SETTING_INTEGER || setting->type == SETTING_CHOICE;
    bool fits = is_number || strlen(text) < setting->bytes;
    int64_t number = 0;
    if (!fits || (text[0] && !value_is_good(setting, text, &number))) {
        char masked[SETTING_TEXT_BYTES], allowed[ALLOWED_BYTES];
        mask_setting(setting, text, masked);
        describe_allowed(setting, allowed);
        return error_set(err, ERROR_REFUSED, "%s=%.300s is not allowed: %s", setting->name, masked,
                         allowed);
    }
    if (is_number)
        memcpy(values + setting->offset, &number, sizeof number);
    else
        memcpy(values + setting->offset, text, strlen(text) + 1);
    return true;
}

bool
config_load(const struct config *config, void *values, struct error *err)
{
    for (uint32_t i = 0; i < config->count; i++)
        if (in_use(config, &config->settings[i]))
            TRY(load_one(&config->settings[i], values, err));
    return true;
}

/* ---- showing -------------------------------------------------------------------------------- */

void
config_print_help(const struct config *config, FILE *out)
{
    fputs("Environment:\n", out);
    for (uint32_t i = 0; i < config->count; i++) {
        const struct setting *setting = &config->settings[i];
        char allowed[ALLOWED_BYTES];
        if (!in_use(config, setting))
            continue;
        describe_allowed(setting, allowed);
        fprintf(out, "  %-24s %s\n", setting->name, setting->meaning);
        if (setting->service)
            continue; /* an override: what it overrides has said the rest */
        fprintf(out, "  %-24s default: %s; %s\n", "",
                setting->fallback && setting->fallback[0] ? setting->fallback : "none", allowed);
    }
}

static void
effective_text(const struct setting *setting, const char *values, char out[SETTING_TEXT_BYTES])
{
    int64_t number;
    if (setting->type != SETTING_INTEGER && setting->type != SETTING_CHOICE) {
        mask_setting(setting, values + setting->offset, out);
        return;
    }
    memcpy(&number, values + setting->offset, sizeof number);
    if (setting->type == SETTING_CHOICE)
        snprintf(out, SETTING_TEXT_BYTES, "%s", setting->choices[number]);
    else
        snprintf(out, SETTING_TEXT_BYTES, "%lld", (long long)number);
}

void
config_each(const struct config *config, const void *values,
            void (*show)(void *context, const char *name, const char *masked, bool is_set),
            void *context)
{
    char text[SETTING_TEXT_BYTES];
    for (uint32_t i = 0; i < config->count; i++) {
        const struct setting *setting = &config->settings[i];
        bool is_set = from_environment(setting) != NULL;
        if (!in_use(config, setting) || (setting->service && !is_set))
            continue; /* an override that is not given says nothing */
        effective_text(setting, values, text);
        show(context, setting->name, text, is_set);
    }
}

static void
print_effective(void *context, const char *name, const char *masked, bool is_set)
{
    fprintf(context, "%s=%s (%s)\n", name, masked, is_set ? "environment" : "default");
}

void
config_print_effective(const struct config *config, const void *values, FILE *out)
{
    config_each(config, values, print_effective, out);
}
