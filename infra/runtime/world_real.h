/* world_real.h — the clocks and the chance of this machine.  Source: seams.h */
#pragma once
#include "runtime/seams.h"

struct world world_real(void);
