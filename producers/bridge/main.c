/* main.c — jumun-bridge: settings, start, run, stop.
 *
 * Status   0 stopped as asked; 1 something inside failed; 2 bad usage or a bad setting; 3 the address is taken or
 *          cannot be had. */
#include "base/settings.h"
#include "bridge/bridge.h"
#include "runtime/fault.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum exit_status { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_UNREACHABLE };

static enum exit_status
status_of(const struct error *err)
{
    if (err->class == ERROR_REFUSED)
        return EXIT_USAGE;
    return err->class == ERROR_RETRY ? EXIT_UNREACHABLE : EXIT_FAILED;
}

static void
print_help(const struct config *config)
{
    puts("jumun-bridge: the HTTP front door.  Its API: GET /openapi.yaml.\n\n"
         "usage: jumun-bridge [--help | --version | --fault-points]\n");
    config_print_help(config, stdout);
}

static int
serve(const struct config *config)
{
    static struct bridge bridge;
    struct error err = { .class = ERROR_NONE };
    bool is_loaded = settings_load(config, &bridge.settings, &err) &&
                     fault_arm(getenv("JUMUN_FAULT"), &err);

    if (is_loaded)
        log_init("jumun-bridge", (enum log_level)bridge.settings.log_level,
                 (enum log_format)bridge.settings.log_format);
    if (is_loaded)
        settings_log(config, &bridge.settings);
    if (!is_loaded || !bridge_start(&bridge, &err)) {
        fprintf(stderr, "jumun-bridge: %s\n", err.message);
        return (int)status_of(&err);
    }
    bridge_run(&bridge);
    bridge_stop(&bridge);
    log_flush();
    return EXIT_DONE;
}

int
main(int argc, char **argv)
{
    struct config config =
        settings_config("bridge", SETTINGS_KAFKA | SETTINGS_TOPICS | SETTINGS_PG | SETTINGS_HTTP |
                                      SETTINGS_HOSTS | SETTINGS_COMMAND | SETTINGS_LOG);

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_help(&config);
        return EXIT_DONE;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("jumun-bridge " JUMUN_VERSION);
        return EXIT_DONE;
    }
    if (argc == 2 && strcmp(argv[1], "--fault-points") == 0)
        return fault_option("jumun-bridge");
    if (argc != 1) {
        fprintf(stderr, "jumun-bridge: unknown argument %s; --help tells the settings\n", argv[1]);
        return EXIT_USAGE;
    }
    return serve(&config);
}
