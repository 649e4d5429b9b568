/* service_main.h — the main function of every consumer: settings, loop, signals, exit status.
 *
 * Status     0 stopped as asked; 1 FATAL (the last log line says why); 2 bad usage or a bad setting;
 *            servers that cannot be reached are waited for, and /healthz says so.
 * Options    --help prints the settings table, --version the version.
 * Signals    SIGTERM, SIGINT: finish the batch, publish, leave the group, within 10 s.
 * Source     contract.md section 5. */
#pragma once
#include "runtime/service.h"

int service_main(const struct service *service, int argc, char **argv);
