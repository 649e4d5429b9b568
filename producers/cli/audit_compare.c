#include "cli/audit_tables.h"
bool
tables_compare(struct cli *cli, const struct topics_proof *fold, struct findings *out,
               uint64_t *compared, struct error *err)
{
    (void)cli, (void)fold, (void)out, (void)compared, (void)err;
    return true;
}
