/**
 * order.js — one order: what went wrong first, then what it waits for, then its story.
 *
 * @typedef {import('./types.js').Order} Order
 * @typedef {import('./types.js').Wait} Wait
 * @typedef {{ order: Order, events: import('./types.js').OrderEvent[], waits: Wait[], at: number,
 *   unknown: unknown }} Whole
 */
import { get, isAbort, post } from '/assets/common/api.js'
import { follow } from '/assets/common/connection.js'
import { find, h, replace } from '/assets/common/dom.js'
import { number, won } from '/assets/common/format.js'
import { t } from '/assets/common/i18n.js'
import { announce, dialog, toast } from '/assets/common/ui.js'
import { actionForm, command, line, whoAndWhy } from './command.js'
import { eventsTable, rawEvent, rawEvents } from './events_table.js'
import { badge, customerHref, facts, idChip, loading, pageHead, payment, problem, rawBlock,
  reasonWords, section }
  from './kit.js'
import { go } from './main.js'
import { redraw } from './redraw.js'
import { storyOf } from './story.js'
import { when } from './time.js'
import { drawTimeline } from './timeline.js'
import { answersOf, waitsPanel } from './waits.js'

const REFRESH_MS = 300
const WAITING_MS = 2000
const VIEWS = ['timeline', 'compact', 'raw']
const EVENTS = ['OrderRequested', 'CouponSelected', 'ShippingSubmitted', 'PaymentRequested',
  'CancelRequested',
  'StockReserved', 'StockRejected', 'StockReleased', 'CouponRequested', 'CouponApplied',
    'CouponRejected',
  'CouponRestored', 'OrderCreated', 'PaymentCompleted', 'PaymentFailed', 'PaymentRefunded',
    'PaymentVoided',
  'OrderPaid', 'OrderCancelled', 'CancelRefused', 'PartnerOrder', 'ExportAcknowledged']

/** @param {import('./main.js').Context} context */
export function order({ root, params, query, signal }) {
  const id = params[0] ?? ''
  const parts = { top: h('div', { class: 'stack' }, loading()), story: h('div', { class: 'story' }),
    rest: h('div', { class: 'stack' }) }
  const view = VIEWS.find((name) => name === query.get('view')) ?? 'timeline'
  const fold = query.get('scale') !== 'linear'
  const cancelButton = h('button', { type: 'button', class: 'danger small', hidden: true,
    onclick: () => cancelDialog(id, refresh) }, t('console.cancel.open'))
  replace(root, pageHead(t('console.order'), idChip(id), cancelButton), parts.top, parts.story,
    parts.rest)

  /** @type {Whole|null} */
  let whole = null
  let drawn = ''
  let timer = 0
  let asking = false
  const detail = h('div', { 'class': 'detail-pane', 'role': 'region', 'aria-live': 'polite',
    'aria-label': t('console.event') }, h('p', { class: 'hint' }, t('console.timeline.hint')))
  const draw = () => {
    if (!whole || signal.aborted) return
    cancelButton.hidden = !whole.order.next.includes('cancel') && whole.order.status !== 'REQUESTED'
    redraw(parts.top, ...topOf(whole))
    redraw(parts.rest, ...restOf(whole.order))
    const moves = view === 'timeline' && isMoving(whole)
    const now = `${whole.events.length} ${whole.order.at_rest} ${moves ? whole.at : ''}`
    if (now === drawn && parts.story.childElementCount) return // the mark in focus stays
    drawn = now
    keepFocus(parts.story, () => replace(parts.story, storyPanel(whole, { view, fold, id,
      detail, width: room(parts.story) })))
  }
  const ask = async () => {
    timer = 0
    if (asking) { refresh(); return }
    asking = true
    try {
      whole = await wholeOf(id, signal)
      draw()
      if (isMoving(whole) && !signal.aborted) refresh(WAITING_MS)
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      if (!whole) replace(parts.top, problem(error, () => void ask()))
      refresh(WAITING_MS)
    } finally {
      asking = false
    }
  }
  /** Many events at once are one question. @param {number} [ms] */
  function refresh(ms = REFRESH_MS) {
    if (signal.aborted || timer && ms >= REFRESH_MS && ms !== REFRESH_MS) return
    clearTimeout(timer)
    timer = window.setTimeout(ask, ms)
  }
  const end = follow(`/v1/orders/${encodeURIComponent(id)}/events`, { names: EVENTS,
    onReopen: () => refresh(),
    onEvent: () => refresh(), isOver: () => signal.aborted || isOver(whole) })
  const resized = () => { drawn = ''; draw() }
  window.addEventListener('resize', resized, { signal })
  signal.addEventListener('abort', () => { end(); clearTimeout(timer) })
  void ask()
}

