/* redrive.h — the limits of handing parked events back, for the owner who does it and those who ask.
 *
 * Units    attempts are those of one event, the first one, which parked it, included.
 * Source   docs/dead-letters.md; infra/runtime/sql/migrations/0002_redrive.sql. */
#pragma once

#define REDRIVE_ATTEMPTS_MAX     5
#define REDRIVE_KEYS_PER_S       50 /* handed back by each process of a service, unless a job says other */
#define REDRIVE_KEYS_PER_S_MAX   1000
#define REDRIVE_KEYS_DEFAULT     1000 /* of one job and service */
#define REDRIVE_KEYS_MAX         100000
