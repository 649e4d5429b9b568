/* options.c — one table: what an option is called, what it may be, where it goes, what help says of it. */
#include "load/options.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum kind { NAME, INT32, INT64 };

#define RUN_BYTES_MAX 32
static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

static const struct option {
    const char *name;
    enum kind kind;
    int64_t usual, min, max;
    size_t at; /* in struct options */
    const char *says;
} known[] = {
    { "run", NAME, 0, 0, 0, offsetof(struct options, load.run),
      "prefix of every id; another name is another shop" },
    { "orders", INT64, 60000, 1, INT32_MAX, offsetof(struct options, load.orders),
      "how many" },
    { "first", INT64, 0, 0, INT32_MAX, offsetof(struct options, flood.first),
      "index of the first order" },
    { "products", INT32, 100, 1, 1000000, offsetof(struct options, load.products),
      "how many" },
    { "customers", INT32, 10000, 1, 100000000, offsetof(struct options, load.customers),
      "how many" },
    { "coupon-percent", INT32, 30, 0, 100, offsetof(struct options, load.coupon_percent),
      "of the orders name a valid coupon of their own" },
    { "short-percent", INT32, 5, 0, 100, offsetof(struct options, load.short_percent),
      "of the customers are short of balance; their orders cancel on failure" },
    { "units", INT32, 0, 0, 1000000, offsetof(struct options, load.units_per_product),
      "per product; 0: enough" },
    { "connections", INT32, 64, 1, FLOOD_CONNECTIONS_MAX,
      offsetof(struct options, flood.connections), "post: at once" },
    { "rate", INT64, 0, 0, 1000000, offsetof(struct options, flood.rate),
      "post, streams: orders per second; 0: as fast as answered" },
    { "wait", INT32, 0, 0, 30, offsetof(struct options, flood.wait_s),
      "post: seconds until the order's end; 0: only accepted" },
};
enum { KNOWN_COUNT = sizeof known / sizeof known[0] };

static void
put(const struct option *option, int64_t value, struct options *out)
{
    char *at = (char *)out + option->at;

    if (option->kind == INT32)
        *(int32_t *)(void *)at = (int32_t)value;
    else
        *(int64_t *)(void *)at = value;
}

static bool
take_name(const struct option *option, const char *text, struct options *out, struct error *err)
{
    size_t bytes = strlen(text);

    if (bytes < 1 || bytes > RUN_BYTES_MAX || strspn(text, name_bytes) != bytes)
        return error_set(err, ERROR_REFUSED,
                         "--%s takes 1 to %d letters, digits, dots, '_' or '-', not '%.40s'",
                         option->name, RUN_BYTES_MAX, text);
    *(const char **)(void *)((char *)out + option->at) = text;
    return true;
}

static bool
take(const struct option *option, const char *text, struct options *out, struct error *err)
{
    char *end;

    if (option->kind == NAME)
        return take_name(option, text, out, err);
    int64_t value = strtoll(text, &end, 10);
    if (*text == 0 || *end != 0 || value < option->min || value > option->max)
        return error_set(err, ERROR_REFUSED, "--%s takes a number from %lld to %lld, not '%.40s'",
                         option->name, (long long)option->min, (long long)option->max, text);
    put(option, value, out);
    return true;
}

/* "--name" or "--name=…": which option, and its value where it stands in the same word. */
static const struct option *
find(const char *word, const char **value)
{
    size_t bytes;

    *value = NULL;
    if (strncmp(word, "--", 2) != 0)
        return NULL;
    word += 2;
    bytes = strcspn(word, "=");
    if (word[bytes] == '=')
        *value = word + bytes + 1;
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (strlen(known[i].name) == bytes && memcmp(known[i].name, word, bytes) == 0)
            return &known[i];
    return NULL;
}

static void
set_usual(struct options *out)
{
    *out = (struct options){ .load = { .run = "load" } };
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (known[i].kind != NAME)
            put(&known[i], known[i].usual, out);
}

bool
options_read(int count, char **words, struct options *out, struct error *err)
{
    set_usual(out);
    for (int i = 0; i < count; i++) {
        const char *value;
        const struct option *option = find(words[i], &value);
        if (!option)
            return error_set(err, ERROR_REFUSED, "there is no option '%.40s'", words[i]);
        if (!value && ++i == count)
            return error_set(err, ERROR_REFUSED, "--%s lacks its value", option->name);
        TRY(take(option, value ? value : words[i], out, err));
    }
    return true;
}

void
options_print(FILE *out)
{
    fputs("\noptions, with defaults:\n", out);
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (known[i].kind == NAME)
            fprintf(out, "  --%-15s %-7s %s\n", known[i].name, "load", known[i].says);
        else
            fprintf(out, "  --%-15s %-7lld %s\n", known[i].name, (long long)known[i].usual,
                    known[i].says);
    fputs("\nexample: jumun-load catalogue --orders 1000 && jumun-load orders --orders 1000\n"
          "exit status: 0 done, 1 refused, 2 bad usage, 3 a server could not be reached\n\n",
          out);
}
