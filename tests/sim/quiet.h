/* quiet.h — whether the simulated processes' own log is shown. */
#pragma once
#include <stdbool.h>

extern bool quiet_is_loud;
