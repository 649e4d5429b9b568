/* session_rest.c — what a session does beside transactions of batches.  Contract: runtime/seams.h */
#include "sim/sim.h"
#include <stdlib.h>
#include <string.h>

/* ---- connections ------------------------------------------------------------------------------------- */

bool
session_fails(struct session *session, enum fault fault)
{
    return sim_suffers(session->process->sim, fault);
}

/* Before every statement: a killed process reaches nothing, a database may be away. */
bool
session_ask(struct session *session, struct error *err)
{
    struct sim *sim = session->process->sim;

    if (session->process->is_dead)
        return error_set(err, ERROR_RETRY, "killed");
    if (session->database->away_until_us > sim->now_us && !sim->is_calm) {
        SOMETIMES(STORE_AWAY);
        session_rollback(session);
        session->is_open = false;
        return error_set(err, ERROR_RETRY, "the database is away");
    }
    if (session_fails(session, FAULT_RETRY)) {
        session_rollback(session);
        session->is_open = chance_half(&sim->chance);
        return error_set(err, ERROR_RETRY, "the connection was lost");
    }
    session->is_open = true;
    return true;
}

static bool
open_session(void *self, struct error *err)
{
    struct session *session = self;

    return session->is_open && !session->process->is_dead ? true : session_ask(session, err);
}

static bool
is_open(void *self)
{
    return ((struct session *)self)->is_open;
}

static bool
identify(void *self, const char *cluster_id, const char *topic_prefix, struct error *err)
{
    (void)cluster_id, (void)topic_prefix;
    return session_ask(self, err);
}

/* ---- positions --------------------------------------------------------------------------------------- */

static struct stored_position *
position_made(struct database *database, const struct store_position *given)
{
    struct stored_position *position = database_position(database, given->name, given->partition);

    if (position)
        return position;
    position = &database->positions[database->position_count++];
    position->at = (struct store_position){ given->name, given->partition, given->next_offset,
                                            given->next_offset };
    return position;
}

static bool
is_ours(const struct stored_position *position, const struct uuid *mine, struct uuid epoch)
{
    return position && (uuid_equal(position->epoch, *mine) || uuid_equal(position->epoch, epoch));
}

static bool
take(void *self, const struct uuid *mine, struct uuid epoch, struct store_position *positions,
     uint32_t count, struct error *err)
{
    struct session *session = self;
    struct database *database = session->database;

    TRY(session_ask(session, err));
    if (chance_half(
            &session->process->sim->chance)) /* it waits for what has the rows, or is first */
        late_arrive(session->process->sim, database);
    for (uint32_t i = 0; mine && i < count; i++)
        if (!is_ours(database_position(database, positions[i].name, positions[i].partition), mine,
                     epoch))
            return error_set(err, ERROR_FENCED, "positions are not ours");
    for (uint32_t i = 0; i < count; i++) {
        struct stored_position *position = position_made(database, &positions[i]);
        position->epoch = epoch;
        positions[i].next_offset = position->at.next_offset;
        positions[i].published_next = position->at.published_next;
    }
    return true;
}

static int
by_batch(const void *left, const void *right)
{
    const struct store_outbox *a = left, *b = right;

    if (a->partition != b->partition)
        return a->partition < b->partition ? -1 : 1;
    if (a->batch_no != b->batch_no)
        return a->batch_no < b->batch_no ? -1 : 1;
    int name = strcmp(a->name, b->name);
    return name ? name : (a->last_offset > b->last_offset) - (a->last_offset < b->last_offset);
}

static bool
is_wanted(const struct store_outbox *row, const struct store_position *positions, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (positions[i].partition == row->partition && strcmp(positions[i].name, row->name) == 0)
            return row->last_offset >= positions[i].published_next;
    return false;
}

static bool
unpublished(void *self, const struct store_position *positions, uint32_t count,
            bool (*each)(void *context, const struct store_outbox *row, struct error *err),
            void *context, struct error *err)
{
    struct session *session = self;
    const struct database *database = session->database;
    uint32_t found = 0;

    TRY(session_ask(session, err));
    struct store_outbox *rows =
        arena_take(session->process->sim->scratch, sizeof *rows * (database->outbox_count + 1));
    for (uint32_t i = database->outbox_kept_from; i < database->outbox_count; i++)
        if (!database->outbox[i].is_gone && is_wanted(&database->outbox[i].row, positions, count))
            rows[found++] = database->outbox[i].row;
    qsort(rows, found, sizeof *rows, by_batch);
    if (found)
        SOMETIMES(PUBLISHED_AGAIN);
    for (uint32_t i = 0; i < found; i++)
        TRY(each(context, &rows[i], err));
    return true;
}

