/**
 * orders.js — every order, newest first; what is looked for stands in the address.
 *
 * @typedef {import('./types.js').OrderRow} OrderRow
 */
import { get } from '/assets/common/api.js'
import { h, newId, replace } from '/assets/common/dom.js'
import { number, won } from '/assets/common/format.js'
import { t } from '/assets/common/i18n.js'
import { announce } from '/assets/common/ui.js'
import { badge, idChip, orderHref, pageHead, payment, problem } from './kit.js'
import { live, onLive } from './live.js'
import { go } from './main.js'
import { when } from './time.js'
import { Windowed } from './windowed.js'

const PAGE = 100
const REFRESH_MS = 2000
const TOP_PX = 200
const STATES = ['REQUESTED', 'RESERVED', 'PENDING', 'PAID', 'CANCELLED', 'SOLD_OUT']
const FURTHER = ['customer_id', 'coupon_code', 'from', 'to']
const NAMES = ['q', 'status', 'at_rest', 'customer_id', 'coupon_code', 'from', 'to', 'oldest']

/** @param {import('./main.js').Context} context */
export function orders({ root, query, signal }) {
  const wanted = new URLSearchParams([...query].filter(([name, value]) => NAMES.includes(name)
    && value))
  const found = h('p', { class: 'found' })
  const news = h('button', { type: 'button', class: 'news small', hidden: true })
  const said = h('div', null)
  const list = new Windowed({
    caption: t('console.nav.orders'), signal,
    head: [[t('console.order'), 'c-id'], [t('console.status'), 'c-status'],
      [t('console.payment'), 'c-payment'], [t('console.amount'), 'num c-amount'],
      [t('console.customer'), 'c-customer'], [t('console.coupon'), 'c-coupon'],
      [t('console.created'), 'c-when']],
    keyOf: (row) => row.order_id, cells, load: (after) => page(wanted, after, signal),
    onCount: (count, isAll) => {
      replace(said)
      const words = count === 0 && isAll ? t('console.no_orders')
        : t(isAll ? 'console.orders_all' : 'console.orders_so_far', { n: number(count) })
      if (words === found.textContent) return
      found.textContent = words
      if (isAll) announce(words)
    },
    onError: (error) => replace(said, problem(error, () => { replace(said); list.again() })),
  })
  replace(root, pageHead(t('console.nav.orders'), found), filters(wanted),
    h('div', { class: 'news-place' }, news), list.element, said)
  if (!wanted.get('oldest')) keepFresh(list, wanted, news, signal)
}

/** @param {URLSearchParams} wanted @param {string|null} after @param {AbortSignal} signal */
async function page(wanted, after, signal) {
  const asked = new URLSearchParams(wanted)
  asked.set('limit', String(PAGE))
  if (after) asked.set('after', after)
  const { orders: rows, next } = await get(`/v1/admin/orders?${asked}`, { signal })
  return { rows: /** @type {OrderRow[]} */ (rows), next: /** @type {string|null} */ (next) }
}

/**
 * While the top is in sight the newest page is asked for again when something has happened; further down, and where all
 * would change under somebody's hands, nothing moves, and a button says that there is more.
 * @param {Windowed<OrderRow>} list @param {URLSearchParams} wanted @param {HTMLElement} news
 * @param {AbortSignal} signal
 */
function keepFresh(list, wanted, news, signal) {
  let last = Date.now()
  let timer = 0
  /** @param {boolean} [asked] by whoever reads the list */
  const ask = async (asked = false) => {
    timer = 0
    last = Date.now()
    if (signal.aborted || document.hidden) return
    try {
      const { rows, next } = await page(wanted, null, signal)
      if (signal.aborted) return
      const count = list.countNew(rows)
      const isShown = (asked || scrollY <= TOP_PX) && list.refresh(rows, next, asked)
      if (asked) list.toTop()
      news.hidden = isShown || count === 0
      news.textContent = t('console.news', { n: count < PAGE ? number(count) : `${PAGE}+` })
    } catch { /* the next change asks again; that the server is away is said above */ }
  }
  onLive(['stats'], () => {
    timer ||= window.setTimeout(() => void ask(), Math.max(0, REFRESH_MS - (Date.now() - last)))
  }, signal)
  signal.addEventListener('abort', () => clearTimeout(timer))
  news.addEventListener('click', () => void ask(true))
}

