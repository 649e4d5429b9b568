/* fixture.c — Contract: fixture.h */
#include "runtime/fixture.h"

struct stage stage;

void
open_stage(void)
{
    stage_open(&stage);
}

void
close_stage(void)
{
    stage_close(&stage);
}
