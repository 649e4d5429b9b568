/* written_only.c — see rows.h; in a file of its own because timeline's parts and other domains
 * share words. */
#include "sql/rows.h"
#include "timeline/timeline_parts.h"

bool
row_is_written_only(const struct column *column)
{
    return column->type == COLUMN_JSON &&
           (column->read_json == NULL || column->read_json == json_read_shown_json);
}
