/* fuzz_outbox.c — events as they stand in the outbox: what is read is written back to the same bytes. */
#include "runtime/loop_private.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = memory_new(size + 1), *again = memory_new(size + 1);
    const char *at = bytes, *end = bytes + size;
    struct frame frame;

    memcpy(bytes, data, size);
    while (at < end) {
        const char *begun = at;
        if (!frame_read(&frame, &at, end))
            break;
        size_t count = (size_t)(at - begun);
        if (at <= begun || at > end || frame_bytes(&frame) != count ||
            frame_write(&frame, again) != again + count || memcmp(again, begun, count) != 0)
            abort();
    }
    memory_free(again);
    memory_free(bytes);
    return 0;
}
