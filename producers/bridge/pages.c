/* pages.c — storefront and console: which address shows which page, and the files they are made of.
 *
 * A page reads its own address: /orders/… is one file, whatever the order.  Files are part of the program, so
 * they belong to its version; a browser asks each time whether its copy is still the one (ETag, 304). */
#include "base/embedded_file.h"
#include "bridge/calls.h"
#include <stdlib.h>
#include <string.h>

#define HTML "text/html; charset=utf-8"

/* files/bridge_files.c */
extern const struct embedded_file bridge_files[];
extern const uint32_t bridge_files_count;

static void call_store(struct request *request);
static void call_console(struct request *request);
static void call_asset(struct request *request);

/* clang-format off */
const struct endpoint PAGES[] = {
    { "GET", "/", call_store, BODY_NONE, NULL, NULL, "text/html", IS_PAGE },
    { "GET", "/cart", call_store, BODY_NONE, NULL, NULL, "text/html", IS_PAGE },
    { "GET", "/checkout", call_store, BODY_NONE, NULL, NULL, "text/html", IS_PAGE },
    { "GET", "/orders", call_store, BODY_NONE, NULL, NULL, "text/html", IS_PAGE },
    { "GET", "/orders/{any*}", call_store, BODY_NONE, NULL, NULL, "text/html", IS_PAGE },
    { "GET", "/console", call_console, BODY_NONE, NULL, NULL, "text/html", IS_PAGE },
    { "GET", "/console/{any*}", call_console, BODY_NONE, NULL, NULL, "text/html", IS_PAGE },
    { "GET", "/assets/{file*}", call_asset, BODY_NONE, NULL, NULL, NULL, IS_PAGE },
};
/* clang-format on */

const uint32_t PAGE_COUNT = sizeof PAGES / sizeof PAGES[0];

static const char *
media_type_of(const char *path)
{
    static const struct {
        const char *suffix, *media_type;
    } types[] = {
        {".html",         HTML                            },
        { ".js",          "text/javascript; charset=utf-8"},
        { ".css",         "text/css; charset=utf-8"       },
        { ".svg",         "image/svg+xml"                 },
        { ".png",         "image/png"                     },
        { ".ico",         "image/vnd.microsoft.icon"      },
        { ".woff2",       "font/woff2"                    },
        { ".json",        "application/json"              },
        { ".webmanifest", "application/manifest+json"     },
    };
    const char *suffix = strrchr(path, '.');

    for (size_t i = 0; suffix != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].suffix, suffix) == 0)
            return types[i].media_type;
    return "application/octet-stream";
}

static int
by_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct embedded_file *)file)->path);
}

static void
show(struct request *request, const char *path)
{
    const struct embedded_file *file =
        bsearch(path, bridge_files, bridge_files_count, sizeof *file, by_path);

    if (file == NULL) {
        request_refuse_with(request, PROBLEM_NOT_FOUND, "There is no such file");
        return;
    }
    request->shows_page = true;
    request_add_header(request, "ETag", file->etag);
    if (header_matches_etag(request->headers.value[HEADER_IF_NONE_MATCH], file->etag))
        request_answer_empty(request, MHD_HTTP_NOT_MODIFIED);
    else
        request_answer(request, MHD_HTTP_OK, media_type_of(path), file->bytes,
                       file->byte_count);
}

static void
call_store(struct request *request)
{
    show(request, "store/index.html");
}

static void
call_console(struct request *request)
{
    show(request, "console/index.html");
}

/* Whatever the segments are, they only name a row of the table. */
static void
call_asset(struct request *request)
{
    const struct target *target = &request->target;
    const char *path = target->segments[1];

    for (uint32_t i = 2; i < target->segment_count; i++)
        path = arena_printf(request->arena, "%s/%s", path, target->segments[i]);
    show(request, path);
}
