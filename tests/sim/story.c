/* story.c — one line for each thing that happened.  Contract: story.h */
#include "sim/story.h"
#include <stdarg.h>
#include <stdio.h>

bool story_is_told;

void
story_write(int64_t at_us, const char *format, ...)
{
    va_list arguments;

    printf("%9lld.%03lld ms  ", (long long)(at_us / 1000 % 100000000), (long long)(at_us % 1000));
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}
