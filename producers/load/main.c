/* main.c — jumun-load: fills a shop and places orders, for benchmarks.  One JSON line per run on stdout. */
#include "load/http.h"
#include "load/publish.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

static const char USAGE[] =
    "usage: jumun-load COMMAND [options]\n"
    "\n"
    "  catalogue   publish products, stock, balances and one coupon for each order that names one\n"
    "  orders      publish OrderRequested, everything in one event, as fast as the broker takes "
    "it\n"
    "  http        place orders one after another through the bridge and wait for PAID each time\n"
    "\n"
    "options, with defaults:\n"
    "  --run NAME              load    prefix of every id; another name is another shop\n"
    "  --orders N              60000\n"
    "  --first N               0       index of the first order\n"
    "  --products N            100\n"
    "  --customers N           10000\n"
    "  --coupon-percent N      30      of the orders name a valid coupon of their own\n"
    "  --short-percent N       5       of the customers are short of balance; their orders cancel "
    "on failure\n"
    "  --units N               0       per product; 0: enough\n"
    "\n"
    "example: jumun-load catalogue --orders 1000 && jumun-load orders --orders 1000\n"
    "exit status: 0 done, 1 refused, 2 bad usage, 3 a server could not be reached\n\n";

struct options {
    struct workload load;
    int64_t first;
};

static bool
number(const char *text, int64_t min, int64_t max, int64_t *out)
{
    char *end;
    *out = strtoll(text, &end, 10);
    return *text != 0 && *end == 0 && *out >= min && *out <= max;
}

static bool
take_option(int option, const char *text, struct options *out)
{
    int64_t value = 0;
    if (option == 'r') {
        out->load.run = text;
        return strlen(text) >= 1 && strlen(text) <= 32 &&
               strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
                   strlen(text);
    }
    if (!number(text, option == 'p' || option == 'c' || option == 'o', INT32_MAX, &value))
        return false;
    switch (option) {
    case 'o':
        out->load.orders = value;
        return true;
    case 'f':
        out->first = value;
        return true;
    case 'p':
        out->load.products = (int32_t)value;
        return true;
    case 'c':
        out->load.customers = (int32_t)value;
        return true;
    case 'k':
        out->load.coupon_percent = (int32_t)value;
        return value <= 100;
    case 's':
        out->load.short_percent = (int32_t)value;
        return value <= 100;
    case 'u':
        out->load.units_per_product = (int32_t)value;
        return value <= 1000000;
    default:
        return false;
    }
}

static bool
read_options(int argc, char **argv, struct options *out)
{
    static const struct option known[] = {
        { "run", required_argument, NULL, 'r' },
        { "orders", required_argument, NULL, 'o' },
        { "first", required_argument, NULL, 'f' },
        { "products", required_argument, NULL, 'p' },
        { "customers", required_argument, NULL, 'c' },
        { "coupon-percent", required_argument, NULL, 'k' },
        { "short-percent", required_argument, NULL, 's' },
        { "units", required_argument, NULL, 'u' },
        { NULL, 0, NULL, 0 },
    };
    *out = (struct options){ .load = { .run = "load",
                                       .orders = 60000,
                                       .products = 100,
                                       .customers = 10000,
                                       .coupon_percent = 30,
                                       .short_percent = 5 } };
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;)
        if (option == '?' || !take_option(option, optarg, out))
            return false;
    return optind == argc;
}

static bool
run_publish(const char *command, const struct settings *settings, const struct options *options,
            struct error *err)
{
    struct published done;
    bool is_catalogue = strcmp(command, "catalogue") == 0;
    TRY(is_catalogue ? publish_catalogue(settings, &options->load, &done, err)
                     : publish_orders(settings, &options->load, options->first, &done, err));
    printf("{\"command\":\"%s\",\"records\":%lld,\"took_ms\":%lld,\"per_s\":%lld}\n", command,
           (long long)done.records, (long long)(done.took_us / 1000),
           (long long)(done.records * 1000000 / (done.took_us + 1)));
    return true;
}

static bool
run_http(const struct settings *settings, const struct options *options, struct error *err)
{
    int64_t count = options->load.orders;
    int64_t *latency_us = memory_new((size_t)count * sizeof *latency_us);
    bool ok = http_orders(settings, &options->load, options->first, latency_us, err);
    if (ok)
        printf("{\"command\":\"http\",\"orders\":%lld,\"p50_us\":%lld,\"p90_us\":%lld,\"p99_us\":%"
               "lld,\"max_us\":%lld}\n",
               (long long)count, (long long)latency_us[count / 2],
               (long long)latency_us[count * 9 / 10], (long long)latency_us[count * 99 / 100],
               (long long)latency_us[count - 1]);
    memory_free(latency_us);
    return ok;
}

static bool
run(const char *command, const struct options *options, struct error *err)
{
    static struct settings settings;
    struct config config = settings_config(NULL, SETTINGS_KAFKA | SETTINGS_HTTP | SETTINGS_LOG);
    TRY(settings_load(&config, &settings, err));
    log_init("jumun-load", (enum log_level)settings.log_level,
             (enum log_format)settings.log_format);
    if (strcmp(command, "http") == 0)
        return run_http(&settings, options, err);
    return run_publish(command, &settings, options, err);
}

static int
help(void)
{
    struct config config = settings_config(NULL, SETTINGS_KAFKA | SETTINGS_HTTP | SETTINGS_LOG);
    fputs(USAGE, stdout);
    config_print_help(&config, stdout);
    return EXIT_DONE;
}

int
main(int argc, char **argv)
{
    struct error err = { .class = ERROR_NONE };
    struct options options;
    const char *command = argc > 1 ? argv[1] : "";

    if (strcmp(command, "--help") == 0)
        return help();
    if ((strcmp(command, "catalogue") != 0 && strcmp(command, "orders") != 0 &&
         strcmp(command, "http") != 0) ||
        !read_options(argc - 1, argv + 1, &options)) {
        fputs(USAGE, stderr);
        return EXIT_USAGE;
    }
    if (run(command, &options, &err))
        return EXIT_DONE;
    fprintf(stderr, "jumun-load: %s\n", err.message);
    return err.class == ERROR_RETRY ? EXIT_UNREACHABLE : EXIT_REFUSED;
}
