/* options.h — the options of jumun-load's command line.
 *
 * Shapes   options: what the shop is made of, and how its orders come.  Every option has a default and bounds.
 * Errors   ERROR_REFUSED: names the option, what was given and what it takes.
 * Threads  none. */
#pragma once
#include "load/flood.h"
#include "load/workload.h"
#include <stdio.h>

struct options {
    struct workload load;
    struct flood flood;
};

bool options_read(int count, char **words, struct options *out, struct error *err) MUST_USE;
void options_print(FILE *out);
