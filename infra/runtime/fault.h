/* fault.h — named places where a test may make the process fail.
 *
 * Use      FAULT_POINT("after_commit_before_publish");  Nothing at all unless built with
 *          -DJUMUN_FAULT_POINTS; then fault_hook is called, which may kill, freeze or leave.
 *          The names are listed in docs by `grep -rn FAULT_POINT`.
 * Threads  the loop's. */
#pragma once

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
