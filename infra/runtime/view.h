/* view.h — the rows of one batch, in memory.
 *
 * Shapes     view: per row type a table key → row.  A row is a plain struct; a key that the database does
 *            not have is a fresh row of zeros with its key filled in.
 * Invariant  a row is written back if and only if its bytes changed (compared with the pristine copy),
 *            with version + 1.
 * Errors     none; asking for a key that the route's keys function did not add is a bug: abort.
 * Threads    none. */
#pragma once
#include "base/arena.h"
#include "base/uuid.h"
#include <stdbool.h>
#include <stdint.h>

struct service;
struct row_type;
struct event;

/* What decisions may know beside rows and the event. */
struct domain_settings {
    int64_t order_deadline_us; /* JUMUN_ORDER_DEADLINE_S; read by stock alone */
};

struct row {
    void *data;     /* the struct; NULL: fresh, and nobody has asked for it */
    void *pristine; /* as loaded; NULL when new: then all zeros but the key */
    int64_t version; /* as loaded; 0: not in the database */
    const char *key; /* never changes, whatever a decision writes */
};

struct row_table {
    struct row *rows;
    uint32_t count, capacity;
    uint32_t *slots; /* open addressing: index + 1 */
    uint32_t slot_count;
};

struct view {
    struct arena *arena;
    const struct service *service;
    struct domain_settings settings;
    struct row_table *tables; /* one per row type */
};

/* Keys of a batch, per row type; duplicates are removed.  Keys are borrowed: they lie in the batch's
 * events or in keys->arena. */
struct key_list {
    const char **keys;
    uint32_t count, capacity;
    uint32_t *slots;
    uint32_t slot_count;
};

struct keys {
    struct arena *arena;
    struct key_list *own; /* one per row type: $1 of its load statement */
    struct key_list *via; /* one per row type: $2 (rows that other rows of these orders refer to) */
    uint32_t row_type_count;
};

void keys_init(struct keys *keys, const struct service *service, struct arena *arena);
void keys_add(struct keys *keys, unsigned row_type, const char *key);
void keys_add_via(struct keys *keys, unsigned row_type, const char *key);

void view_init(struct view *view, const struct service *service, struct arena *arena,
               struct domain_settings settings);
/* Called by the store for each row loaded: gives the place to fill; the caller then calls view_loaded. */
struct row *view_add_row(struct view *view, unsigned row_type, int64_t version);
/* After the struct is filled: indexes it by its key and takes the pristine copy. */
void view_loaded(struct view *view, unsigned row_type, struct row *row);
/* After all loads: a fresh row for every own key that was not found (via keys bring no fresh rows). */
void view_complete(struct view *view, const struct keys *keys);

/* For decisions. view_row aborts when the key was neither loaded nor declared. */
void *view_row(struct view *view, unsigned row_type, const char *key)
    __attribute__((returns_nonnull));
/* The same, but NULL for a fresh row that nobody has asked view_row for. */
void *view_known_row(struct view *view, unsigned row_type, const char *key);
/* The same, but NULL for a row that via keys would have brought and did not: it refers to another order by now. */
void *view_found_row(struct view *view, unsigned row_type, const char *key);
/* The row as it was when the batch began; NULL: there was none. */
const void *view_loaded_row(const struct view *view, unsigned row_type, const char *key);
/* A new row of a ROW_APPENDED type, always written. */
void *view_append(struct view *view, unsigned row_type) __attribute__((returns_nonnull));

bool row_changed(const struct row_type *type, const struct row *row);
