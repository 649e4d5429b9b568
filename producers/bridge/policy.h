/* policy.h — who may call at all, and what shape a request must have before anyone looks at it.
 *
 * Shapes   policy: host names from JUMUN_HTTP_HOSTS; a name without a port stands for any port.
 * Checks   Host (against DNS rebinding) · Origin and Sec-Fetch-Site (against other sites' pages) ·
 *          lengths (against request smuggling) · sizes.  First that fails answers.
 * Errors   policy_load: ERROR_REFUSED for a name that is none.
 * Threads  values only after policy_load.
 * Source   contract.md section 3, codes forbidden_origin, invalid_header, length_required,
 *          payload_too_large, headers_too_large. */
#pragma once
#include "base/error.h"
#include "bridge/headers.h"
#include "bridge/problem.h"

#define POLICY_HOSTS_MAX  32
#define POLICY_HOST_BYTES 256
#define HEADERS_BYTES_MAX (16 * 1024)
#define BODY_BYTES_MAX    (64 * 1024)
#define BODY_DRAIN_BYTES_MAX                                                                       \
    (16 * 1024 * 1024) /* read and thrown away so that the answer arrives */

struct policy {
    uint32_t host_count;
    struct {
        char name[POLICY_HOST_BYTES];
        char port[8]; /* "": any */
    } hosts[POLICY_HOSTS_MAX];
};

/* hosts: comma-separated; "" stands for the loopback names. */
bool policy_load(struct policy *policy, const char *hosts, struct error *err) MUST_USE;
bool policy_allows_host(const struct policy *policy, const char *host);
/* An origin may call when its host is one of ours and its port is the one that was called. */
bool policy_allows_origin(const struct policy *policy, const char *host, const char *origin);
bool policy_allows_site(const char *sec_fetch_site);

enum body_rule { BODY_NONE, BODY_OPTIONAL, BODY_REQUIRED };

/* The whole check of the headers; *body_bytes is what Content-Length says (0 without one).  A page may be
 * visited from a link on any site: as a whole document of its own, never in a frame. */
bool policy_check_headers(const struct policy *policy, const struct headers *headers, bool is_page,
                          uint64_t *body_bytes, struct problem *out) MUST_USE;
/* What depends on the call: length, size and type of the body, form of the answer. */
bool policy_check_body(const struct headers *headers, enum body_rule rule, uint64_t body_bytes,
                       struct problem *out) MUST_USE;