/**
 * The events with their places may be late; the order's own are enough for a story.
 * @param {string} id @param {AbortSignal} signal @returns {Promise<Whole>}
 */
async function wholeOf(id, signal) {
  const path = encodeURIComponent(id)
  const order = /** @type {Order} */ (await get(`/v1/orders/${path}`, { signal }))
  /** @type {unknown} */
  let unknown = null
  const orNone = (/** @type {unknown} */ error) => { unknown = error; return [] }
  const [places, waits] = await Promise.all([
    get(`/v1/admin/orders/${path}/events`, { signal }).then((answer) => answer.events, orNone),
    isClosed(order) ? [] : get(`/v1/admin/orders/${path}/waits`, { signal })
      .then((answer) => fitting(answer, order), orNone)])
  const known = new Map(places.map((/** @type {any} */ event) => [event.event_id, event]))
  const events = order.timeline.map((event) => ({ ...event,
    ...without(known.get(event.event_id)) }))
  return { order, events, waits, at: Date.now(), unknown }
}

/** Nothing more can come: one at rest may still be gone on with, or be on its way to the partner. @param {Order} order */
const isClosed = (order) => order.at_rest && order.next.length === 0
  && (order.status !== 'PAID' || order.export === 'ACKNOWLEDGED')

/** An answer is on its way. @param {Whole} whole */
const isMoving = ({ order, waits }) => !order.at_rest || waits.some(({ says }) => says !== 'shopper')

/** @param {Whole|null} whole */
const isOver = (whole) => whole !== null && isClosed(whole.order)

/**
 * The two were asked for at once, and the order may have gone on between: what it waits for is said of the state that
 * is shown, or with the next look.
 * @param {{ at_rest: boolean, waits_for: Wait[] }} answer @param {Order} order
 */
const fitting = (answer, order) => answer.at_rest === order.at_rest ? answer.waits_for : []

/** What is not known there does not hide what is known here. @param {any} event */
const without = (event) => Object.fromEntries(Object.entries(event ?? {}).filter(([, value]) =>
  value !== null))

/** @param {Element} place @param {() => void} draw */
function keepFocus(place, draw) {
  const marks = () => [...place.querySelectorAll('.tl-mark')]
  const at = document.activeElement ? marks().indexOf(document.activeElement) : -1
  const scrolled = place.querySelector('.tl-scroll')?.scrollLeft ?? 0
  const unfolded = find('details[open]', place) !== null
  draw()
  if (unfolded) find('details', place)?.setAttribute('open', '')
  const scroll = place.querySelector('.tl-scroll')
  if (scroll) scroll.scrollLeft = scrolled
  const again = marks()[at]
  if (again instanceof SVGElement) again.focus()
}

/* ---- on top: the failure, the wait, the facts -------------------------------------------------------------- */

/** @param {Whole} whole */
function topOf({ order, waits, unknown }) {
  return [failure(order), unknown ? problem(unknown) : null, waits.length ? waitsPanel(waits,
    order.order_id) : null, summary(order)]
}

