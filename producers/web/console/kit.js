/**
 * kit.js — the small parts that every view is made of: ids to copy, states, sections, problems, tables.
 *
 * @typedef {import('/assets/common/dom.js').Child} Child
 */
import { asApiError } from '/assets/common/api.js'
import { h, newId, replace } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { has, problemText, reasonText, t } from '/assets/common/i18n.js'
import { announce } from '/assets/common/ui.js'

/** @param {string} text @param {string} label */
export function copyButton(text, label) {
  const button = h('button', { 'type': 'button', 'class': 'copy', 'aria-label': label,
    'title': label })
  const say = (/** @type {string} */ word) => { button.dataset.state = word }
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text)
      say('done')
      announce(t('console.copied'))
    } catch {
      say('failed') // no permission: what is to be copied stands beside it
      announce(t('console.copy_failed'))
    }
    setTimeout(() => say(''), 1500)
  })
  return button
}

/**
 * An id as it is, with a button that copies it.
 * @param {string|null|undefined} id @param {string} [href]
 */
export function idChip(id, href) {
  if (!id) return h('span', { class: 'none' }, '–')
  return h('span', { class: 'id' }, href ? h('a', { href }, id) : h('code', null, id),
    copyButton(id, t('console.copy_id', { id })))
}

/** @param {string} id */
export const orderHref = (id) => `/console/orders/${id}`

/** @param {string} customer */
export const customerHref = (customer) =>
  `/console/orders?${new URLSearchParams({ customer_id: customer })}`

const SIGNS = /** @type {Record<string, string>} */ ({
  PAID: '●', SOLD_OUT: '✕', CANCELLED: '↩', PENDING: '◐', RESERVED: '◔', REQUESTED: '○',
  RUNNING: '◐', DONE: '●', FOUND: '!', FAILED: '✕', STOPPED: '■',
})

/**
 * A state has a sign and a word beside its colour.
 * @param {string} state @param {string} [group]
 */
export function badge(state, group = 'status') {
  const key = `console.${group}.${state}`
  return h('span', { class: `badge ${state.toLowerCase()}`, title: state },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[state] ?? '·'), has(key) ? t(key)
      : state)
}

/** @param {string} status */
export const payment = (status) =>
  has(`console.payment.${status}`) ? t(`console.payment.${status}`) : status

/** What a reason means, with its code. @param {string|null|undefined} reason */
export function reasonWords(reason) {
  if (!reason) return h('span', { class: 'none' }, '–')
  const text = has(`reason.${reason}`) ? reasonText(reason) : null
  return h('span', { class: 'reason' }, text, text ? ' ' : null, h('code', null, reason))
}

/** @param {number|null|undefined} count */
export const count = (count) => count === null || count === undefined ? '–' : number(count)

/**
 * @param {string} title
 * @param {{ class?: string, aside?: Child }} options
 * @param {...(Child|Child[])} children
 */
export function section(title, options, ...children) {
  const id = newId('s')
  return h('section', { 'aria-labelledby': id, class: `panel ${options.class ?? ''}` },
    h('div', { class: 'panel-head' }, h('h2', { id }, title), options.aside), ...children)
}

/** @param {string} title @param {...(Child|Child[])} aside */
export function pageHead(title, ...aside) {
  return h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, title), ...aside)
}

/** Pairs of name and value. @param {[string, Child|Child[]][]} pairs */
export function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.map(([name, value]) =>
    h('div', null, h('dt', null, name), h('dd', null, ...[value].flat()))))
}

/**
 * @param {{ caption: string, head: (string|[string, string])[], class?: string }} options
 *   a head with a class for its column: ['title', 'num']; the class `cards`: on a phone each row is a list of its own
 * @param {Child[][]} rows
 */
export function table({ caption, head, class: name = '' }, rows) {
  const columns = head.map((title) => Array.isArray(title) ? title : [title, ''])
  return h('div', { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', { class: name }, h('caption', { class: 'visually-hidden' }, caption),
      h('thead', null, h('tr', null, columns.map(([title, kind]) =>
        h('th', { scope: 'col', class: kind || null }, title)))),
      h('tbody', null, rows.map((cells) => h('tr', null, cells.map((cell, i) =>
        h('td', { 'class': columns[i]?.[1] || null, 'data-head': columns[i]?.[0] ?? '',
          'data-none': cell === '–' || cell === '' }, cell)))))))
}

/** @param {string} text */
export const empty = (text) => h('p', { class: 'empty' }, text)

/** @param {string} [text] */
export const loading = (text = t('loading')) => h('p', { class: 'empty', role: 'status' }, text)

/**
 * What went wrong: in words, with its code, and a way to ask again.
 * @param {unknown} error
 * @param {() => void} [again]
 */
export function problem(error, again) {
  const known = asApiError(error)
  const own = has(`console.problem.${known.code}`)
  return h('div', { class: 'problem', role: 'alert' },
    h('p', null, h('strong', null, own ? t(`console.problem.${known.code}`)
      : problemText(known.code)), ' ',
      h('code', null, known.status ? `${known.code} · ${known.status}` : known.code)),
    known.message && known.message !== known.code ? h('p', { class: 'detail' }, known.message)
      : null,
    known.errors.map(({ pointer, code }) => h('p', { class: 'detail' }, h('code', null,
      `${pointer} ${code}`))),
    again ? h('button', { type: 'button', onclick: again }, t('again')) : null)
}

/**
 * Shows what a promise brings; says so while it is on its way, and when it does not come.
 * @template T
 * @param {Element} place
 * @param {() => Promise<T>} ask
 * @param {(answer: T) => Child|Child[]} draw
 * @param {AbortSignal} signal
 */
export async function fillWith(place, ask, draw, signal) {
  const wait = setTimeout(() => replace(place, loading()),
    150) // no flicker where the answer is quick
  try {
    const answer = await ask()
    if (!signal.aborted) replace(place, ...[draw(answer)].flat())
  } catch (error) {
    if (!signal.aborted) replace(place, problem(error, () => void fillWith(place, ask, draw,
      signal)))
  } finally {
    clearTimeout(wait)
  }
}

/**
 * JSON as it is, folded away until somebody wants it.
 * @param {string} title @param {unknown} value
 */
export function rawBlock(title, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return h('details', { class: 'raw' }, h('summary', null, title), copyButton(text,
    t('console.copy')),
    h('pre', { tabindex: '0' }, text))
}