static bool
prune(void *self, const struct store_position *positions, uint32_t count, int64_t older_than_us,
      uint32_t *deleted, struct error *err)
{
    struct session *session = self;
    struct database *database = session->database;
    int64_t until_us = session->process->sim->now_us - older_than_us;

    *deleted = 0;
    TRY(session_ask(session, err));
    for (uint32_t i = database->outbox_kept_from; i < database->outbox_count; i++) {
        struct stored_outbox *kept = &database->outbox[i];
        const struct store_position *of = NULL;
        for (uint32_t j = 0; j < count; j++)
            if (positions[j].partition == kept->row.partition &&
                strcmp(positions[j].name, kept->row.name) == 0)
                of = &positions[j];
        if (kept->is_gone || kept->written_at_us >= until_us || !of ||
            kept->row.last_offset >= of->published_next)
            continue;
        SOMETIMES(OUTBOX_PRUNED);
        kept->is_gone = true;
        (*deleted)++;
    }
    while (database->outbox_kept_from < database->outbox_count &&
           database->outbox[database->outbox_kept_from].is_gone)
        database->outbox_kept_from++;
    return true;
}

/* ---- timers ------------------------------------------------------------------------------------------ */

static bool
next_deadline(void *self, const struct timer *timer, int32_t partition, int64_t *out_us,
              struct error *err)
{
    struct session *session = self;
    const struct stored_table *table = &session->database->tables[0];

    (void)timer;
    TRY(session_ask(session, err));
    *out_us = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        int64_t at_us = statement_deadline(table->rows[i], partition);
        if (at_us && (*out_us == 0 || at_us < *out_us))
            *out_us = at_us;
    }
    return true;
}

static int
by_deadline(const void *left, const void *right)
{
    const struct store_due *a = left, *b = right;

    if (a->deadline_us != b->deadline_us)
        return a->deadline_us < b->deadline_us ? -1 : 1;
    return strcmp(a->order_id, b->order_id);
}

static bool
due(void *self, const struct timer *timer, int32_t partition, int64_t until_us,
    struct store_due *out, uint32_t capacity, uint32_t *count, struct error *err)
{
    struct session *session = self;
    const struct stored_table *table = &session->database->tables[0];
    uint32_t found = 0;

    (void)timer;
    TRY(session_ask(session, err));
    struct store_due *all =
        arena_take(session->process->sim->scratch, sizeof *all * (table->count + 1));
    for (uint32_t i = 0; i < table->count; i++) {
        int64_t at_us = statement_deadline(table->rows[i], partition);
        if (!at_us || at_us > until_us)
            continue;
        all[found].deadline_us = at_us;
        memcpy(all[found++].order_id, table->rows[i]->key, UUID_TEXT_BYTES);
    }
    qsort(all, found, sizeof *all, by_deadline);
    *count = found < capacity ? found : capacity;
    memcpy(out, all, sizeof *out * *count);
    return true;
}

/* ---- redrives ---------------------------------------------------------------------------------------- */

static const struct store_parked *
first_parked(const struct database *database, const struct store_redrive *request)
{
    for (uint32_t i = 0; i < database->parked_count; i++) {
        const struct stored_parked *parked = &database->parked[i];
        if (!parked->is_gone && parked->row.kind == request->kind &&
            strcmp(parked->row.key, request->key) == 0)
            return &parked->row;
    }
    return NULL;
}

static bool
is_among(const int32_t *partitions, uint32_t count, int32_t partition)
{
    for (uint32_t i = 0; i < count; i++)
        if (partitions[i] == partition)
            return true;
    return false;
}

static bool
redrive_request(void *self, const int32_t *partitions, uint32_t count, struct store_redrive *out,
                bool *found, struct error *err)
{
    struct session *session = self;
    const struct database *database = session->database;

    TRY(session_ask(session, err));
    *found = false;
    for (uint32_t i = 0; i < database->redrive_count && !*found; i++) {
        const struct stored_redrive *redrive = &database->redrives[i];
        const struct store_parked *first = first_parked(database, &redrive->request);
        if (redrive->is_closed || (first && !is_among(partitions, count, first->partition)))
            continue;
        *found = true;
        *out = redrive->request;
        out->partition = first ? first->partition : -1;
    }
    return true;
}

static bool
parked(void *self, enum key_kind kind, const char *key, struct arena *arena,
       struct store_parked *out, uint32_t capacity, uint32_t *count, struct error *err)
{
    struct session *session = self;
    const struct database *database = session->database;

    (void)arena;
    TRY(session_ask(session, err));
    *count = 0;
    for (uint32_t i = 0; i < database->parked_count && *count < capacity; i++) {
        const struct stored_parked *row = &database->parked[i];
        if (!row->is_gone && row->row.kind == kind && strcmp(row->row.key, key) == 0)
            out[(*count)++] = row->row;
    }
    return true;
}

static bool
redrive_close(void *self, const struct store_redrive_end *end, struct error *err)
{
    struct session *session = self;

    TRY(session_ask(session, err));
    session->database->redrives[end->id - 1].is_closed = true;
    return true;
}

void
session_rest_ops(struct store_ops *ops)
{
    *ops = (struct store_ops){
        .open = open_session,
        .is_open = is_open,
        .identify = identify,
        .take = take,
        .unpublished = unpublished,
        .next_deadline = next_deadline,
        .due = due,
        .redrive_request = redrive_request,
        .parked = parked,
        .redrive_close = redrive_close,
        .prune = prune,
    };
}
