/* store_pg_private.h — shared by store_pg_open.c (connecting), store_pg.c (transactions) and store_pg_rest.c
 * (everything beside them). */
#pragma once
#include "runtime/bind.h"
#include "runtime/store_pg.h"

#define STORE_KEEP_BYTES (16u << 20)

struct store_pg {
    struct pg *pg;
    const struct service *service;
    struct row_shape *shapes; /* of its row types, on this connection */
    struct arena *arena; /* parameters of one call */
    bool is_begun;
    bool is_prepared; /* on this connection */
    bool is_asked_again; /* the shapes, because of the last commit */
};

extern const char *const store_key_kinds[]; /* as the table parked has them */

bool store_open(void *self, struct error *err);
void store_load_params(struct pg_params *params, const char *sql, const struct key_list *own,
                       const struct key_list *via);
/* Opens, forgets the last call's parameters. */
bool store_ready(struct store_pg *store, struct pg_params *params, struct error *err);

bool store_identify(void *self, const char *cluster_id, const char *topic_prefix,
                    struct error *err);
bool store_take(void *self, const struct uuid *mine, struct uuid epoch,
                struct store_position *positions, uint32_t count, struct error *err);
bool store_unpublished(void *self, const struct store_position *positions, uint32_t count,
                       bool (*each)(void *, const struct store_outbox *, struct error *),
                       void *context, struct error *err);
bool store_next_deadline(void *self, const struct timer *timer, int32_t partition, int64_t *out_us,
                         struct error *err);
bool store_due(void *self, const struct timer *timer, int32_t partition, int64_t until_us,
               struct store_due *out, uint32_t capacity, uint32_t *count, struct error *err);
bool store_redrive_request(void *self, const int32_t *partitions, uint32_t count,
                           struct store_redrive *out, bool *found, struct error *err);
bool store_parked(void *self, enum key_kind kind, const char *key, struct arena *arena,
                  struct store_parked *out, uint32_t capacity, uint32_t *count, struct error *err);
bool store_redrive_close(void *self, const struct store_redrive_end *end, struct error *err);
bool store_prune(void *self, const struct store_position *positions, uint32_t count,
                 int64_t older_than_us, uint32_t *deleted, struct error *err);
