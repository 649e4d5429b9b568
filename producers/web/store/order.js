/**
 * order.js — one order, from reserved stock to its end.  The address names it, so a reload comes back to the
 * same place.
 *
 * The order is asked for whenever its event stream says that something happened, and drawn from that answer
 * alone: what
 * the page believes is never more than what the server has told. A panel is only drawn anew when the order has
 * come to another
 * phase, so nothing is taken from under the fingers of whoever types.
 *
 * @typedef {import('./types.js').Order} Order
 * @typedef {import('./phase.js').Phase} Phase
 * @typedef {{ order: Order, signal: AbortSignal, refresh: () => Promise<void>, edit: (on: boolean) => void,
 *   editing: boolean, pending: { payment: boolean } }} Context
 * @typedef {{ node: HTMLElement, update?: (order: Order) => void }} Panel
 */
import { ApiError, asApiError, get, isAbort, pause } from '../common/api.js'
import { follow, setConnection } from '../common/connection.js'
import { find, h, replace } from '../common/dom.js'
import { problemText, t } from '../common/i18n.js'
import { announce } from '../common/ui.js'
import { ensureNames } from './catalogue.js'
import { detailsPanel } from './details.js'
import { settleCart } from './keep.js'
import { navigate } from './navigate.js'
import { cancelledPanel, checkingPanel, failedPanel, paidPanel, soldOutPanel } from './outcome.js'
import { notice, waiting, wordsOf } from './parts.js'
import { payingPanel, payPanel } from './payment.js'
import { isOver, phaseOf } from './phase.js'
import { deadline, steps, summary } from './summary.js'

const COALESCE_MS = 40
const AGAIN_MS = 1_000
const AGAIN_MS_MAX = 5_000
const EVENTS = [
  'OrderRequested',
  'CouponSelected',
  'ShippingSubmitted',
  'PaymentRequested',
  'CancelRequested',
  'StockReserved',
  'StockRejected',
  'StockReleased',
  'CouponRequested',
  'CouponApplied',
  'CouponRejected',
  'CouponRestored',
  'OrderCreated',
  'PaymentCompleted',
  'PaymentFailed',
  'PaymentRefunded',
  'PaymentVoided',
  'OrderPaid',
  'OrderCancelled',
  'CancelRefused',
  'PartnerOrder',
  'ExportAcknowledged'
]

/** @type {Record<Phase, (context: Context) => Panel>} */
const PANELS = {
  checking: checkingPanel,
  cancelling: checkingPanel,
  soldout: soldOutPanel,
  details: detailsPanel,
  pay: payPanel,
  paying: payingPanel,
  failed: failedPanel,
  paid: paidPanel,
  cancelled: cancelledPanel
}

/** @type {import('./main.js').View} */
export function orderView(main, signal, id = '') {
  const title = h('h1', { tabindex: '-1' }, t('order.title'))
  const number = h('p', { class: 'muted order-id' }, t('order.number', { id }))
  const parts = {
    title,
    trouble: h('div'),
    steps: h('div'),
    deadline: h('div'),
    panel: h('div', { id: 'panel' }),
    aside: h('div', { id: 'summary' })
  }
  replace(parts.panel, waiting(4))
  replace(
    main,
    h('div', { class: 'heading' }, title, number),
    parts.steps,
    parts.trouble,
    h(
      'div',
      { class: 'columns' },
      h('div', { class: 'stack' }, parts.deadline, parts.panel),
      parts.aside
    )
  )
  live(id, signal, parts)
  return t('order.title')
}

/** @typedef {Record<'title'|'trouble'|'steps'|'deadline'|'panel'|'aside', HTMLElement>} Parts */

