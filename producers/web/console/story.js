/**
 * story.js — an order's events as a story: lanes, bars from cause to effect, attempts, compensations.
 *
 * Pure: no page is needed for it.  A bar begins when its cause lay in its topic and ends when the event
 * itself did, so its length is how long that service took, queue and transaction and publishing together.
 *
 * @typedef {import('./types.js').OrderEvent} OrderEvent
 * @typedef {'ask'|'step'|'fail'|'end'|'undo'} Kind
 * @typedef {{ event: OrderEvent, at: number, since: number|null, cause: Mark|null, lane: string,
 *   service: string, kind: Kind, attempt: number|null, reason: string|null, label: string }} Mark
 */

export const LANES = ['bridge', 'stock', 'coupon', 'order', 'payment', 'export', 'partner']
export const UNDO = 'compensation'

const PUBLISHERS = /** @type {Record<string, string>} */ ({
  StockReserved: 'stock', StockRejected: 'stock', StockReleased: 'stock',
  CouponRequested: 'order', CouponApplied: 'coupon', CouponRejected: 'coupon',
  CouponRestored: 'coupon', OrderCreated: 'order', OrderPaid: 'order', OrderCancelled: 'order',
  CancelRefused: 'order', PaymentCompleted: 'payment', PaymentFailed: 'payment',
  PaymentRefunded: 'payment', PaymentVoided: 'payment', PartnerOrder: 'export',
  ExportAcknowledged: 'partner',
})
const KINDS = /** @type {Record<string, Kind>} */ ({
  OrderRequested: 'ask', CouponSelected: 'ask', ShippingSubmitted: 'ask', PaymentRequested: 'ask',
  CancelRequested: 'ask', StockRejected: 'fail', CouponRejected: 'fail', PaymentFailed: 'fail',
  CancelRefused: 'fail', OrderPaid: 'end', OrderCancelled: 'end', StockReleased: 'undo',
  CouponRestored: 'undo', PaymentRefunded: 'undo', PaymentVoided: 'undo',
})
/* What tells two events of one order apart beside their name. */
const NUMBERED = /^Payment(Requested|Completed|Failed)$/
const REVISED = /^(ShippingSubmitted|OrderCreated)$/

/** @param {string} event */
export const kindOf = (event) => KINDS[event] ?? 'step'

/** @param {OrderEvent} event */
const serviceOf = (event) => event.service ?? PUBLISHERS[event.event] ?? 'bridge'

/** @param {OrderEvent} event */
const placeOf = (event) => `${event.topic ?? event.event}/${event.partition}/${event.offset}`

/** @param {OrderEvent} event */
export function attemptOf(event) {
  if (!NUMBERED.test(event.event)) return null
  return event.attempt ?? event.data?.attempt ?? null
}

/** @param {OrderEvent} event */
function labelOf(event) {
  const attempt = attemptOf(event)
  if (attempt !== null) return `${event.event} #${attempt}`
  const revision = event.data?.revision
  return REVISED.test(event.event) && revision > 1 ? `${event.event} r${revision}` : event.event
}

/**
 * The cause may be told as a place, as an id, or as an object with either.
 * @param {any} cause
 * @param {Map<string, Mark>} known
 */
function causeOf(cause, known) {
  if (!cause) return null
  if (typeof cause === 'string') return known.get(cause) ?? null
  return known.get(`${cause.topic}/${cause.partition}/${cause.offset}`)
    ?? known.get(cause.event_id) ?? null
}

/**
 * @param {OrderEvent[]} events
 * @returns {Mark[]} in the order of time; of one millisecond, in the order they were told
 */
export function storyOf(events) {
  const known = /** @type {Map<string, Mark>} */ (new Map())
  const marks = events.map((event) => {
    const kind = kindOf(event.event)
    const service = serviceOf(event)
    const mark = /** @type {Mark} */ ({
      event, kind, service, at: Date.parse(event.at), since: null, cause: null,
      lane: kind === 'undo' ? UNDO : LANES.includes(service) ? service : 'bridge',
      attempt: attemptOf(event), reason: event.data?.reason ?? null, label: labelOf(event),
    })
    known.set(placeOf(event), mark)
    known.set(event.event_id, mark)
    return mark
  })
  for (const mark of marks) {
    mark.cause = causeOf(mark.event.cause, known)
    mark.since = mark.cause ? Math.min(mark.cause.at, mark.at) : null
  }
  return marks.map((mark, i) => ({ mark, i }))
    .sort((a, b) => a.mark.at - b.mark.at || a.i - b.i).map(({ mark }) => mark)
}

/** Lanes that have something, in their fixed order; compensation last. @param {Mark[]} marks */
export function lanesOf(marks) {
  return [...LANES, UNDO].filter((lane) => marks.some((mark) => mark.lane === lane))
}

/**
 * Pauses of a shopper are minutes, answers of a service milliseconds: beside each other on one scale the
 * latter vanish.  Pauses that outlast all shorter ones together are folded, and said so; all else is to scale.
 *
 * @param {Mark[]} marks
 * @param {boolean} fold
 * @returns {{ from: number, to: number, folded: boolean }[]}
 */
export function segmentsOf(marks, fold) {
  const times = [...new Set(marks.flatMap((mark) => [mark.since ?? mark.at, mark.at]))]
    .sort((a, b) => a - b)
  if (times.length < 2) return [{ from: times[0] ?? 0, to: (times[0] ?? 0) + 1, folded: false }]
  const limit = fold ? foldLimit(times, marks) : Infinity
  const segments = /** @type {{ from: number, to: number, folded: boolean }[]} */ ([])
  for (let i = 1; i < times.length; i++) {
    const [from, to] = [/** @type {number} */ (times[i - 1]), /** @type {number} */ (times[i])]
    const folded = to - from >= limit
    const last = segments[segments.length - 1]
    if (last && !last.folded && !folded) last.to = to
    else segments.push({ from, to, folded })
  }
  return segments
}

/** @param {number[]} times @param {Mark[]} marks */
function foldLimit(times, marks) {
  const gaps = times.slice(1).map((time, i) => time - /** @type {number} */ (times[i]))
    .sort((a, b) => a - b)
  const longest = Math.max(0, ...marks.map((mark) => mark.at - (mark.since ?? mark.at)))
  let shorter = 0
  for (const gap of gaps) {
    if (gap >= 1000 && gap > 3 * shorter && gap > longest) return gap
    shorter += gap
  }
  return Infinity
}
