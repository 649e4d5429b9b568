/* search.c — see search.h
 *
 * Contents   the set of hashes · the frontier · one world */
#include "exhaustive/search.h"
#include "base/instant.h"
#include "exhaustive/intern.h"
#include <stdio.h>
#include <string.h>

/* ---- the set of hashes */

struct visited {
    uint64_t *slots; /* 0: empty */
    uint64_t count, capacity;
};

static void
visited_grow(struct visited *visited)
{
    uint64_t *old = visited->slots;
    uint64_t old_capacity = visited->capacity;
    visited->capacity = old_capacity == 0 ? 1 << 16 : old_capacity * 2;
    visited->slots = memory_new(visited->capacity * sizeof *visited->slots);
    memset(visited->slots, 0, visited->capacity * sizeof *visited->slots);
    for (uint64_t i = 0; i < old_capacity; i++) {
        uint64_t at = old[i] & (visited->capacity - 1);
        while (old[i] != 0 && visited->slots[at] != 0)
            at = (at + 1) & (visited->capacity - 1);
        if (old[i] != 0)
            visited->slots[at] = old[i];
    }
    if (old != NULL)
        memory_free(old);
}

/* True when the hash is new. */
static bool
visited_add(struct visited *visited, uint64_t hash)
{
    if (visited->count * 10 >= visited->capacity * 7)
        visited_grow(visited);
    hash = hash != 0 ? hash : 1;
    uint64_t at = hash & (visited->capacity - 1);
    for (; visited->slots[at] != 0; at = (at + 1) & (visited->capacity - 1))
        if (visited->slots[at] == hash)
            return false;
    visited->slots[at] = hash;
    visited->count++;
    return true;
}

/* ---- the frontier: whole states of one depth; and how each state was reached */

struct frontier {
    uint8_t *states;
    uint32_t *numbers;
    uint32_t count, capacity;
};

struct path {
    uint32_t *parent;
    struct action *how;
    uint32_t count, capacity;
};

static void
frontier_add(struct frontier *frontier, const struct saga *saga, uint32_t number)
{
    size_t bytes = saga_bytes();
    if (frontier->count == frontier->capacity) {
        frontier->capacity = frontier->capacity == 0 ? 1024 : frontier->capacity * 2;
        frontier->states = memory_grow(frontier->states, frontier->capacity * bytes);
        frontier->numbers =
            memory_grow(frontier->numbers, frontier->capacity * sizeof *frontier->numbers);
    }
    memcpy(frontier->states + frontier->count * bytes, saga, bytes);
    frontier->numbers[frontier->count++] = number;
}

static uint32_t
path_add(struct path *path, uint32_t parent, struct action how)
{
    if (path->count == path->capacity) {
        path->capacity = path->capacity == 0 ? 1 << 16 : path->capacity * 2;
        path->parent = memory_grow(path->parent, path->capacity * sizeof *path->parent);
        path->how = memory_grow(path->how, path->capacity * sizeof *path->how);
    }
    path->parent[path->count] = parent;
    path->how[path->count] = how;
    return path->count++;
}

/* ---- one world */

struct run {
    struct search *search;
    struct visited visited;
    struct frontier now, next;
    struct path path;
    uint32_t breach_at; /* number of the state */
};

static void
found(struct run *run, const char *breach, uint32_t number)
{
    run->search->breach = breach;
    run->breach_at = number;
}

static void
look_at_rest(struct run *run, const struct saga *saga, uint32_t number)
{
    for (int i = 0; i < world->orders && run->search->breach == NULL; i++) {
        const struct order_log *order = &saga->order[i];
        if (!saga_is_quiet(order))
            continue;
        run->search->rests++;
        run->search->rested[order_state_of(order)]++;
        for (int topic = 0; topic < TOPICS; topic++)
            run->search->said[topic] += order->count[topic] > 0;
        const char *breach = rest_breach(saga, i);
        if (breach != NULL)
            found(run, breach, number);
    }
}

static void
follow(struct run *run, const struct saga *from, uint32_t number, struct action action)
{
    struct saga to;
    run->search->transitions++;
    run->search->crashes += action.crash != LIVES;
    if (saga_is_idle(from, action))
        return;
    memcpy(&to, from, saga_bytes());
    saga_apply(&to, action);
    if (!visited_add(&run->visited, hash_bytes(&to, saga_bytes())))
        return;
    uint32_t reached = path_add(&run->path, number, action);
    const char *breach = safety_breach(&to);
    if (breach != NULL)
        found(run, breach, reached);
    frontier_add(&run->next, &to, reached);
}

static void
expand(struct run *run, uint32_t position)
{
    struct saga saga;
    struct action actions[ACTIONS_MAX];
    uint32_t number = run->now.numbers[position];
    memcpy(&saga, run->now.states + position * saga_bytes(), saga_bytes());
    look_at_rest(run, &saga, number);
    uint32_t count = saga_actions(&saga, actions);
    for (uint32_t i = 0; i < count && run->search->breach == NULL; i++)
        follow(run, &saga, number, actions[i]);
}

static void
tell_story(struct run *run)
{
    struct search *search = run->search;
    for (uint32_t at = run->breach_at; at != 0; at = run->path.parent[at])
        search->story_length++;
    search->story = memory_new((search->story_length + 1) * sizeof *search->story);
    uint32_t position = search->story_length;
    for (uint32_t at = run->breach_at; at != 0; at = run->path.parent[at])
        search->story[--position] = run->path.how[at];
}

static void
run_free(struct run *run)
{
    memory_free(run->visited.slots);
    memory_free(run->now.states);
    memory_free(run->now.numbers);
    memory_free(run->next.states);
    memory_free(run->next.numbers);
    memory_free(run->path.parent);
    memory_free(run->path.how);
}

struct search
search_world(const struct world *of, uint64_t state_limit)
{
    struct search search = { .world = of };
    struct run run = { .search = &search };
    struct saga first;
    int64_t started_us = monotonic_now_us();
    saga_start(of, &first);
    visited_add(&run.visited, hash_bytes(&first, saga_bytes()));
    frontier_add(&run.next, &first, path_add(&run.path, 0, (struct action){ 0 }));
    while (run.next.count > 0 && search.breach == NULL && !search.cut) {
        struct frontier done = run.now;
        run.now = run.next;
        run.next = (struct frontier){ done.states, done.numbers, 0, done.capacity };
        for (uint32_t i = 0; i < run.now.count && search.breach == NULL && !search.cut; i++) {
            expand(&run, i);
            search.cut = run.visited.count > state_limit;
        }
        search.depth++;
    }
    if (search.breach != NULL)
        tell_story(&run);
    search.states = run.visited.count;
    search.steps = step_count();
    search.seconds = (double)(monotonic_now_us() - started_us) / 1e6;
    run_free(&run);
    return search;
}
