/* any_event.c — each event as a pattern.  Contract: any_event.h
 *
 * Pattern   @x: see `words`.  <a|b|c>: one of these.  (…): perhaps. */
#include "tests/cli/any_event.h"
#include <assert.h>
#include <string.h>

#define ANY_BYTES_MAX 2048

#define OF_ORDER "{\"order_id\":\"@o\",\"customer_id\":\"@c\""
#define LINES                                                                                      \
    "\"items\":[{\"product_id\":\"p-1\",\"quantity\":@q}"                                         \
    "(,{\"product_id\":\"p-2\",\"quantity\":@q})]"
#define PRICED                                                                                     \
    "\"items\":[{\"product_id\":\"@p\",\"quantity\":@q,\"unit_price\":@m}],\"subtotal\":@m"
#define WON      "\"discount\":@m,\"amount\":@m,\"shipping\":@h"
#define WISHES                                                                                     \
    "(,\"coupon_code\":\"@k\")(,\"shipping\":@h)(,\"auto_pay\":@f)(,\"expected_amount\":@m)"       \
    "(,\"on_coupon_rejected\":\"<wait|continue>\")(,\"on_payment_failure\":\"<wait|cancel>\")"
#define ATTEMPT  "\"attempt\":@n,\"revision\":@n"
#define CODE     "\"coupon_code\":\"@k\""
#define CANCEL   "\"reason\":\"<CUSTOMER|OPERATOR|PAYMENT_FAILED|DEADLINE|NEWER>\""

/* clang-format off */
static const struct {
    char letter;
    const char *pattern;
} words[] = {
    { 'o', "00000000-0000-7000-8000-00000000000<1|2>" },
    { 'c', "c-<1|2>" },
    { 'p', "p-<1|2>" },
    { 'k', "k-<1|2>" },
    { 'n', "<1|2|3>" },
    { 'q', "<1|2|1000000>" },
    { 'm', "<0|100|200|9007199254740991>" },
    { 'f', "<true|false>" },
    { 't', "\"2027-01-15T08:<00|15|30>:00.000Z\"" },
    { 'h', "{\"recipient\":\"김하늘\",\"address\":\"서울\",\"contact\":\"010\"}" },
};

