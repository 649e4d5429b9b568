/* main.c — jumun-load: fills a shop and places orders, for benchmarks.  One JSON line per run on stdout. */
#include "load/flood.h"
#include "load/http.h"
#include "load/options.h"
#include "load/publish.h"
#include "load/streams.h"
#include <stdio.h>
#include <string.h>

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

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
    flood_orders(settings, &options->load, &options->flood, &done);
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
    options_print(out);
}

static int
help(void)
{
    struct config config = settings_config(NULL, SETTINGS_KAFKA | SETTINGS_HTTP | SETTINGS_LOG);
    usage(stdout);
    config_print_help(&config, stdout);
    return EXIT_DONE;
}

static int
misused(const char *name)
{
    if (*name)
        fprintf(stderr, "jumun-load: there is no command '%.40s'\n\n", name);
    usage(stderr);
    return EXIT_USAGE;
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
    if (!command)
        return misused(name);
    if (!options_read(argc - 2, argv + 2, &options, &err)) {
        fprintf(stderr, "jumun-load: %s; jumun-load --help tells the options\n", err.message);
        return EXIT_USAGE;
    }
    if (run(command, &options, &err))
        return EXIT_DONE;
    fprintf(stderr, "jumun-load: %s\n", err.message);
    return err.class == ERROR_RETRY ? EXIT_UNREACHABLE : EXIT_REFUSED;
}
