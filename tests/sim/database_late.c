/* database_late.c — commits whose client has let go of them: still on their way, done or refused later.
 *
 * Copied    whole, for the memory they lay in belongs to a loop that goes on.
 * Contract  sim.h */
#include "sim/sim.h"
#include <string.h>

static struct row
copy_row(struct sim *sim, const struct row_type *type, const struct row *row)
{
    struct row copy = *row;

    if (row->data)
        copy.data = arena_copy(sim->arena, row->data, type->row_bytes);
    if (row->pristine)
        copy.pristine = arena_copy(sim->arena, row->pristine, type->row_bytes);
    copy.key = arena_text(sim->arena, row->key, strlen(row->key));
    return copy;
}

static const struct view *
copy_view(struct sim *sim, const struct service *service, const struct view *view)
{
    struct view *copy = arena_copy(sim->arena, view, sizeof *view);

    copy->tables = arena_take(sim->arena, sizeof *copy->tables * service->row_type_count);
    for (uint32_t i = 0; i < service->row_type_count; i++) {
        const struct row_table *from = &view->tables[i];
        struct row_table *to = &copy->tables[i];
        to->rows = arena_take(sim->arena, sizeof *to->rows * (from->count + 1));
        for (uint32_t j = 0; j < from->count; j++)
            to->rows[j] = copy_row(sim, &service->rows[i], &from->rows[j]);
        to->count = from->count;
    }
    return copy;
}

static const char *
copy_text(struct sim *sim, const char *bytes, uint32_t count)
{
    return bytes ? arena_text(sim->arena, bytes, count) : NULL;
}

static const struct store_parked *
copy_parked(struct sim *sim, const struct store_commit *commit)
{
    struct store_parked *rows =
        arena_copy(sim->arena, commit->parked, sizeof *rows * commit->parked_count);

    for (uint32_t i = 0; i < commit->parked_count; i++) {
        struct store_parked *row = &rows[i];
        row->key = copy_text(sim, row->key, (uint32_t)strlen(row->key));
        row->reason = copy_text(sim, row->reason, (uint32_t)strlen(row->reason));
        row->detail = copy_text(sim, row->detail, (uint32_t)strlen(row->detail));
        row->headers = copy_text(sim, row->headers, row->headers_bytes);
        row->record_key = copy_text(sim, row->record_key, row->record_key_bytes);
        row->record_value = copy_text(sim, row->record_value, row->record_value_bytes);
    }
    return rows;
}

static const struct store_outbox *
copy_outbox(struct sim *sim, const struct store_commit *commit)
{
    struct store_outbox *rows =
        arena_copy(sim->arena, commit->outbox, sizeof *rows * commit->outbox_count);

    for (uint32_t i = 0; i < commit->outbox_count; i++)
        rows[i].frames = arena_copy(sim->arena, rows[i].frames, rows[i].frames_bytes);
    return rows;
}

/* What such rows point to is gone by then, and a second store would look there. */
static bool
only_writes(const struct database *database)
{
    const struct service *service = database->of->service;

    for (uint32_t i = 0; i < service->row_type_count; i++)
        for (uint32_t j = 0; j < service->rows[i].column_count; j++)
            if (statement_only_writes(&service->rows[i], &service->rows[i].columns[j]))
                return true;
    return false;
}

bool
late_put(struct sim *sim, struct database *database, const struct store_commit *commit)
{
    if (database->late_count == LATE_MAX || !commit->view || (sim_twin && only_writes(database)))
        return false;
    struct store_commit *late = &database->late[database->late_count++];
    *late = *commit;
    late->view = copy_view(sim, database->of->service, commit->view);
    late->moves = arena_copy(sim->arena, commit->moves, sizeof *late->moves * commit->move_count);
    late->outbox = copy_outbox(sim, commit);
    late->parked = copy_parked(sim, commit);
    late->unparked =
        arena_copy(sim->arena, commit->unparked, sizeof *late->unparked * commit->unparked_count);
    STORY(sim, "%s: a commit is on its way, its client gone", database->of->service->name);
    return true;
}

void
late_arrive(struct sim *sim, struct database *database)
{
    struct error refused;

    while (database->late_count > 0) {
        const struct store_commit late = database->late[--database->late_count];
        if (database_commit(sim, database, &late, &refused)) {
            SOMETIMES(COMMIT_LATE);
            STORY(sim, "%s: a commit is done late", database->of->service->name);
        } else {
            SOMETIMES(COMMIT_LATE_REFUSED);
        }
    }
}
