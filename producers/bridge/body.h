/* body.h — a request's JSON body: strict, with every unknown name told, then decoded as the event it is.
 *
 * Shapes   body_schema: the names an object may have, nested; types and limits are not here but in the
 *          generated decoder of the event, so that nothing stands twice.
 *          body_prefix: members that the bridge adds before the caller's own (order_id …).
 * Errors   invalid_json (with the byte), invalid_request (with pointers into the body).
 * Threads  none.
 * Source   contract.md section 3; schemas/events. */
#pragma once
#include "bridge/problem.h"
#include "events.h"
#include "json/json_read.h"

struct body_schema;

struct body_name {
    const char *name;
    const struct body_schema *nested; /* of an object, or of each object in an array */
};

struct body_schema {
    const struct body_name *names; /* ended by a NULL name */
};

struct body_member {
    const char *name;
    const char *json;
};

/* No bytes at all count as {} where the schema's call allows it: the caller passes "{}" then. */
bool body_parse(struct arena *arena, const char *bytes, size_t length,
                const struct body_schema *schema, struct json_doc *out,
                struct problem *problem) MUST_USE;
/* The event that the body and the prefix make together.  Members whose names stand in `into` (NULL:
 * none) go into an object of that name, as shipping's do. */
bool body_decode(struct arena *arena, const struct json_doc *doc, enum event_type type,
                 const struct body_member *prefix, const char *into, const char *const *into_names,
                 struct event *out, struct problem *problem) MUST_USE;
