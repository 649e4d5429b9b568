/**
 * history.js — a customer's orders, newest first, and how each ended.
 *
 * @typedef {import('./types.js').Order} Order
 */
import { get } from '../common/api.js'
import { h, replace } from '../common/dom.js'
import { dayTime, won } from '../common/format.js'
import { t } from '../common/i18n.js'
import { ensureNames, nameOf } from './catalogue.js'
import { pickCustomer } from './customer.js'
import { customer } from './keep.js'
import { emptiness, heading, loadInto, waiting } from './parts.js'

const PAGE = 10

/** @type {import('./main.js').View} */
export function historyView(main, signal) {
  const id = customer()
  const body = h('div', { id: 'history' }, waiting(4))
  replace(main, heading(t('orders.title'), id ? h('p', { class: 'muted' }, id) : null), body)
  if (id) loadPage(body, signal, id, '')
  else
    replace(
      body,
      emptiness(
        t('orders.nobody'),
        t('orders.nobody.text'),
        h(
          'button',
          { type: 'button', class: 'primary', onclick: () => pickCustomer() },
          t('customer.pick')
        )
      )
    )
  return t('orders.title')
}

/** @param {Element} at @param {AbortSignal} signal @param {string} id @param {string} after */
function loadPage(at, signal, id, after) {
  const query = `customer_id=${encodeURIComponent(id)}&limit=${PAGE}`
  return loadInto(at, signal, {
    load: async () => {
      const page = await get(
        `/v1/orders?${query}${after && `&after=${encodeURIComponent(after)}`}`,
        { signal }
      )
      const ids = page.orders.flatMap((/** @type {Order} */ order) => idsOf(order))
      await ensureNames(ids, signal).catch(() => {})
      return page
    },
    show: ({ orders, next }) => drawPage(at, signal, id, orders, next)
  })
}

/** @param {Order} order */
const idsOf = (order) =>
  [...(order.items ?? []), ...(order.rejection?.lines ?? [])].map(({ product_id }) => product_id)

/**
 * @param {Element} at
 * @param {AbortSignal} signal
 * @param {string} id
 * @param {Order[]} orders
 * @param {string|null} next
 */
function drawPage(at, signal, id, orders, next) {
  if (orders.length === 0)
    return replace(
      at,
      emptiness(
        t('orders.empty'),
        t('orders.empty.text'),
        h('a', { class: 'button primary', href: '/' }, t('nav.products'))
      )
    )
  const rest = h('div')
  const button = h(
    'button',
    {
      type: 'button',
      class: 'wide',
      onclick: () => {
        replace(rest, waiting(2))
        loadPage(rest, signal, id, next ?? '')
      }
    },
    t('more')
  )
  if (next) rest.append(button)
  replace(at, h('ul', { class: 'orders' }, orders.map(row)), rest)
}

/** @param {Order} order */
function row(order) {
  const placed = order.timeline[0]?.at
  return h(
    'li',
    null,
    h(
      'a',
      { class: 'order-row', href: `/orders/${order.order_id}` },
      h('span', { class: 'order-what' }, whatOf(order)),
      h('span', { class: 'order-sum' }, order.amount === null ? '' : won(order.amount)),
      h('span', { class: 'order-when' }, placed ? dayTime(placed) : ''),
      h('span', { class: `badge ${order.status.toLowerCase()}` }, t(`status.${statusOf(order)}`))
    )
  )
}

/** 김치찌개 밀키트 외 2건. @param {Order} order */
export function whatOf(order) {
  const ids = [...new Set(idsOf(order))]
  if (ids.length === 0) return t('orders.one')
  const name = nameOf(/** @type {string} */ (ids[0]))
  return ids.length === 1 ? name : t('orders.andmore', { name, n: ids.length - 1 })
}

/** A failed payment is for the shopper a state of its own. @param {Order} order */
export const statusOf = (order) =>
  order.status === 'PENDING' && order.payment?.status === 'FAILED' ? 'FAILED' : order.status