static const char *const patterns[EV_COUNT] = {
    [EV_ORDER_REQUESTED] = OF_ORDER "," LINES WISHES "(,\"pay_within_s\":1)}",
    [EV_COUPON_SELECTED] = OF_ORDER "," CODE "}",
    [EV_SHIPPING_SUBMITTED] = OF_ORDER ",\"shipping\":@h,\"revision\":@n(," CODE ")}",
    [EV_PAYMENT_REQUESTED] = OF_ORDER "," ATTEMPT "(,\"expected_amount\":@m)}",
    [EV_CANCEL_REQUESTED] = OF_ORDER ",\"reason\":\"<CUSTOMER|OPERATOR|NEWER>\"}",
    [EV_STOCK_RESERVED] = OF_ORDER "," PRICED ",\"deadline_at\":@t" WISHES "}",
    [EV_STOCK_REJECTED] = OF_ORDER
        ",\"reason\":\"<CANCELLED|UNKNOWN_PRODUCT|AMOUNT_TOO_LARGE|" "SOLD_OUT|NEWER>\""
        ",\"lines\":[({\"product_id\":\"@p\",\"requested\":@q," "\"available\":1})]}",
    [EV_STOCK_RELEASED] = OF_ORDER "," LINES "}",
    [EV_COUPON_REQUESTED] = OF_ORDER "," CODE ",\"subtotal\":@m}",
    [EV_COUPON_APPLIED] = OF_ORDER "," CODE ",\"discount\":@m}",
    [EV_COUPON_REJECTED] = OF_ORDER "," CODE
        ",\"reason\":\"<CANCELLED|TOO_LATE|ANOTHER_APPLIED|" "UNKNOWN|NOT_YOURS|"
        "ALREADY_USED|EXPIRED|BELOW_MINIMUM|NEWER>\"}",
    [EV_COUPON_RESTORED] = OF_ORDER "," CODE "}",
    [EV_ORDER_CREATED] = OF_ORDER ",\"revision\":@n," PRICED "," WON "(," CODE
        "),\"auto_pay\":@f"
        ",\"on_payment_failure\":\"<wait|cancel>\"(,\"expected_amount\":@m),"
        "\"deadline_at\":@t}",
    [EV_PAYMENT_COMPLETED] = OF_ORDER "," ATTEMPT ",\"amount\":@m}",
    [EV_PAYMENT_FAILED] = OF_ORDER "," ATTEMPT
        "(,\"amount\":@m),\"reason\":\"<CANCELLED|ALREADY_PAID|"
        "AMOUNT_CHANGED|UNKNOWN_CUSTOMER|INSUFFICIENT_BALANCE|" "NEWER>\"}",
    [EV_PAYMENT_REFUNDED] = OF_ORDER ",\"amount\":@m," CANCEL "}",
    [EV_PAYMENT_VOIDED] = OF_ORDER "}",
    [EV_ORDER_PAID] = OF_ORDER ",\"revision\":@n," PRICED "," WON "(," CODE
        "),\"paid_at\":@t}",
    [EV_ORDER_CANCELLED] = OF_ORDER "," CANCEL
        ",\"revision\":<0|1|2>,\"coupon_codes\":[(\"@k\")]}",
    [EV_CANCEL_REFUSED] = OF_ORDER ",\"reason\":\"<ALREADY_PAID|ALREADY_CANCELLED|SOLD_OUT|"
        "NEWER>\"}",
    [EV_PARTNER_ORDER] = OF_ORDER ",\"feed_sequence\":@n," PRICED "," WON
        ",\"currency\":\"KRW\"(," CODE ")" ",\"paid_at\":@t}",
    [EV_EXPORT_ACKNOWLEDGED] = "{\"order_id\":\"@o\",\"feed_sequence\":@n,\"partner\":\"@c\"}",
    [EV_PRODUCT_LISTED] = "{\"product_id\":\"@p\",\"name\":\"사과\",\"unit_price\":@m(,"
        "\"revision\":@n)}",
    [EV_STOCK_REPLENISHED] = "{\"replenishment_id\":\"r-@n\",\"product_id\":\"@p\","
        "\"quantity\":@q}",
    [EV_COUPON_ISSUED] = "{" CODE "(,\"customer_id\":\"@c\"),\"<discount\":@m|percent\":10>"
        "(,\"minimum_amount\":@m)(,\"expires_at\":@t)(,\"revision\":@n)}",
    [EV_BALANCE_CREDITED] = "{\"credit_id\":\"b-@n\",\"customer_id\":\"@c\",\"amount\":@m}",
};
/* clang-format on */

uint32_t
any_below(uint64_t *chance, uint32_t below)
{
    *chance ^= *chance << 13;
    *chance ^= *chance >> 7;
    *chance ^= *chance << 17;
    return (uint32_t)(*chance >> 33) % below;
}

static const char *
word_of(char letter)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].letter == letter)
            return words[i].pattern;
    assert(!"a letter that words does not have");
    return "";
}

struct text {
    char *at;
    uint32_t room;
};

static void put(struct text *out, uint64_t *chance, const char *at, size_t bytes);

/* at: behind "<"; gives where its ">" is. */
static const char *
put_one_of(struct text *out, uint64_t *chance, const char *at)
{
    const char *end = strchr(at, '>');
    uint32_t choices = 1;
    for (const char *bar = at; bar < end; bar++)
        choices += *bar == '|';
    for (uint32_t skip = any_below(chance, choices); skip > 0; skip--)
        at = strchr(at, '|') + 1;
    put(out, chance, at, strcspn(at, "|>"));
    return end;
}

static void
put_byte(struct text *out, char byte)
{
    assert(out->room > 1);
    *out->at++ = byte;
    out->room--;
}

static void
put(struct text *out, uint64_t *chance, const char *at, size_t bytes)
{
    for (const char *end = at + bytes; at < end; at++) {
        if (*at == '@') {
            const char *word = word_of(*++at);
            put(out, chance, word, strlen(word));
        } else if (*at == '<') {
            at = put_one_of(out, chance, at + 1);
        } else if (*at == '(') {
            at = any_below(chance, 2) ? at : strchr(at, ')');
        } else if (*at != ')') {
            put_byte(out, *at);
        }
    }
}

const char *
any_event(struct arena *arena, uint64_t *chance, enum event_type type)
{
    char *json = arena_take(arena, ANY_BYTES_MAX);
    struct text out = { json, ANY_BYTES_MAX };
    assert(patterns[type]);
    put(&out, chance, patterns[type], strlen(patterns[type]));
    return json;
}
