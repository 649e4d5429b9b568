/* embedded_file.h — a file that is part of the program.
 *
 * Shapes   embedded_file: its path in the folder it was taken from, a strong entity tag (quotes included), and
 *          its bytes.  A table is sorted by path, and ends with a row of NULLs.
 * Threads  const data.
 * Source   infra/cmake/embed_files.py makes the tables. */
#pragma once
#include <stdint.h>

struct embedded_file {
    const char *path;
    const char *etag;
    const char *bytes;
    uint32_t byte_count;
};
