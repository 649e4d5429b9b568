/* sim.h — one simulated world: services, a log, databases, shoppers and misfortune, in one thread.
 *
 * Contents   broker (broker.c: topics, groups; network.c: producers) · databases (database.c and its
 *            seam) · processes (process.c: the loop of production code, behind both seams) · shoppers
 *            (shopper.c) · nemesis.c · world.c: who is next.
 * Time       now_us moves by what is done, or jumps to what is next; nobody waits.
 * In a step  a fault point may run others before it returns: so processes freeze and interleave in the
 *            middle of a step.  A killed process is deaf: whatever it still does reaches nothing. */
#pragma once
#include "base/arena.h"
#include "events.h"
#include "runtime/loop.h"
#include "sim/auditor.h"
#include "sim/plan.h"
#include "sim/sometimes.h"
#include "sim/story.h"

#define PARTITIONS_MAX        3
#define SERVICES_MAX          7
#define MEMBERS_MAX           12
#define ROW_TYPES_MAX         10
#define SECOND_US             INT64_C(1000000)
#define PRODUCED_BY_US        INT64_C(1767225600000000) /* when worlds begin */
#define SIM_ORDER_DEADLINE_US (900 * SECOND_US)

struct sim;
struct process;
struct served;

/* ---- the log: broker.c ------------------------------------------------------------------------------ */

/* What was sent: a record, and while it is on its way whose report it will be. */
struct envelope {
    enum event_type type;
    int32_t partition;
    const char *key, *value;
    uint32_t key_bytes, value_bytes;
    struct kafka_header headers[12];
    uint32_t header_count;
    struct envelope *next;
    void *opaque;
    bool is_accepted; /* as its report says */
    bool is_bad;      /* no event */
};

struct message {
    int64_t at_us;
    const struct envelope *what; /* NULL: an offset that no record has */
    uint32_t skips;              /* readers that passed over it */
};

struct shelf { /* one partition of one topic */
    struct message *at;
    uint32_t count, capacity;
};

struct member {
    struct process *process; /* NULL: it is gone, and counts until expires_at_us */
    uint64_t id;             /* by which members are ordered */
    int64_t expires_at_us;
};

struct group {
    struct member members[MEMBERS_MAX];
    uint32_t member_count;
    uint64_t generation;
    int64_t committed[EV_COUNT][PARTITIONS_MAX]; /* offset + 1; 0: none */
};

/* Who sends: a living process, or what is still on its way of one that let go of it. */
struct producer {
    struct envelope *first, *last;           /* on their way, in order */
    struct envelope *reports, *reports_last; /* arrived or not, to be told */
    uint32_t on_way;
    bool is_broken;
    bool is_cut[EV_COUNT][PARTITIONS_MAX]; /* one was lost: those behind it are not taken either */
    const struct served *of;
    struct producer *next; /* among the orphans */
    int64_t ready_at_us;   /* not before: a slow network */
};

int64_t broker_append(struct sim *sim, const struct envelope *what, const char *from);
int64_t broker_end(const struct sim *sim, enum event_type type, int32_t partition);
int32_t broker_partition_of(const struct sim *sim, const char *key, uint32_t key_bytes);
void broker_gap(struct sim *sim, enum event_type type, int32_t partition);
void group_join(struct sim *sim, struct group *group, struct process *process);
void group_leave(struct group *group, const struct process *process);
void group_lose(struct sim *sim, struct group *group, const struct process *process);
bool group_expire(struct sim *sim, struct group *group);
bool group_has(struct group *group, const struct process *process);
bool group_owns(const struct sim *sim, const struct group *group, const struct process *process,
                int32_t partition);

/* network.c */
bool network_has_work(const struct sim *sim);
bool network_step(struct sim *sim);
void producer_put(struct producer *producer, struct envelope *what);
/* Lets go of everything; what is on its way may still arrive. */
void producer_let_go(struct sim *sim, struct producer *producer, kafka_report *report,
                     void *context);

