/* fuzz_settings.c — settings from an environment that anybody wrote: taken or refused by name, and no password shown.
 *
 * Input   lines of NAME=value, as in an environment file. */
#include "base/arena.h"
#include "base/settings.h"
#include <stdlib.h>
#include <string.h>

#define SECRET "s3cr3t-w0rd"

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct settings settings;
    struct config config = settings_config("stock", SETTINGS_SERVICE | SETTINGS_DEADLINE);
    struct error err = { 0 };
    char *text = memory_new(size + 1), *rest = text, *line;

    memcpy(text, data, size);
    text[size] = '\0';
    (void)clearenv();
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *value = strchr(line, '=');
        look_at_address(line);
        look_at_mask(line);
        if (value && value > line && strncmp(line, "JUMUN_", 6) == 0) {
            *value = '\0';
            (void)setenv(line, value + 1, 1);
        }
    }
    if (!settings_load(&config, &settings, &err) && (err.class != ERROR_REFUSED || !*err.message))
        abort();
    memory_free(text);
    return 0;
}
