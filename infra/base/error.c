/* error.c — fills and wraps errors.  Contract: error.h */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
__attribute__((format(printf, 2, 0)))
format_message(char out[ERROR_MESSAGE_BYTES], const char *format, va_list arguments)
{
    out[0] = '\0';
    (void)vsnprintf(out, ERROR_MESSAGE_BYTES, format, arguments);
}

bool
error_set(struct error *err, enum error_class class, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char message[ERROR_MESSAGE_BYTES]; /* the arguments may point into err */
    format_message(message, format, arguments);
    va_end(arguments);
    *err = (struct error){ .class = class };
    memcpy(err->message, message, strlen(message) + 1);
    return false;
}

/* Puts `context: ` in front; what no longer fits is cut off at the end. */
bool
error_wrap(struct error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char context[ERROR_MESSAGE_BYTES];
    format_message(context, format, arguments);
    va_end(arguments);
    size_t used = strlen(context);
    int room = (int)(sizeof(context) - used) - 3; /* ": " and the NUL */
    (void)snprintf(context + used, sizeof(context) - used, ": %.*s", room > 0 ? room : 0,
                   err->message);
    memcpy(err->message, context, strlen(context) + 1);
    return false;
}

const char *
error_class_name(enum error_class class)
{
    static const char *const names[] = {
        [ERROR_NONE] = "none",     [ERROR_RETRY] = "retry",     [ERROR_POISON] = "poison",
        [ERROR_FENCED] = "fenced", [ERROR_REFUSED] = "refused", [ERROR_FATAL] = "fatal",
    };
    return (size_t)class < sizeof(names) / sizeof(names[0]) ? names[class] : "unknown";
}
