/* fuzz_settings.c — settings from an environment that anybody wrote: taken or refused by name, and no password shown.
 *
 * Input   lines of NAME=value, as in an environment file; the last of a name wins. */
#include "base/arena.h"
#include "base/settings.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET        "s3cr3t-w0rd"
#define VARIABLES_MAX 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at_address(const char *text)
{
    char host[256];
    uint16_t port;

    if (config_split_address(text, host, sizeof host, &port) && !*host)
        abort();
}

/* What stands behind password= must not be seen, whatever stands around it. */
static void
look_at_mask(const char *around)
{
    char text[SETTING_TEXT_BYTES], masked[SETTING_TEXT_BYTES];

    if (strlen(around) > 200 || strpbrk(around, "'\\=\"") || strstr(around, SECRET))
        return;
    (void)snprintf(text, sizeof text, "host=%s password=" SECRET " dbname=x", around);
    config_mask(text, masked, sizeof masked);
    if (strstr(masked, SECRET))
        abort();
}

/* setenv keeps every value that was ever set: an hour of that fills the memory.  getenv finds the first of a
 * name, so the lines are put in backwards. */
static void
take_environment(char *lines, char *variables[VARIABLES_MAX + 1])
{
    char **at = variables + VARIABLES_MAX, *line;

    *at = NULL;
    while ((line = strsep(&lines, "\n")) != NULL) {
        const char *value = strchr(line, '=');
        look_at_address(line);
        look_at_mask(line);
        if (value && strncmp(line, "JUMUN_", 6) == 0 && at > variables)
            *--at = line;
    }
    environ = at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct settings settings;
    static char *variables[VARIABLES_MAX + 1];
    struct config config = settings_config("stock", SETTINGS_SERVICE | SETTINGS_DEADLINE);
    struct error err = { 0 };
    char *text = memory_new(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    take_environment(text, variables);
    if (!settings_load(&config, &settings, &err) && (err.class != ERROR_REFUSED || !*err.message))
        abort();
    (void)clearenv();
    memory_free(text);
    return 0;
}
