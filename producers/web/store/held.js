/**
 * held.js — the way back to an order that was begun and not paid: stock is held for it.
 */
import { get } from '../common/api.js'
import { h, replace } from '../common/dom.js'
import { t } from '../common/i18n.js'
import { customer } from './keep.js'

/** @param {HTMLElement} at @param {AbortSignal} signal */
export async function heldOrder(at, signal) {
  const id = customer()
  if (!id) return
  try {
    const { orders } = await get(`/v1/orders?customer_id=${encodeURIComponent(id)}&limit=5`, {
      signal
    })
    const open = orders.find(
      (/** @type {import('./types.js').Order} */ order) =>
        order.status === 'RESERVED' || order.status === 'PENDING'
    )
    if (!open || signal.aborted) return
    replace(
      at,
      h(
        'a',
        { class: 'held', href: `/orders/${open.order_id}` },
        h('span', null, t('held.text')),
        h('span', { class: 'held-go' }, t('held.go'))
      )
    )
  } catch {
    /* only a courtesy */
  }
}
