/* digest.h — SHA-256 (FIPS 180-4), for telling whether two requests are the same.
 *
 * Shapes   digest: 32 bytes; its text is 64 lower-case hex characters.
 * Threads  values only. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES      32
#define DIGEST_TEXT_BYTES 65

struct digest {
    uint8_t bytes[DIGEST_BYTES];
};

struct digest digest_of(const void *bytes, size_t count);
void digest_format(struct digest digest, char out[DIGEST_TEXT_BYTES]);
