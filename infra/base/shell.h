/* shell.h — words for a shell, so that a line that is shown means what was run.
 *
 * Shapes   text that a shell reads as itself stays as it is; all else stands in single quotes.
 * Memory   what is returned lies in the arena, or is what was given.
 * Threads  values only. */
#pragma once
#include "base/arena.h"

const char *shell_quoted(struct arena *arena, const char *text);
/* An argument: of --name=value the value alone is quoted. */
const char *shell_argument(struct arena *arena, const char *argument);
