/**
 * parts.js — what several views show: headings, waiting, trouble, quantities, notices.
 */
import { asApiError, isAbort, pause } from '../common/api.js'
import { setConnection } from '../common/connection.js'
import { h, replace } from '../common/dom.js'
import { number } from '../common/format.js'
import { problemText, t } from '../common/i18n.js'
import { toast } from '../common/ui.js'

/** @typedef {import('../common/dom.js').Child} Child */

const AGAIN_MS = 1_500
const AGAIN_MS_MAX = 6_000

/** @param {string} words @param {...Child} beside */
export const heading = (words, ...beside) =>
  h('div', { class: 'heading' }, h('h1', { tabindex: '-1' }, words), ...beside)

/** @param {number} [rows] grey lines where something will be, for who looks; a word for who listens */
export const waiting = (rows = 3) =>
  h(
    'div',
    { class: 'waiting', role: 'status' },
    h('span', { class: 'visually-hidden' }, t('loading')),
    Array.from({ length: rows }, () => h('div', { 'class': 'bone', 'aria-hidden': 'true' }))
  )

/** @param {string} title @param {string} text @param {...Child} actions */
export const emptiness = (title, text, ...actions) =>
  h(
    'div',
    { class: 'empty' },
    h('p', { class: 'empty-title' }, title),
    h('p', null, text),
    ...actions
  )

/** @param {'info'|'bad'|'good'|'wait'} kind @param {...Child} children */
export const notice = (kind, ...children) => h('div', { class: `notice ${kind}` }, ...children)

/**
 * What a panel says, for whoever listens: its words without its buttons and signs.
 * @param {Element|null} panel
 */
export const wordsOf = (panel) =>
  [...(panel?.querySelectorAll('h2, p, li > span:not([aria-hidden])') ?? [])]
    .map(({ textContent }) => textContent)
    .join(' ')

/**
 * What is asked for goes into `at`. Trouble that passes by itself is told calmly, and asked again until it does.
 * @template T
 * @param {Element} at @param {AbortSignal} signal
 * @param {{ load: () => Promise<T>, show: (answer: T) => void, missing?: (code: string) => Node|null }} how
 */
export async function loadInto(at, signal, { load, show, missing }) {
  for (let wait = AGAIN_MS; !signal.aborted; wait = Math.min(wait * 2, AGAIN_MS_MAX)) {
    try {
      const answer = await load()
      setConnection('ok')
      if (!signal.aborted) show(answer)
      return
    } catch (error) {
      if (isAbort(error)) return
      const { code, passing } = asApiError(error)
      replace(
        at,
        missing?.(code) ??
          notice(
            passing ? 'wait' : 'bad',
            h('p', { role: 'status' }, problemText(code)),
            passing ? h('p', { class: 'muted' }, t('trouble.again')) : null
          )
      )
      if (!passing) return
    }
    await pause(wait, signal).catch(() => {})
  }
}

/** Something that was pressed did not work. @param {unknown} error */
export function complain(error) {
  if (!isAbort(error)) toast(problemText(asApiError(error).code), 'error')
}

/**
 * − 2 +, as one control with a name.
 * @param {{ name: string, value: number, max: number, onChange: (next: number) => void }} how
 */
export function stepper({ name, value, max, onChange }) {
  const step = (
    /** @type {number} */ by,
    /** @type {string} */ sign,
    /** @type {string} */ words
  ) =>
    h(
      'button',
      {
        'type': 'button',
        'class': 'icon',
        'aria-label': words,
        'disabled': by > 0 && value >= max,
        'data-step': by,
        'onclick': () => onChange(value + by)
      },
      sign
    )
  return h(
    'div',
    { 'class': 'stepper', 'role': 'group', 'aria-label': name },
    step(-1, '−', value === 1 ? t('stepper.remove', { name }) : t('stepper.less', { name })),
    h(
      'span',
      { 'aria-live': 'polite' },
      h('span', { class: 'visually-hidden' }, t('stepper.count')),
      number(value)
    ),
    step(1, '+', t('stepper.more', { name }))
  )
}

/** A line of a bill. @param {string} words @param {string} amount @param {string} [kind] */
export const billLine = (words, amount, kind = '') =>
  h('div', { class: `bill-line ${kind}` }, h('dt', null, words), h('dd', null, amount))
