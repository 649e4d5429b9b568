/* cells.h — cells of a job's answer as members of a JSON object; NULL is null.
 *
 * Threads  values only. */
#pragma once
#include "bridge/readmodel.h"
#include "json/json_write.h"

static inline void
cell_text(struct json_writer *out, const char *name, const struct job *job, uint32_t row,
          uint32_t column)
{
    const struct cell *cell = job_cell(job, row, column);

    json_name(out, name);
    if (cell->text == NULL)
        json_null(out);
    else
        json_text_bytes(out, cell->text, cell->bytes);
}

/* A number, a boolean or JSON as it is. */
static inline void
cell_raw(struct json_writer *out, const char *name, const struct job *job, uint32_t row,
         uint32_t column)
{
    const struct cell *cell = job_cell(job, row, column);

    json_name(out, name);
    if (cell->text == NULL)
        json_null(out);
    else
        json_raw(out, cell->text, cell->bytes);
}