/** The reason of the failure, first of all. @param {Order} order */
function failure(order) {
  const [title, reason] = order.rejection ? ['console.failed.refused', order.rejection.reason]
    : order.status === 'CANCELLED' ? ['console.failed.cancelled', order.cancel_reason]
    : order.payment?.status === 'FAILED' ? ['console.failed.payment', order.payment.reason] : []
  const alsoPayment = order.status === 'CANCELLED' && order.payment?.status === 'FAILED'
  const coupon = order.coupon?.status === 'REJECTED' ? order.coupon : null
  if (!title && !coupon) return null
  return h('div', { class: 'failure', role: 'note' },
    title ? h('p', null, h('strong', null, t(title)), ' ', reasonWords(reason)) : null,
    alsoPayment ? h('p', null, t('console.failed.payment'), ' ', reasonWords(order.payment?.reason))
      : null,
    order.rejection?.lines?.map((one) => h('p', { class: 'detail' }, h('code', null,
      one.product_id), ' ',
      t('console.failed.line', { requested: number(one.requested),
        available: number(one.available) }))) ?? null,
    coupon ? h('p', null, t('console.failed.coupon'), ' ', h('code', null, coupon.coupon_code), ' ',
      reasonWords(coupon.reason)) : null)
}

/** @param {Order} order */
function summary(order) {
  const flying = order.at_rest ? null : h('span', { class: 'flying' }, t('console.in_flight'))
  const pay = order.payment
  return section(t('console.summary'), { class: 'summary' }, facts([
    [t('console.status'), [badge(order.status), flying]],
    [t('console.customer'), h('a', { href: customerHref(order.customer_id) }, order.customer_id)],
    [t('console.amount'), money(order)],
    [t('console.payment'), pay ? `${payment(pay.status)} #${pay.attempt ?? '?'}` : '–'],
    [t('console.coupon'), order.coupon ? [h('code', null, order.coupon.coupon_code), ' ',
      t(`console.coupon.${order.coupon.status}`)] : '–'],
    [t('console.export'), t(`console.export.${order.export}`)],
    [t('console.created'), when(order.timeline[0]?.at ?? null)],
    ...(order.deadline_at && !['PAID', 'CANCELLED'].includes(order.status) ? [/** @type {[string,
      Node]} */ (
      [t('console.deadline'), when(order.deadline_at)])] : []),
    ...(order.status === 'CANCELLED' ? [/** @type {[string, Node]} */ ([t('console.compensation'),
      compensation(order)])] : []),
  ]))
}

/** @param {Order} order */
function money({ amount, subtotal, discount }) {
  if (amount === null && subtotal === null) return '–'
  const sum = won(amount ?? subtotal ?? 0)
  return discount ? `${sum} (${won(subtotal ?? 0)} − ${won(discount)})` : sum
}

/** @param {Order} order */
function compensation({ compensation: all }) {
  const parts = /** @type {const} */ (['stock', 'coupon', 'payment'])
  return h('ul', { class: 'undone' }, parts.filter((part) => all[part] !== 'NONE').map((part) =>
    h('li', { class: all[part].toLowerCase() }, h('span', { 'class': 'sign',
      'aria-hidden': 'true' },
      all[part] === 'DONE' ? '✓' : '…'),
        `${t(`console.part.${part}`)} ${t(`console.undone.${all[part]}`)}`)))
}

/* ---- the story --------------------------------------------------------------------------------------------- */

/**
 * @param {Whole|null} whole
 * @param {{ view: string, fold: boolean, id: string, detail: HTMLElement, width: number }} options
 */
function storyPanel(whole, { view, fold, id, detail, width }) {
  if (!whole) return ''
  const marks = storyOf(whole.events)
  const tabs = h('nav', { 'class': 'tabs', 'aria-label': t('console.views') }, VIEWS.map((name) =>
    h('a', { 'href': address(id, name, fold), 'aria-current': name === view ? 'true' : null },
      t(`console.view.${name}`))))
  const body = view === 'compact' ? [eventsTable(marks)]
    : view === 'raw' ? [rawEvents(marks), rawBlock(t('console.whole_order'), whole.order)]
    : timelineOf(whole, marks, { fold, id, detail, width })
  return section(t('console.story'), { aside: tabs }, ...body,
    command(view === 'raw' ? line('show', id, '--json') : line('show', id)))
}

