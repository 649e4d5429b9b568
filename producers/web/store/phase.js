/**
 * phase.js — where an order stands for its shopper, read from the order alone: no DOM, no clock.
 *
 * @typedef {import('./types.js').Order} Order
 * @typedef {'checking'|'soldout'|'details'|'cancelling'|'pay'|'paying'|'failed'|'paid'|'cancelled'} Phase
 * @typedef {'done'|'now'|'todo'|'failed'} StepState
 * @typedef {{ name: 'stock'|'order'|'payment'|'handed', state: StepState, at: string|null }} Step
 */

/** The seq of the last event of these names; 0 for none. @param {Order} order @param {...string} events */
export const lastSeq = (order, ...events) =>
  order.timeline.reduce(
    (last, { event, seq }) => (events.includes(event) ? Math.max(last, seq) : last),
    0
  )

/** A cancel was asked for, and nobody has answered yet. @param {Order} order */
const isCancelling = (order) =>
  lastSeq(order, 'CancelRequested') > lastSeq(order, 'CancelRefused', 'OrderCancelled') &&
  order.status !== 'PAID'

/** @param {Order} order @returns {Phase} */
export function phaseOf(order) {
  switch (order.status) {
    case 'SOLD_OUT':
      return 'soldout'
    case 'PAID':
      return 'paid'
    case 'CANCELLED':
      return 'cancelled'
  }
  if (isCancelling(order)) return 'cancelling'
  if (order.status === 'REQUESTED') return 'checking'
  return order.status === 'RESERVED' ? 'details' : pendingPhase(order)
}

/** After a failure, a new revision of the order is a new beginning. @param {Order} order @returns {Phase} */
function pendingPhase(order) {
  if (order.payment?.status === 'REQUESTED') return 'paying'
  if (order.payment?.status === 'COMPLETED') return 'paying' // PAID follows
  const failed = lastSeq(order, 'PaymentFailed')
  return failed > lastSeq(order, 'OrderCreated') ? 'failed' : 'pay'
}

/** Nothing more can come. @param {Order} order */
export const isOver = (order) =>
  order.status === 'SOLD_OUT' ||
  (order.status === 'PAID' && order.export === 'ACKNOWLEDGED') ||
  (order.status === 'CANCELLED' && order.at_rest)

/** @param {Order} order @param {string} event */
const timeOf = (order, event) => order.timeline.findLast((one) => one.event === event)?.at ?? null

/** @param {Order} order @returns {Step[]} */
export function stepsOf(order) {
  const phase = phaseOf(order)
  const handed = order.export === 'ACKNOWLEDGED'
  const reached = [
    timeOf(order, 'StockReserved'),
    timeOf(order, 'OrderCreated'),
    timeOf(order, 'OrderPaid'),
    handed ? timeOf(order, 'ExportAcknowledged') : null
  ]
  const stopped = phase === 'soldout' || phase === 'cancelled' || phase === 'failed'
  const current = reached.findIndex((at) => at === null)
  return /** @type {const} */ (['stock', 'order', 'payment', 'handed']).map((name, i) => ({
    name,
    at: reached[i] ?? null,
    state: reached[i] ? 'done' : i !== current ? 'todo' : stopped ? 'failed' : 'now'
  }))
}

/**
 * The shopper's money, as far as it is decided.
 * @param {Order} order
 * @returns {'taken'|'none'|'open'|'returned'|'returning'}
 */
export function moneyOf(order) {
  if (order.status === 'PAID') return 'taken'
  if (order.payment?.status === 'REFUNDED') return 'returned'
  if (order.status === 'CANCELLED')
    return order.compensation.payment === 'PENDING' ? 'returning' : 'none'
  return ['REQUESTED', 'COMPLETED'].includes(order.payment?.status ?? '') ? 'open' : 'none'
}
