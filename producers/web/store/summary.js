/**
 * summary.js — what stands beside an order in every phase: the four steps, the bill, the time that is left.
 *
 * @typedef {import('./types.js').Order} Order
 */
import { serverNow } from '../common/api.js'
import { h, replace } from '../common/dom.js'
import { clockSeconds, countdown, dayTime, number, remaining, won } from '../common/format.js'
import { t } from '../common/i18n.js'
import { announce } from '../common/ui.js'
import { nameOf } from './catalogue.js'
import { billLine } from './parts.js'
import { stepsOf } from './phase.js'
import { tile } from './tile.js'

const TICK_MS = 1_000
const URGENT_MS = 60_000

/** @param {Order} order */
export function steps(order) {
  const all = stepsOf(order)
  return h(
    'ol',
    { 'class': 'steps', 'aria-label': t('steps.label') },
    all.map(({ name, state, at }, i) =>
      h(
        'li',
        {
          'class': `step ${state}`,
          'aria-current': state === 'now' ? 'step' : null,
          'data-step-name': name,
          'data-state': state
        },
        h(
          'span',
          { 'class': 'step-sign', 'aria-hidden': 'true' },
          state === 'done' ? '✓' : state === 'failed' ? '!' : String(i + 1)
        ),
        h('span', { class: 'step-name' }, t(`step.${name}`)),
        h('span', { class: 'step-state' }, at ? clockSeconds(at) : t(`step.state.${state}`))
      )
    )
  )
}

/** @param {Order} order */
export function summary(order) {
  const lines =
    order.items ??
    order.rejection?.lines?.map(({ product_id, requested }) => ({
      product_id,
      quantity: requested,
      unit_price: null
    })) ??
    []
  return h(
    'aside',
    { 'class': 'bill', 'aria-label': t('bill.title') },
    h('h2', null, t('bill.title')),
    h(
      'ul',
      { class: 'bill-items' },
      lines.map(({ product_id, quantity, unit_price }) =>
        h(
          'li',
          null,
          h('span', { class: 'bill-picture' }, tile(product_id)),
          h(
            'span',
            { class: 'bill-name' },
            nameOf(product_id),
            h('span', { class: 'muted times' }, ` × ${number(quantity)}`)
          ),
          h('span', null, unit_price === null ? '' : won(unit_price * quantity))
        )
      )
    ),
    order.subtotal === null ? null : sums(order),
    order.shipping ? parcel(order) : null
  )
}

/** @param {Order} order */
function sums({ subtotal, discount, amount, coupon, status }) {
  const taken = discount ?? 0
  return h(
    'dl',
    null,
    billLine(t('bill.items'), won(subtotal ?? 0)),
    taken > 0
      ? billLine(t('bill.coupon', { code: coupon?.coupon_code ?? '' }), won(-taken), 'off')
      : null,
    billLine(t('bill.shipping'), t('bill.free')),
    billLine(
      t(status === 'CANCELLED' ? 'bill.void' : 'bill.total'),
      won(amount ?? (subtotal ?? 0) - taken),
      'total'
    )
  )
}

/** @param {Order} order */
function parcel({ shipping }) {
  return h(
    'div',
    { class: 'parcel' },
    h('h3', null, t('shipping.title')),
    h('p', null, shipping?.recipient ?? ''),
    h('p', null, shipping?.address ?? ''),
    h('p', { class: 'muted' }, shipping?.contact ?? '')
  )
}

/**
 * How long the stock is held. Seen every second, spoken once when a minute is left.
 * @param {HTMLElement} at @param {AbortSignal} signal @returns {(order: Order) => void}
 */
export function deadline(at, signal) {
  const words = h('span')
  const label = h('span')
  const time = h('strong', { 'class': 'time', 'aria-hidden': 'true' })
  const spoken = h('span', { class: 'visually-hidden' })
  const line = h('p', { class: 'deadline', id: 'deadline' }, words, ' ',
    h('span', { class: 'left' }, label, ' ', time), spoken)
  let until = NaN
  let warned = false
  const tick = () => {
    const left = until - serverNow()
    if (Number.isNaN(left)) return
    words.textContent = t(left > 0 ? 'deadline.held' : 'deadline.over')
    label.textContent = left > 0 ? t('deadline.left') : ''
    time.textContent = left > 0 ? countdown(left) : ''
    line.classList.toggle('urgent', left <= URGENT_MS)
    if (left > 0 && left <= URGENT_MS && !warned) {
      warned = true
      announce(t('deadline.warn', { left: remaining(left) }))
    }
  }
  const timer = setInterval(tick, TICK_MS)
  signal.addEventListener('abort', () => clearInterval(timer))

  return ({ status, deadline_at }) => {
    const held = (status === 'RESERVED' || status === 'PENDING') && deadline_at !== null
    until = held ? Date.parse(deadline_at) : NaN
    spoken.textContent = held ? t('deadline.until', { time: dayTime(deadline_at) }) : ''
    replace(at, held ? line : null)
    tick()
  }
}
