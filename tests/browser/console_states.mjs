/**
 * console_states.mjs — every state of the console, brought about once on a running stack, to be looked at by whoever likes.
 *
 * A view is an address, what has to be seen there, and what is pressed then.
 *
 * @typedef {{ name: string, path: string, ready: string, open?: string, then?: string }} View
 */
import { product, shopper } from './harness.mjs'
import { SHIPPING, act, compensated, letter, park, place, rests } from './console_support.mjs'

/** An order that went well, one that was refused, one that waits for its shopper. */
async function orders() {
  const [sku, few, rich] = await Promise.all([product(), product({ name: '씨앗호떡 한정판', stock: 1 }),
    shopper(100_000)])
  const [paid, refused, waiting] = await Promise.all([
    place(rich, sku, { shipping: SHIPPING, auto_pay: true }),
    act('POST', '/v1/orders', { customer_id: rich, items: [{ product_id: few, quantity: 2 }] })
      .then(({ order_id: id }) => id),
    place(rich, sku, { shipping: SHIPPING })])
  await Promise.all([rests(paid, 'PAID'), rests(refused, 'SOLD_OUT'), rests(waiting, 'PENDING')])
  return { paid, refused, waiting }
}

/** @returns {Promise<{ views: View[], mend: () => Promise<unknown> }>} mend: nothing stays parked */
export async function consoleStates() {
  const [cancelled, poisoned, { paid, refused, waiting }] = await Promise.all([compensated(), park(),
    orders()])
  const told = await letter('{"not": json')
  const { job_id: job } = await act('POST', '/v1/admin/jobs', { kind: 'audit', by: 'kim',
    reason: 'views' })
  const { job_id: dry } = await act('POST', '/v1/admin/jobs', { kind: 'redrive', dry_run: true,
    by: 'kim', service: 'order', key: poisoned.order })
  const { job_id: compared } = await act('POST', '/v1/admin/jobs', { kind: 'rebuild_compare', by: 'kim',
    service: 'export' })
  const order = (/** @type {string} */ id) => `/console/orders/${id}`
  return { mend: poisoned.mend, views: [
    { name: 'overview', path: '/console', ready: '.verdict .sign' },
    { name: 'orders', path: '/console/orders', ready: '.rows tbody tr:not(.spacer)' },
    { name: 'orders, none', path: '/console/orders?customer_id=nobody-at-all',
      ready: '.found:not(:empty)' },
    { name: 'order, timeline', path: order(cancelled), ready: '.tl-mark.undo' },
    { name: 'order, all pauses', path: `${order(cancelled)}?scale=linear`, ready: '.tl-mark.undo' },
    { name: 'order, an event', path: order(cancelled), ready: '.tl-mark.undo', open: '.tl-mark.fail',
      then: '.detail-pane h3' },
    { name: 'order, compact', path: `${order(cancelled)}?view=compact`, ready: 'table.events' },
    { name: 'order, raw', path: `${order(cancelled)}?view=raw`, ready: '.raw-events' },
    { name: 'order paid', path: order(paid), ready: '.tl-mark' },
    { name: 'order sold out', path: order(refused), ready: '.failure' },
    { name: 'order of a shopper', path: order(waiting), ready: '.wait.calm' },
    { name: 'order that waits', path: order(poisoned.order), ready: '.wait:not(.calm)' },
    { name: 'cancel', path: order(waiting), ready: '.page-head .danger:not([hidden])',
      open: '.page-head .danger', then: 'dialog[open]' },
    { name: 'dead letters', path: '/console/dead-letters', ready: 'table.letters' },
    { name: 'letter', path: `/console/dead-letters/${told.partition}/${told.offset}`,
      ready: 'pre.value' },
    { name: 'parked', path: `/console/parked/order/${poisoned.order}`, ready: '.parked-events' },
    { name: 'jobs', path: '/console/jobs', ready: 'main table' },
    { name: 'audit', path: `/console/jobs/${job}`, ready: 'table.audit' },
    { name: 'dry run', path: `/console/jobs/${dry}`, ready: '.job .badge.done' },
    { name: 'comparison', path: `/console/jobs/${compared}`, ready: '.verdict' },
    { name: 'topics', path: '/console/topics', ready: '.topic' },
    { name: 'topic', path: '/console/topics?find=StockReserved', ready: '.topic:not([hidden])',
      open: '.topic:not([hidden]) summary', then: '.topic[open] table' },
    { name: 'actions', path: '/console/actions', ready: 'table.actions' },
    { name: 'keys', path: '/console/topics', ready: '.topic', open: '.switches .icon',
      then: 'dialog[open]' },
    { name: 'nothing there', path: '/console/no/such/page', ready: 'h1' },
  ] }
}

/** What has to be pressed is pressed. @param {import('playwright-core').Page} page @param {View} view */
export async function look(page, { ready, open: button, then }) {
  await page.waitForSelector(ready)
  if (!button) return
  await page.locator(button).first().click()
  if (then) await page.waitForSelector(then)
}
