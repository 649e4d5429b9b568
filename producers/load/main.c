/* main.c — jumun-load: fills a shop and places orders, for benchmarks.  One JSON line per run on stdout. */
#include "load/flood.h"
#include "load/http.h"
#include "load/publish.h"
#include "load/streams.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

static const char OPTIONS[] =
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
    "  --connections N         64      post: at once\n"
    "  --rate N                0       post, streams: orders per second; 0: as fast as answered\n"
    "  --wait N                0       post: seconds until the order's end; 0: only accepted\n"
    "\n"
    "example: jumun-load catalogue --orders 1000 && jumun-load orders --orders 1000\n"
    "exit status: 0 done, 1 refused, 2 bad usage, 3 a server could not be reached\n\n";

struct options {
    struct workload load;
    struct flood flood;
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
        out->flood.first = value;
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
    case 'n':
        out->flood.connections = (int32_t)value;
        return true;
    case 'e':
        out->flood.rate = value;
        return true;
    case 'w':
        out->flood.wait_s = (int32_t)value;
        return value <= 30;
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
        { "connections", required_argument, NULL, 'n' },
        { "rate", required_argument, NULL, 'e' },
        { "wait", required_argument, NULL, 'w' },
        { NULL, 0, NULL, 0 },
    };
    *out = (struct options){ .load = { .run = "load",
                                       .orders = 60000,
                                       .products = 100,
                                       .customers = 10000,
                                       .coupon_percent = 30,
                                       .short_percent = 5 },
                             .flood = { .connections = 64 } };
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;)
        if (option == '?' || !take_option(option, optarg, out))
            return false;
    return optind == argc;
}

/* ---- commands ------------------------------------------------------------------------------------ */

typedef bool command_run(const struct settings *settings, const struct options *options,
                         struct error *err);

static void
tell_published(const char *command, const struct published *done)
{
    printf("{\"command\":\"%s\",\"records\":%lld,\"took_ms\":%lld,\"per_s\":%lld}\n", command,
           (long long)done->records, (long long)(done->took_us / 1000),
           (long long)(done->records * 1000000 / (done->took_us + 1)));
}

static bool
run_catalogue(const struct settings *settings, const struct options *options, struct error *err)
{
    struct published done;
    TRY(publish_catalogue(settings, &options->load, &done, err));
    tell_published("catalogue", &done);
    return true;
}

static bool
run_orders(const struct settings *settings, const struct options *options, struct error *err)
{
    struct published done;
    TRY(publish_orders(settings, &options->load, options->flood.first, &done, err));
    tell_published("orders", &done);
    return true;
}

static bool
run_http(const struct settings *settings, const struct options *options, struct error *err)
{
    struct latency latency = latency_new(options->load.orders);
    bool ok = http_orders(settings, &options->load, options->flood.first, &latency, err);
    if (ok) {
        printf("{\"command\":\"http\",\"orders\":%lld,", (long long)options->load.orders);
        latency_print(&latency, stdout);
        printf("}\n");
    }
    latency_free(&latency);
    return ok;
}

static bool
run_post(const struct settings *settings, const struct options *options, struct error *err)
{
    struct flood_result done;
    TRY(flood_orders(settings, &options->load, &options->flood, &done, err));
    printf("{\"command\":\"post\",\"orders\":%lld,\"errors\":%lld,\"took_ms\":%lld,"
           "\"per_s\":%lld,",
           (long long)done.latency.count, (long long)done.errors, (long long)(done.took_us / 1000),
           (long long)(done.latency.count * 1000000 / (done.took_us + 1)));
    latency_print(&done.latency, stdout);
    printf("}\n");
    latency_free(&done.latency);
    return done.errors == 0 ||
           error_set(err, ERROR_REFUSED,
                     "%lld of %lld orders did not end as expected; the first: %s",
                     (long long)done.errors, (long long)options->load.orders, done.first_error);
}

static bool
run_waiting(const struct settings *settings, const struct options *options, struct error *err)
{
    return streams_prepare(settings, &options->load, options->flood.first, err);
}

static bool
run_streams(const struct settings *settings, const struct options *options, struct error *err)
{
    struct streams_result done;
    TRY(streams_run(settings, &options->load, options->flood.first, options->flood.rate, &done,
                    err));
    printf("{\"command\":\"streams\",\"opened\":%lld,\"finished\":%lld,\"events\":%lld,\"errors\":%"
           "lld,\"took_ms\":%lld,",
           (long long)done.opened, (long long)done.finished, (long long)done.events,
           (long long)done.errors, (long long)(done.took_us / 1000));
    latency_print(&done.latency, stdout);
    printf("}\n");
    latency_free(&done.latency);
    return done.errors == 0 ||
           error_set(err, ERROR_REFUSED, "%lld streams went wrong; the first: %s",
                     (long long)done.errors, done.first_error);
}

static const struct command {
    const char *name, *does;
    command_run *run;
} COMMANDS[] = {
    { "catalogue", "publish products, stock, balances and a coupon for each order that names one",
      run_catalogue },
    { "orders", "publish OrderRequested, everything in one event, as fast as the broker takes it",
      run_orders },
    { "http", "place orders one after another through the bridge, each to PAID", run_http },
    { "post", "place orders through the bridge over many connections, closed or open loop",
      run_post },
    { "waiting", "publish orders without shipping, which then wait for their shopper",
      run_waiting },
    { "streams", "follow those over one event stream each, and pay them at a rate", run_streams },
};
enum { COMMAND_COUNT = sizeof COMMANDS / sizeof COMMANDS[0] };

static const struct command *
find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    return NULL;
}

static bool
run(const struct command *command, const struct options *options, struct error *err)
{
    static struct settings settings;
    struct config config = settings_config(NULL, SETTINGS_KAFKA | SETTINGS_HTTP | SETTINGS_LOG);
    TRY(settings_load(&config, &settings, err));
    log_init("jumun-load", (enum log_level)settings.log_level,
             (enum log_format)settings.log_format);
    return command->run(&settings, options, err);
}

static void
usage(FILE *out)
{
    fputs("usage: jumun-load COMMAND [options]\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-11s %s\n", COMMANDS[i].name, COMMANDS[i].does);
    fputs(OPTIONS, out);
}

static int
help(void)
{
    struct config config = settings_config(NULL, SETTINGS_KAFKA | SETTINGS_HTTP | SETTINGS_LOG);
    usage(stdout);
    config_print_help(&config, stdout);
    return EXIT_DONE;
}

int
main(int argc, char **argv)
{
    struct error err = { .class = ERROR_NONE };
    struct options options;
    const char *name = argc > 1 ? argv[1] : "";
    const struct command *command = find_command(name);

    if (strcmp(name, "--help") == 0)
        return help();
    if (!command || !read_options(argc - 1, argv + 1, &options)) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (run(command, &options, &err))
        return EXIT_DONE;
    fprintf(stderr, "jumun-load: %s\n", err.message);
    return err.class == ERROR_RETRY ? EXIT_UNREACHABLE : EXIT_REFUSED;
}