/* client.c */
struct client {
    struct process *process;
    uint64_t generation; /* as the loop sees it */
    uint64_t group_seen; /* the group's, when it was assigned */
    struct kafka_partition assigned[EV_COUNT * PARTITIONS_MAX];
    enum event_type types[EV_COUNT * PARTITIONS_MAX]; /* of what is assigned */
    int64_t next[EV_COUNT * PARTITIONS_MAX];
    bool is_end_told[EV_COUNT * PARTITIONS_MAX];
    uint32_t assigned_count;
    bool is_assigned, is_started, is_paused;
    struct producer producer;
    kafka_report *report;
    void *report_context;
};

struct log client_log(struct client *client);
/* client_rest.c */
void client_rest_ops(struct log_ops *ops);
/* Whoever waits sleeps, until then or until it is woken. */
void client_sleeps(const struct client *client, int wait_ms);

/* ---- databases: database.c, session.c --------------------------------------------------------------- */

struct session;

struct stored_row {
    void *data;
    const char *key;
    int64_t version;
    const struct session *locked_by;
    const char **texts; /* by column: what is only written, as JSON; for a second store alone */
    struct stored_row *next; /* same bucket */
};

#define BUCKETS 64

struct stored_table {
    const struct row_type *type;
    struct stored_row **rows;
    uint32_t count, capacity;
    struct stored_row *buckets[BUCKETS];
};

struct stored_position {
    struct store_position at;
    struct uuid epoch;
};

struct stored_outbox {
    struct store_outbox row;
    int64_t written_at_us;
    bool is_gone;
};

struct stored_parked {
    struct store_parked row;
    bool is_gone;
};

struct stored_redrive {
    struct store_redrive request;
    bool is_closed;
};

#define POSITIONS_STORED_MAX ((EV_COUNT + 2) * PARTITIONS_MAX)

#define LATE_MAX 4

struct database {
    const struct served *of;
    struct stored_table tables[ROW_TYPES_MAX];
    struct stored_position positions[POSITIONS_STORED_MAX];
    uint32_t position_count;
    struct stored_outbox *outbox;
    uint32_t outbox_count, outbox_capacity, outbox_kept_from;
    struct stored_parked *parked;
    uint32_t parked_count, parked_capacity;
    struct stored_redrive redrives[32];
    uint32_t redrive_count;
    int64_t batch_no[PARTITIONS_MAX];
    struct store_commit late[LATE_MAX]; /* on their way, their clients gone */
    uint32_t late_count;
    int64_t away_until_us;
    char poisoned_key[65]; /* "": none; else rows of this key cannot be saved */
    char poison[16];       /* the constraint that says so: another one each time */
};

struct session {
    struct process *process;
    struct database *database;
    bool is_open, is_begun;
    int64_t begun_at_us;
    struct stored_row *locked[64];
    uint32_t locked_count;
    void *twin; /* of a second store, see twin_ops */
};

void database_init(struct sim *sim, struct database *database, const struct served *of);
struct stored_row *table_find(const struct stored_table *table, const char *key);
struct stored_row *table_add(struct sim *sim, struct stored_table *table, const char *key);
struct stored_position *database_position(struct database *database, const char *name,
                                          int32_t partition);
void session_rollback(struct session *session);
/* database_commit.c: all of it or nothing */
bool database_commit(struct sim *sim, struct database *database, const struct store_commit *commit,
                     struct error *err);
/* database_late.c: false where it cannot be kept */
bool late_put(struct sim *sim, struct database *database, const struct store_commit *commit);
void late_arrive(struct sim *sim, struct database *database);
bool database_is_parked(const struct database *database, enum key_kind kind, const char *key);
struct store session_store(struct session *session);
/* session_rest.c */
bool session_ask(struct session *session, struct error *err);
bool session_fails(struct session *session, enum fault fault);
void session_rest_ops(struct store_ops *ops);

/* A second store that has to do the same, step by step (tests/differential).  The sessions' answers stay those of
 * the databases above. */
struct twin_ops {
    struct store (*store)(struct session *session);
    void (*rolled_back)(struct session *session);
    void (*committed)(struct sim *sim, struct database *database, const struct store_commit *commit,
                      bool ok, const struct error *err);
    void (*ended)(struct session *session);
    void (*finished)(struct sim *sim);
};

