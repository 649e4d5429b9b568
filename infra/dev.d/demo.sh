# demo.sh — sets everything up, plays the six stories of an order through the HTTP API, proves the books.
# shellcheck shell=bash

demo_shipping='"recipient":"김주문","address":"서울특별시 중구 세종대로 110, 3층","contact":"010-1234-5678"'

# ---- one HTTP call: answer and status are kept

# demo_call METHOD PATH [BODY [HEADER...]]
demo_call() {
    local method=$1 path=$2 body=${3:-} headers=() header out
    shift $(($# > 3 ? 3 : $#))
    for header in "$@"; do headers+=(-H "$header"); done
    [ -z "$body" ] || headers+=(-H 'Content-Type: application/json' --data-binary "$body")
    out=$(curl -sS --max-time 40 -X "$method" -w '\n%{http_code}' "${headers[@]}" \
        "http://$JUMUN_HTTP$path") || die_unreachable "no answer from http://$JUMUN_HTTP$path"
    demo_status=${out##*$'\n'}
    demo_answer=${out%$'\n'*}
    [[ $demo_status == 2* ]] ||
        die "$method $path was answered $demo_status: $demo_answer"
}

# The same, and waits until the order is at rest after it.
demo_act() { demo_call "$1" "$2" "$3" 'Prefer: wait=20'; }

demo_field() { jq -r "$1" <<<"$demo_answer"; }

# demo_order FIELDS: places an order, sets order.
demo_order() {
    demo_act POST /v1/orders "{$1}"
    order=$(demo_field .order_id)
}

demo_is() {
    demo_call GET "/v1/orders/$order"
    [ "$(demo_field "$1")" = "$2" ]
}

# demo_expect WHAT JQ VALUE: waits for it; the demo fails when it does not come.
demo_expect() {
    wait_until 30 demo_is "$2" "$3" ||
        die "$1: order $order should show $2 = $3, and shows: $(demo_field "$2")"
}

# ---- the catalogue

jumun() {
    "$bin/jumun" "$@" >>"$logs/demo-seed.log" 2>&1 ||
        die "jumun $1 $2 failed: $(tail -n 3 "$logs/demo-seed.log")"
}

# Codes and customers are new in every run, so that the demo can be played again.
demo_seed() {
    tag=$(date +%H%M%S)
    jumun product kimchi-jjigae --name '김치찌개 밀키트 2인분' --price 12900 --stock 100
    jumun product bibimbap --name '전주비빔밥 세트' --price 9800 --stock 100
    jumun product hanwoo --name '한우 등심 1++ 500g' --price 89000 --stock 20
    jumun product hotteok --name '씨앗호떡 한정판' --price 4500 --stock 2
    jumun coupon "WELCOME-$tag" --discount 3000 --minimum 10000
    jumun coupon "HANWOO-$tag" --percent 10
    jumun coupon "BIG-$tag" --discount 20000 --minimum 200000
    jumun credit "minji-$tag" 300000
    jumun credit "junho-$tag" 10000
    jumun credit "seoyeon-$tag" 10000
    say "  4 products, 3 coupons, 3 customers with a balance (run $tag)"
}

# ---- the six stories; each leaves its order in $order

demo_completed() {
    demo_order "\"customer_id\":\"minji-$tag\",\"items\":[{\"product_id\":\"kimchi-jjigae\",\"quantity\":2}],
        \"coupon_code\":\"WELCOME-$tag\",\"shipping\":{$demo_shipping},\"auto_pay\":true"
    demo_expect completed .status PAID
    demo_expect completed .amount 22800
    demo_expect completed .export ACKNOWLEDGED
}

demo_sold_out() {
    demo_call GET /v1/products/hotteok
    demo_order "\"customer_id\":\"minji-$tag\",
        \"items\":[{\"product_id\":\"hotteok\",\"quantity\":$(($(demo_field .available) + 1))}]"
    demo_expect 'sold out' .status SOLD_OUT
}

demo_coupon_refused() {
    demo_order "\"customer_id\":\"minji-$tag\",\"items\":[{\"product_id\":\"bibimbap\",\"quantity\":1}]"
    demo_act PUT "/v1/orders/$order/coupon" "{\"coupon_code\":\"BIG-$tag\"}"
    demo_expect 'coupon refused' .coupon.reason BELOW_MINIMUM
    demo_act PUT "/v1/orders/$order/shipping" "{$demo_shipping}"
    demo_act POST "/v1/orders/$order/payment" '{}'
    demo_expect 'coupon refused' .status PAID
    demo_expect 'coupon refused' .export ACKNOWLEDGED
}

demo_failed_retried() {
    demo_order "\"customer_id\":\"junho-$tag\",\"items\":[{\"product_id\":\"kimchi-jjigae\",\"quantity\":1}],
        \"shipping\":{$demo_shipping},\"auto_pay\":true"
    demo_expect 'failed, retried' .payment.reason INSUFFICIENT_BALANCE
    demo_call POST "/v1/customers/junho-$tag/credits" '{"amount":50000}' "Idempotency-Key: top-up-$tag"
    demo_act PUT "/v1/orders/$order/shipping" "{$demo_shipping}"
    wait_until 30 demo_balance "junho-$tag" 60000 || die "the top-up of junho-$tag did not arrive"
    demo_act POST "/v1/orders/$order/payment" '{}'
    demo_expect 'failed, retried' .status PAID
    demo_expect 'failed, retried' .export ACKNOWLEDGED
}

demo_balance() {
    demo_call GET "/v1/customers/$1"
    [ "$(demo_field .balance)" = "$2" ]
}

demo_failed_cancelled() {
    demo_order "\"customer_id\":\"seoyeon-$tag\",\"items\":[{\"product_id\":\"hanwoo\",\"quantity\":1}],
        \"coupon_code\":\"HANWOO-$tag\",\"shipping\":{$demo_shipping},\"auto_pay\":true"
    demo_expect 'failed, cancelled' .payment.reason INSUFFICIENT_BALANCE
    demo_act POST "/v1/orders/$order/cancel" '{}'
    demo_expect 'failed, cancelled' .status CANCELLED
    demo_expect 'failed, cancelled' .compensation.stock DONE
    demo_expect 'failed, cancelled' .compensation.coupon DONE
}

# Placed before the others, so that its deadline passes meanwhile.
demo_abandoned_begins() {
    demo_order "\"customer_id\":\"minji-$tag\",\"items\":[{\"product_id\":\"hanwoo\",\"quantity\":1}],
        \"shipping\":{$demo_shipping},\"pay_within_s\":3"
    abandoned=$order
}

demo_abandoned() {
    order=$abandoned
    demo_expect abandoned .status CANCELLED
    demo_expect abandoned .cancel_reason DEADLINE
    demo_expect abandoned .compensation.stock DONE
}

# ---- what is shown

# The order in one line, then its events: number, time since the first, name, what matters of its data.
demo_show() {
    demo_call GET "/v1/orders/$order"
    printf '\n%s. %s\n' "$1" "$2"
    jq -r '
        def won: if . == null then "" else "₩\(.)" end;
        def micros: (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber);
        "   order \(.order_id)  \(.status)  \(.amount | won)",
        ((.timeline[0].at | micros) as $first | .timeline[] |
            [ .seq, (.at | micros) - $first, .event,
              ([.data | (.reason, .coupon_code, (.discount | if (. // 0) > 0 then "−₩\(.)" else empty end),
                (if .attempt then "attempt \(.attempt)" else empty end), (.amount | won),
                (if .deadline_at then "until \(.deadline_at)" else empty end)) | select(. != null and . != "")]
                | join(", ")) ] | @tsv)' <<<"$demo_answer" |
        while IFS=$'\t' read -r seq after event data; do
            if [ -z "$after" ]; then
                printf '%s\n' "$seq"
            else
                printf '   %3s  +%6s ms  %-20s %s\n' "$seq" "$after" "$event" "$data"
            fi
        done
}

demo_play() {
    demo_abandoned_begins
    demo_completed && demo_show 1 'completed: coupon used, paid, sent to the partner'
    demo_sold_out && demo_show 2 'sold out: more wanted than there is'
    demo_coupon_refused && demo_show 3 'coupon refused: told why, and went on without it'
    demo_failed_retried && demo_show 4 'payment failed, topped up, retried, paid'
    demo_failed_cancelled && demo_show 5 'payment failed, cancelled: coupon and stock went back'
    demo_abandoned && demo_show 6 'abandoned: cancelled at its deadline, stock given back'
}

demo_addresses() {
    step "addresses"
    say "  storefront  http://$JUMUN_HTTP/"
    say "  console     http://$JUMUN_HTTP/console"
    say "  HTTP API    http://$JUMUN_HTTP/v1/products   described at http://$JUMUN_HTTP/openapi.yaml"
    say "  broker      $JUMUN_KAFKA"
    say "  database    psql \"$JUMUN_PG user=jumun_operator\""
    say "  a shell     . $run/env"
}

command_demo() {
    local once=''
    case ${1:-} in
        --once) once=yes ;;
        '') ;;
        *) die_usage "demo takes --once only" ;;
    esac
    deps_all
    if [ -n "$once" ]; then
        trap stack_down EXIT
        trap 'exit 130' INT TERM
    fi
    step "starting broker, database and services in $run"
    up_options
    stack_up
    step "seeding a small catalogue"
    demo_seed
    step "six orders"
    demo_play
    step "jumun audit: stock, coupons, money and the export, from the tables and from the topics"
    "$bin/jumun" audit || die "the audit found something wrong"
    demo_addresses
    if [ -z "$once" ]; then
        say $'\nEverything is still running: infra/dev status, logs, down.'
    fi
}