/** @param {string} id @param {string} view @param {boolean} fold */
function address(id, view, fold) {
  const query = new URLSearchParams()
  if (view !== 'timeline') query.set('view', view)
  if (!fold) query.set('scale', 'linear')
  return `/console/orders/${id}${query.size ? `?${query}` : ''}`
}

/** What the panel's edges and the lanes' names leave (parts.css). @param {Element} place */
const room = (place) => place.clientWidth - 37 - (innerWidth > 720 ? 118 : 96)

/**
 * @param {Whole} whole @param {import('./story.js').Mark[]} marks
 * @param {{ fold: boolean, id: string, detail: HTMLElement, width: number }} options
 */
function timelineOf({ waits, at }, marks, { fold, id, detail, width }) {
  const open = waits.filter(({ service }) => service)
    .map((wait) => ({ service: wait.service ?? '', now: at, words: answersOf(wait),
      since: wait.since ? Date.parse(wait.since) : marks[marks.length - 1]?.at ?? at }))
  const box = h('input', { type: 'checkbox', id: 'fold', checked: fold, onchange: () =>
    go(address(id, 'timeline', !fold), { keep: true }) })
  return [
    h('div', { class: 'legend' }, ['ask', 'step', 'fail', 'end', 'undo'].map((kind) =>
      h('span', { class: `event ${kind}` }, h('span', { 'class': 'sign', 'aria-hidden': 'true' },
        { ask: '○', step: '●', fail: '◆', end: '■', undo: '◀' }[kind] ?? ''),
          t(`console.kind.${kind}`))),
    h('span', { class: 'check' }, box, h('label', { for: 'fold' }, t('console.timeline.fold')))),
    drawTimeline(marks, { width, fold, open, onSelect: (mark) => replace(detail, rawEvent(mark)) }),
    detail,
    h('details', { class: 'raw as-table' }, h('summary', null, t('console.as_table')),
      eventsTable(marks))]
}

/* ---- below: what was ordered ------------------------------------------------------------------------------- */

/** @param {Order} order */
function restOf({ items, shipping, revision }) {
  return [h('div', { class: 'grid two' },
    section(t('console.items'), {}, h('ul', { class: 'items' }, (items ?? []).map((item) => h('li',
      null,
      h('code', null, item.product_id), h('span', null, ` × ${number(item.quantity)}`),
      h('span', { class: 'num' }, item.unit_price === null ? '–'
        : won(item.unit_price * item.quantity)))))),
    section(t('console.shipping'), {}, shipping ? facts([[t('console.recipient'),
      shipping.recipient],
      [t('console.address'), shipping.address], [t('console.contact'), shipping.contact],
      [t('console.revision'), String(revision ?? '–')]]) : h('p', { class: 'empty' }, '–')))]
}

/* ---- cancel and compensate --------------------------------------------------------------------------------- */

/** @param {string} id @param {() => void} refresh */
function cancelDialog(id, refresh) {
  const box = dialog(t('console.cancel.title'), (close) => [
    h('p', null, t('console.cancel.says')), idChip(id),
    actionForm({ fields: whoAndWhy(), submit: t('console.cancel.submit'), danger: true,
      command: ({ reason, by }) => line('cancel', id, '--reason', String(reason) || '…', '--by',
        String(by) || '…'),
      act: async ({ reason, by }) => {
        const answer = await post(`/v1/admin/orders/${id}/cancel`, { reason, by },
          { timeoutMs: 40_000 })
        close()
        if (answer?.recorded === false) toast(t('console.cancel.unrecorded'), 'error')
        else announce(t('console.cancel.accepted'))
        refresh()
      } })])
  box.querySelector('input')?.focus()
}
