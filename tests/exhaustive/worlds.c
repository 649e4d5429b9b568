/* worlds.c — the worlds that are searched.  See saga.h and search.h */
#include "exhaustive/search.h"
#include <string.h>

#define LIST(...)                                                                                  \
    {                                                                                              \
        sizeof((uint8_t[]){ __VA_ARGS__ }),                                                        \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

#define S PLACE_SHIPPING
#define A PLACE_AUTO_PAY
#define G PLACE_CONTINUE
#define F PLACE_FAIL_CANCELS
#define E PLACE_EXPECTS

#define EVERY_WAY                                                                                  \
    LIST(0, S, S | A, S | A | F, C1, C1 | S, C1 | S | A, C1 | S | A | G, F, C1 | S | A | F)

/* clang-format off */
static const struct world worlds[] = {
    { .name = "order", .text = "one order, its retry, one code",
      .orders = 1, .stock = 1, .balance = 2, .place = LIST(0, F, C1, C1 | S | A), .codes = C1,
      .ship1 = LIST(0, C1), .ship2 = LIST(0), .attempts = 2, .cancel = true, .deadline = true },
    { .name = "short", .text = "one order, a short balance, a credit",
      .orders = 1, .stock = 1, .balance = 1, .credits = 1, .place = LIST(0, S | A, S | A | F, F),
      .ship1 = LIST(0), .ship2 = LIST(0), .attempts = 2, .cancel = true, .deadline = true },
    { .name = "expects", .text = "one order, clicks that expect the price with a coupon",
      .orders = 1, .stock = 1, .balance = 2, .place = LIST(C1 | S, C1 | S | G, C1 | S | F),
      .codes = C1, .ship2 = LIST(0), .attempts = 2, .cancel = true, .expects = true,
      .others = true, .others_codes = C1 },
    { .name = "overtake", .text = "one order, revisions and attempts overtake each other",
      .orders = 1, .stock = 1, .balance = 1, .credits = 1, .place = LIST(0, S | A | F),
      .ship1 = LIST(0), .ship2 = LIST(0), .attempts = 2, .cancel = true, .deadline = true,
      .reorder = true },
    { .name = "codes", .text = "one order, two codes, two revisions, coupons used by others",
      .orders = 1, .stock = 1, .balance = 2, .place = LIST(C1, C1 | G), .codes = C1 | C2,
      .ship1 = LIST(0, C1, C2), .ship2 = LIST(0, C2), .cancel = true,
      .others = true, .others_codes = C1 | C2 },
    { .name = "two-codes", .text = "one order, two codes, one revision, everything used by others",
      .orders = 1, .stock = 1, .balance = 2, .place = LIST(0, C1), .codes = C1 | C2,
      .ship1 = LIST(0, C2), .attempts = 1, .cancel = true,
      .others = true, .others_codes = C1 | C2 },
    { .name = "one-shot", .text = "in one call, with a coupon that may be refused, then once more",
      .orders = 1, .stock = 1, .balance = 2,
      .place = LIST(C1 | S | A, C1 | S | A | G, C1 | S | A | G | E),
      .codes = C2, .ship2 = LIST(0, C2), .attempts = 1, .cancel = true,
      .others = true, .others_codes = C1 },
    { .name = "stranger", .text = "one order and a stranger who sends every request",
      .orders = 1, .stock = 1, .balance = 2, .place = LIST(0, C1, S), .codes = C1,
      .ship1 = LIST(0, C1), .attempts = 1, .cancel = true, .deadline = true, .stranger = true },
    { .name = "others", .text = "one order among any number of others",
      .orders = 1, .stock = 1, .balance = 2, .place = EVERY_WAY, .codes = C1,
      .ship1 = LIST(0, C1), .attempts = 2, .cancel = true, .deadline = true,
      .others = true, .others_codes = C1 },
    { .name = "unit", .text = "two orders, one unit",
      .orders = 2, .stock = 1, .balance = 4, .place = LIST(0, S | A), .ship1 = LIST(0),
      .attempts = 1, .cancel = true },
    { .name = "coupon", .text = "two orders, one coupon",
      .orders = 2, .stock = 2, .balance = 4, .place = LIST(0, C1), .codes = C1,
      .cancel = true },
    { .name = "money", .text = "two orders, balance for one, two attempts, a credit",
      .orders = 2, .stock = 2, .balance = 2, .credits = 1, .place = LIST(S), .attempts = 2,
      .cancel = true },
    { .name = "pair", .text = "two orders in one call each: one unit, one coupon, one balance",
      .orders = 2, .stock = 1, .balance = 2, .place = LIST(C1 | S | A, C1 | S | A | G | F),
      .cancel = true },
    { .name = "crash", .text = "one order, its retry, one code; every service dies at every point",
      .orders = 1, .stock = 1, .balance = 2, .place = LIST(0, F, C1, C1 | S | A), .codes = C1,
      .ship1 = LIST(0, C1), .attempts = 2, .cancel = true, .deadline = true, .crashes = true },
    { .name = "crash-pay", .text = "the same with a short balance, a credit, a second revision",
      .orders = 1, .stock = 1, .balance = 1, .credits = 1, .place = LIST(S, S | A, S | A | F),
      .ship2 = LIST(0), .attempts = 2, .cancel = true, .deadline = true, .crashes = true },
    { .name = "crash-code", .text = "two codes that others use as well, a refusal, a second choice",
      .orders = 1, .stock = 1, .balance = 2, .place = LIST(C1, C1 | G), .codes = C1 | C2,
      .ship1 = LIST(0, C2), .cancel = true, .others = true, .others_codes = C1,
      .crashes = true },
    { .name = "pair+", .text = "the same with two units and pay buttons",
      .orders = 2, .stock = 2, .balance = 2, .place = LIST(C1 | S | A, C1 | S | F), .attempts = 1,
      .cancel = true },
    { .name = "coupon+", .text = "two orders, one coupon, shipping that may name it",
      .orders = 2, .stock = 2, .balance = 4, .place = LIST(0, C1), .codes = C1,
      .ship1 = LIST(0, C1), .cancel = true },
    { .name = "one-shot+", .text = "all in one call, with a coupon that may be refused, two codes",
      .orders = 1, .stock = 1, .balance = 2,
      .place = LIST(C1 | S | A, C1 | S | A | G, C1 | S | A | F, C1 | S | A | G | E),
      .codes = C1 | C2, .ship2 = LIST(0, C2), .attempts = 1, .cancel = true,
      .others = true, .others_codes = C1 | C2 },
    { .name = "crash+", .text = "one order, two codes, two revisions; every service dies anywhere",
      .orders = 1, .stock = 1, .balance = 1, .credits = 1, .place = LIST(0, C1 | S | A, S | A | F),
      .codes = C1 | C2, .ship1 = LIST(0, C2), .ship2 = LIST(0, C1), .attempts = 2, .cancel = true,
      .deadline = true, .crashes = true },
    { .name = "all-one", .text = "one order, one code, everything a shopper may do",
      .orders = 1, .stock = 1, .balance = 1, .credits = 1, .place = EVERY_WAY, .codes = C1,
      .ship1 = LIST(0, C1), .ship2 = LIST(0, C1), .attempts = 2, .cancel = true, .deadline = true },
    { .name = "all", .text = "one order, two codes, everything a shopper may do",
      .orders = 1, .stock = 1, .balance = 1, .credits = 1, .place = EVERY_WAY, .codes = C1 | C2,
      .ship1 = LIST(0, C1, C2), .ship2 = LIST(0, C2), .attempts = 2, .cancel = true,
      .deadline = true },
};
/* clang-format on */

uint32_t
world_count(void)
{
    return COUNT_OF(worlds);
}

const struct world *
world_at(uint32_t position)
{
    return &worlds[position];
}

const struct world *
world_named(const char *name)
{
    for (uint32_t i = 0; i < COUNT_OF(worlds); i++)
        if (strcmp(worlds[i].name, name) == 0)
            return &worlds[i];
    return NULL;
}
