/* fault.h — named places where a test may make the process fail.
 *
 * Use      FAULT_POINT("after_commit_before_publish");  Nothing at all unless built with
 *          -DJUMUN_FAULT_POINTS=ON (cmake --preset faults); then fault_hook is called, which may kill,
 *          freeze or leave.  A new point is also told in the list of fault.c: a pass of an unknown one aborts.
 * Arming   JUMUN_FAULT=POINT:ACTION[:PASS] in the environment of a process.  ACTION: kill (SIGKILL) or
 *          stop (SIGSTOP, until somebody sends SIGCONT); PASS: at which pass of the point, 1 by default.
 * Errors   REFUSED: no such point or action; a build without fault points that is asked to fail.
 * Threads  the loop's; in the bridge also the sender's. */
#pragma once
#include "base/error.h"
#include <stdio.h>

#ifdef JUMUN_FAULT_POINTS
extern void (*fault_hook)(const char *name);
#define FAULT_POINT(name)                                                                          \
    do {                                                                                           \
        if (fault_hook)                                                                            \
            fault_hook(name);                                                                      \
    } while (0)
#else
#define FAULT_POINT(name) ((void)0)
#endif

/* What JUMUN_FAULT says; NULL or "": nothing. */
bool fault_arm(const char *text, struct error *err) MUST_USE;
/* One line for each: where the process is when it passes there. */
void fault_list(FILE *out);
/* --fault-points: prints the list.  Returns the exit status, 2 in a build without them. */
int fault_option(const char *program);