/** @param {string} id @param {AbortSignal} signal @param {Parts} parts */
function live(id, signal, parts) {
  const address = `/v1/orders/${encodeURIComponent(id)}`
  const draw = drawer(parts, signal, refresh)
  /** @type {Promise<void>|null} */
  let asking = null
  let askAgain = false
  /** @type {Order|null} */
  let known = null
  /** @type {(() => void)|null} */
  let end = null

  /** Asked once at a time; what happens meanwhile is asked for after. @returns {Promise<void>} */
  function refresh() {
    askAgain = asking !== null
    asking ??= ask().finally(() => {
      asking = null
      if (askAgain && !signal.aborted) refresh()
    })
    return asking
  }

  async function ask() {
    await pause(COALESCE_MS, signal).catch(() => {})
    for (let wait = AGAIN_MS; !signal.aborted; wait = Math.min(wait * 2, AGAIN_MS_MAX)) {
      try {
        const order = /** @type {Order} */ (await get(address, { signal, tries: 1 }))
        setConnection('ok')
        if (!signal.aborted) await arrived(order)
        return
      } catch (error) {
        if (isAbort(error)) return
        if (!troubled(asApiError(error))) return
      }
      await pause(wait, signal).catch(() => {})
    }
  }

  /** @param {Order} order */
  async function arrived(order) {
    if (!known)
      await ensureNames(
        (order.items ?? order.rejection?.lines ?? []).map(({ product_id }) => product_id),
        signal
      ).catch(() => {})
    if (signal.aborted) return
    known = order
    replace(parts.trouble)
    settleCart(order)
    draw(order)
    if (!isOver(order))
      end ??= follow(`${address}/events`, {
        names: EVENTS,
        onEvent: refresh,
        onReopen: refresh,
        isOver: () => known !== null && isOver(known)
      })
  }

  /** Whether it is worth asking again. @param {ApiError} error */
  function troubled(error) {
    if (!error.passing) {
      end?.()
      missing(parts, error.code)
    } else if (error.status === 0) {
      setConnection(navigator.onLine ? 'server' : 'offline')
      if (!known) replace(parts.panel, notice('wait', h('p', null, problemText(error.code))))
    } else {
      replace(parts.trouble, notice('wait', h('p', { role: 'status' }, problemText(error.code))))
    }
    return error.passing
  }

  signal.addEventListener('abort', () => end?.())
  window.addEventListener('online', () => refresh(), { signal })
  refresh()
}

/** @param {Parts} parts @param {string} code */
function missing(parts, code) {
  parts.title.textContent = t('missing.title')
  replace(
    parts.panel,
    notice(
      'bad',
      h('p', { role: 'alert' }, problemText(code === 'invalid_request' ? 'order_not_found' : code)),
      h(
        'div',
        { class: 'actions' },
        h('a', { class: 'button', href: '/orders' }, t('nav.orders')),
        h('a', { class: 'button', href: '/' }, t('nav.products'))
      )
    )
  )
}

/**
 * @param {Parts} parts
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} refresh
 * @returns {(order: Order) => void}
 */
function drawer(parts, signal, refresh) {
  /** @type {Panel|null} */
  let panel = null
  let drawn = ''
  const pending = { payment: false }
  const countdown = deadline(parts.deadline, signal)

  return (order) => {
    const phase = shown(order, pending)
    const editing = history.state?.edit === true && (phase === 'pay' || phase === 'failed')
    const edit = (/** @type {boolean} */ on) =>
      navigate(location.pathname, { state: on ? { edit: true } : {}, replace: !on })
    const context = { order, signal, refresh, edit, editing, pending }
    replace(parts.steps, steps(order))
    replace(parts.aside, summary(order))
    countdown(order)
    const words = t(editing ? 'phase.edit' : `phase.${phase}`)
    const changed = drawn !== `${phase} ${editing}`
    if (!changed) return panel?.update?.(order)
    panel = editing ? detailsPanel(context) : PANELS[phase](context)
    const first = drawn === ''
    drawn = `${phase} ${editing}`
    exchange(parts, panel.node, words, first)
  }
}

/**
 * What was pressed is shown before the server tells it back.
 * @param {Order} order
 * @param {{ payment: boolean }} pending
 * @returns {Phase}
 */
function shown(order, pending) {
  const phase = phaseOf(order)
  if (phase !== 'pay') pending.payment = false
  return pending.payment ? 'paying' : phase
}

/**
 * What came of an order is spoken with its heading; the focus goes along when it was in what is taken away.
 * @param {Parts} parts
 * @param {HTMLElement} node
 * @param {string} words
 * @param {boolean} first
 */
function exchange(parts, node, words, first) {
  const had = parts.panel.contains(document.activeElement)
  replace(parts.panel, node)
  parts.title.textContent = words
  document.title = `${words} – ${t('brand')}`
  if (first) return
  announce([words, wordsOf(find('.notice', node))].filter(Boolean).join('. '))
  if (had || document.activeElement === document.body) find('h1')?.focus()
}
