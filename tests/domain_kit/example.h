/* example.h — a service of two row types, small enough to be seen through, for the tests of the
 * kit.
 *
 * Shapes   box(box_id, content): one row per box · note: rows that are only added.
 * Threads  none. */
#pragma once
#include "runtime/service.h"

enum { ROW_BOX, ROW_NOTE };
enum { BOX_EMPTY, BOX_FULL };

struct box {
    char box_id[65];
    int64_t content;
};

struct note {
    char note_id[65];
    int32_t number;
};

extern const struct service example_service;
