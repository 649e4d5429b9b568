/* rows.h — the rows of one service in a real database: loaded and saved by its own statements.
 *
 * Shapes   rows: a connection as the service's role, and an arena that lives until rows_close.
 * Errors   rows_open, rows_load abort with a message: in a test a server that is gone is a failure.
 *          rows_save tells: what it refuses is looked at.
 * Threads  none. */
#pragma once
#include "base/error.h"
#include "runtime/pg.h"
#include "runtime/service.h"

struct rows {
    const struct service *service;
    struct pg *pg;
    struct arena *arena; /* reset by rows_load */
};

extern const struct service *const all_services[];
extern const uint32_t all_services_count;

/* conninfo names server and database; the role is jumun_<service>. */
struct rows rows_open(const struct service *service, const char *conninfo);
void rows_close(struct rows *rows);
/* Loads what keys name into view, and completes it. */
void rows_load(struct rows *rows, const struct keys *keys, struct view *view);
/* One transaction. */
bool rows_save(struct rows *rows, const struct view *view, struct error *err) MUST_USE;
/* The first column in which two rows differ, or NULL; a column that is only written never differs.
 */
const struct column *rows_differ(struct arena *arena, const struct row_type *type, const void *a,
                                 const void *b);
/* Timeline shows some JSON that its fold never looks at again. */
bool row_is_written_only(const struct column *column);
