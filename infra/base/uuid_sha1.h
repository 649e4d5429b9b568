/* uuid_sha1.h — UUID version 5 by libuuid.  Internal to uuid.c.
 *
 * Errors   none.
 * Threads  any. */
#pragma once
#include <stddef.h>
#include <stdint.h>

void uuid_sha1(uint8_t out[16], const uint8_t namespace[16], const void *name, size_t name_bytes);
