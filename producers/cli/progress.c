/* progress.c — telling how far something is, and not too often.  Contract: progress.h */
#include "cli/progress.h"
#include "base/instant.h"
#include <stdio.h>
#include <unistd.h>

#define BAR_US      200000
#define JSON_US     500000
#define BAR_COLUMNS 30
#define ERASE_REST  "\033[K" /* of a longer line that stood there */

static int64_t
per_second(const struct progress *progress)
{
    int64_t spent_us = monotonic_now_us() - progress->began_us + 1;
    return (int64_t)((double)progress->done * 1e6 / (double)spent_us);
}

static void
tell_json(struct cli *cli, const struct progress *progress)
{
    struct arena_mark mark = arena_mark(cli->arena);
    struct json_writer json;
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "progress");
    json_begin_object(&json);
    json_name(&json, "text");
    json_text(&json, arena_printf(cli->arena, "%s: %s", progress->text, progress->unit));
    json_name(&json, "done");
    json_integer(&json, progress->done);
    json_name(&json, "total");
    json_integer(&json, progress->total);
    json_name(&json, "per_second");
    json_integer(&json, per_second(progress));
    json_end_object(&json);
    json_end_object(&json);
    fprintf(stderr, "%.*s\n", (int)json.length, json.bytes);
    arena_rewind(cli->arena, mark);
}

static void
tell_bar(const struct progress *progress)
{
    int64_t total = progress->total > 0 ? progress->total : 1;
    int done = progress->done >= total ? BAR_COLUMNS : (int)(progress->done * BAR_COLUMNS / total);
    char bar[BAR_COLUMNS + 1];
    for (int i = 0; i < BAR_COLUMNS; i++)
        bar[i] = i < done ? '#' : '.';
    bar[BAR_COLUMNS] = '\0';
    fprintf(stderr, "\r%-9s [%s] %lld %s, %lld/s" ERASE_REST, progress->text, bar,
            (long long)progress->done, progress->unit, (long long)per_second(progress));
}

static void
tell(struct cli *cli, struct progress *progress)
{
    progress->told_us = monotonic_now_us();
    if (cli->json)
        tell_json(cli, progress);
    else if (isatty(STDERR_FILENO))
        tell_bar(progress);
}

void
progress_begin(struct progress *progress, const char *text, const char *unit, int64_t total)
{
    int64_t now_us = monotonic_now_us();
    *progress = (struct progress){ .text = text, .unit = unit, .total = total,
                                   .began_us = now_us, .told_us = now_us };
}

void
progress_add(struct cli *cli, struct progress *progress, int64_t count)
{
    progress->done += count;
    if (progress->total < progress->done)
        progress->total = progress->done; /* more came than was there when it began */
    if (monotonic_now_us() - progress->told_us >= (cli->json ? JSON_US : BAR_US))
        tell(cli, progress);
}

void
progress_end(struct cli *cli, struct progress *progress)
{
    bool is_terminal = isatty(STDERR_FILENO);
    progress->total = progress->done;
    if (cli->json || (progress->tells_end && is_terminal))
        tell(cli, progress);
    if (cli->json)
        return;
    if (progress->tells_end && !is_terminal)
        fprintf(stderr, "%-9s %lld %s, %lld/s", progress->text, (long long)progress->done,
                progress->unit, (long long)per_second(progress));
    if (progress->tells_end)
        fputc('\n', stderr);
    else if (is_terminal)
        fputs("\r" ERASE_REST, stderr);
}
