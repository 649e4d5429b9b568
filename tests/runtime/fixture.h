/* fixture.h — the one stage of a test program: each test runs in a process of its own.
 *
 * Use  TestSuite(name, .init = open_stage, .fini = close_stage). */
#pragma once
#include "runtime/stage.h"

extern struct stage stage;

void open_stage(void);
void close_stage(void);
