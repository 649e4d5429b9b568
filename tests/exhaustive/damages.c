/* damages.c — see damages.h */
#include "exhaustive/damages.h"
#include "exhaustive/search.h"
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const kind_names[DAMAGE_KINDS] = {
    "nothing", "lose", "forget", "ignore", "forget-outbox", "move-first", "publish-first"
};

static bool
is_of_runtime(enum damage_kind kind)
{
    return kind >= FORGETS_OUTBOX;
}

static bool
parse_runtime(const char *what, struct damage *damage)
{
    for (int i = FORGETS_OUTBOX; i < DAMAGE_KINDS; i++)
        if (strcmp(kind_names[i], what) == 0)
            damage->kind = (enum damage_kind)i;
    return damage->kind != UNDAMAGED;
}

static bool
parse_domain(const char *text, size_t length, enum domain *domain)
{
    for (int i = 0; i < DOMAINS; i++)
        if (strlen(domain_names[i]) == length && strncmp(domain_names[i], text, length) == 0) {
            *domain = (enum domain)i;
            return true;
        }
    return false;
}

bool
damage_parse(const char *kind, const char *what, struct damage *damage)
{
    const char *slash = strchr(what, '/');
    damage->kind = UNDAMAGED;
    if (strcmp(kind, "runtime") == 0)
        return parse_runtime(what, damage);
    for (int i = LOSES; i <= IGNORES; i++)
        if (strcmp(kind_names[i], kind) == 0)
            damage->kind = (enum damage_kind)i;
    damage->event = event_type_of(slash == NULL ? what : slash + 1);
    if (damage->kind == UNDAMAGED || damage->event == EV_NONE ||
        (damage->kind == LOSES) != (slash == NULL))
        return false;
    return slash == NULL || parse_domain(what, (size_t)(slash - what), &damage->domain);
}

static void
print_damage(struct damage damage)
{
    char text[80];
    if (is_of_runtime(damage.kind)) {
        printf("runtime: %-25s ", kind_names[damage.kind]);
        return;
    }
    bool lost = damage.kind == LOSES;
    snprintf(text, sizeof text, "%s %s%s%s", kind_names[damage.kind],
             lost ? "" : domain_names[damage.domain], lost ? "" : "/", topics[damage.event].name);
    printf("%-34s ", text);
}

/* In a child of its own: a damaged decision may also stop at one of its own assertions. */
static int
try_damage(struct damage damage, uint64_t state_limit)
{
    steps_init(damage);
    for (uint32_t i = 0; i < world_count(); i++) {
        if (is_of_runtime(damage.kind) != world_at(i)->crashes)
            continue;
        struct search search = search_world(world_at(i), state_limit);
        if (search.breach == NULL)
            continue;
        printf("found in %-9s after %2u steps: %s\n", search.world->name, search.story_length,
               search.breach);
        return 0;
    }
    printf("NOT FOUND\n");
    return 1;
}

static bool
is_found(struct damage damage, uint64_t state_limit)
{
    print_damage(damage);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int status = try_damage(damage, state_limit);
        fflush(stdout);
        _exit(status);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        printf("found by an assertion\n");
    return WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
damages_prove(uint64_t state_limit)
{
    uint32_t tried = 0, found = 0;
    saga_find_routes();
    for (int type = EV_STOCK_RESERVED; type < TOPICS; type++, tried++)
        found += is_found((struct damage){ LOSES, (enum event_type)type, DOMAINS }, state_limit);
    for (uint32_t i = 0; i < route_count; i++, tried += 2) {
        struct route_of route = routes[i];
        found += is_found((struct damage){ FORGETS, route.topic, route.domain }, state_limit);
        found += is_found((struct damage){ IGNORES, route.topic, route.domain }, state_limit);
    }
    for (int kind = FORGETS_OUTBOX; kind < DAMAGE_KINDS; kind++, tried++)
        found += is_found((struct damage){ (enum damage_kind)kind, EV_NONE, DOMAINS }, state_limit);
    printf("%u of %u damages found\n", found, tried);
    return found == tried ? 0 : 1;
}