/** @param {OrderRow} row @returns {import('./kit.js').Child[]} */
function cells(row) {
  const why = row.cancel_reason ?? row.payment?.reason
  return [
    idChip(row.order_id, orderHref(row.order_id)),
    h('span', null, badge(row.status), row.at_rest ? null
      : h('span', { class: 'flying' }, t('console.in_flight'))),
    h('span', null, row.payment
      ? `${payment(row.payment.status)}${row.payment.attempt ? ` #${row.payment.attempt}` : ''}`
      : '–',
      why ? h('code', { class: 'why' }, why) : null),
    row.amount === null ? '–' : won(row.amount), row.customer_id, row.coupon_code ?? '–',
    when(row.created_at),
  ]
}

/* ---- what is looked for ------------------------------------------------------------------------------------ */

/** @param {URLSearchParams} wanted */
function filters(wanted) {
  const form = h('form', { 'class': 'filters', 'aria-label': t('console.filters') },
    text('q', t('console.filter.q'), wanted), choice('status', t('console.status'), wanted,
      STATES.map((state) => [state, t(`console.status.${state}`)])),
    choice('at_rest', t('console.filter.rest'), wanted,
      [['false', t('console.filter.flying')], ['true', t('console.filter.resting')]]),
    choice('oldest', t('console.filter.sort'), wanted, [['true', t('console.filter.oldest')]],
      t('console.filter.newest')),
    h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'small' },
      t('console.filter.apply')),
      wanted.size ? h('a', { class: 'button small quiet', href: '/console/orders' },
        t('console.filter.clear')) : null),
    h('details', { open: FURTHER.some((name) => wanted.has(name)) }, h('summary', null,
      t('console.filter.more')),
      h('div', null, text('customer_id', t('console.customer'), wanted),
        text('coupon_code', t('console.coupon'), wanted),
        moment('from', t('console.filter.from'), wanted), moment('to', t('console.filter.to'),
          wanted))))
  const apply = () => {
    const next = addressOf(form)
    if (next !== location.pathname + location.search) go(next)
  }
  form.addEventListener('submit', (event) => { event.preventDefault(); apply() })
  form.addEventListener('change',
    (event) => { if (event.target instanceof HTMLSelectElement) apply() })
  return form
}

/** @param {HTMLFormElement} form */
function addressOf(form) {
  const next = new URLSearchParams()
  for (const [name, value] of new FormData(form)) {
    const words = String(value).trim()
    if (words) next.set(name, /^(from|to)$/.test(name) ? new Date(words).toISOString() : words)
  }
  return `/console/orders${next.size ? `?${next}` : ''}`
}

/** @param {string} name @param {string} label @param {Node} control */
function field(name, label, control) {
  const id = newId(name)
  ;/** @type {HTMLElement} */ (control).id = id
  return h('div', { class: `field f-${name}` }, h('label', { for: id }, label), control)
}

/** @param {string} name @param {string} label @param {URLSearchParams} wanted */
const text = (name, label, wanted) => field(name, label, h('input', { type: 'text', name,
  autocomplete: 'off', spellcheck: 'false', maxlength: 64, value: wanted.get(name) ?? '' }))

/** @param {string} name @param {string} label @param {URLSearchParams} wanted */
const moment = (name, label, wanted) => field(name, label, h('input', { type: 'datetime-local',
  name,
  step: 1, value: localOf(wanted.get(name)) }))

/** @param {string|null} at */
function localOf(at) {
  if (!at || Number.isNaN(Date.parse(at))) return ''
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/**
 * @param {string} name @param {string} label @param {URLSearchParams} wanted
 * @param {string[][]} options @param {string} [any]
 */
const choice = (name, label, wanted, options, any = t('console.filter.any')) => field(name, label,
  h('select', { name }, h('option', { value: '' }, any), options.map(([value, words]) =>
    h('option', { value, selected: wanted.get(name) === value }, words ?? ''))))