extern const struct twin_ops *sim_twin; /* NULL: none */

/* statements.c: what a service's SQL says beside "rows by key" */
typedef void add_key(void *context, const char *key);
void statement_via(const struct database *database, uint32_t row_type, const char *via,
                   add_key *add, void *context);
bool statement_loads(const struct row_type *type, const struct column *column);
bool statement_keeps(const struct row_type *type, const struct column *column, const void *given);
/* A member that points into the batch's memory: written, never loaded. */
bool statement_only_writes(const struct row_type *type, const struct column *column);
int64_t statement_deadline(const struct stored_row *row, int32_t partition); /* 0: none */

/* ---- processes: process.c ---------------------------------------------------------------------------- */

struct process {
    struct sim *sim;
    struct served *of;
    struct loop *loop; /* NULL: it does not run */
    struct client client;
    struct session session;
    int64_t wake_at_us;
    int64_t sleep_us; /* as the last call would have waited */
    uint32_t depth;   /* steps of it on the stack */
    uint32_t number;
    bool is_dead, is_frozen, is_stopping, is_idle;
    bool is_doomed; /* killed instead of its next step */
};

struct served {
    struct sim *sim;
    const struct service *service;
    const char *group_name;
    struct group group;
    struct database database;
    struct process processes[SWARM_INSTANCES_MAX];
    uint32_t process_count;
};

void process_start(struct process *process);
void process_step(struct process *process);
void process_kill(struct process *process, const char *why);
void process_end(struct process *process);
void process_wake(struct process *process, int64_t at_us);
bool process_may_run(const struct process *process);

/* ---- shoppers: shopper.c, catalogue.c ---------------------------------------------------------------- */

struct shopper {
    struct chance chance;
    struct order_id order_id;
    struct customer_id customer_id;
    uint32_t number;
    int64_t act_at_us; /* INT64_MAX: nothing more */
    bool is_requested, is_vanished;
    int32_t revision, attempt, codes, cancels, acts_left;
};

void catalogue_publish(struct sim *sim);
void catalogue_more(struct sim *sim);
void catalogue_credit(struct sim *sim, struct chance *chance, const char *customer_id);
void shoppers_init(struct sim *sim);
void shopper_act(struct sim *sim, struct shopper *shopper);
struct json_writer;
/* Publishes as the bridge and the command line do: once, twice, or (nobody was told 202) not at all. */
bool publish(struct sim *sim, enum event_type type, const char *key,
             const struct json_writer *value);

/* ---- nemesis.c --------------------------------------------------------------------------------------- */

void nemesis_step(struct sim *sim);
void nemesis_repair(struct sim *sim);
void nemesis_at_fault_point(const char *name);
void nemesis_at_record(struct sim *sim, enum event_type type);
void nemesis_at_loss(struct sim *sim, const struct served *served);

/* ---- world.c ------------------------------------------------------------------------------------------ */

struct sim {
    struct plan plan;
    struct swarm swarm;
    struct chance chance;
    struct arena *arena, *scratch;
    int64_t now_us;
    uint64_t steps;
    uint32_t depth;
    bool is_calm;
    struct process *current;
    struct shelf shelves[EV_COUNT][PARTITIONS_MAX];
    uint64_t record_count;
    uint32_t lives; /* processes that were started */
    struct producer *orphans;
    struct served services[SERVICES_MAX];
    uint32_t service_count;
    struct shopper shoppers[SWARM_ORDERS_MAX];
    uint32_t shopper_count;
    uint32_t replenishments, credits, poisons, bad_records, gaps;
    struct auditor *auditor;
};

extern struct sim *sim_running; /* for fault points */

struct outcome {
    const char *invariant; /* NULL: everything held */
    char text[512];
    uint64_t steps, sagas, events;
};

/* Runs one world from beginning to rest. */
void sim_run(const struct plan *plan, struct outcome *out);
bool sim_has_failed(const struct sim *sim);
/* Misfortune happens: by this world's rate, and never once it is calm. */
bool sim_suffers(struct sim *sim, enum fault fault);
void sim_steps(struct sim *sim, uint32_t most, int64_t until_us);
