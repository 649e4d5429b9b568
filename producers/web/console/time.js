/**
 * time.js — times as a person at night reads them: when, and how long ago; to the millisecond where it matters.
 */
import { h } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { language, t } from '/assets/common/i18n.js'

const UNITS = /** @type {const} */ ([['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]])

/** Two units at most: 340 ms, 2.41 s, 4분 12초, 3 h 5 min. @param {number} ms */
export function duration(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} ${unit('s')}`.replace(' 초', '초')
  return spell(Math.round(ms / 1000))
}

/** Whole seconds are enough. @param {number} seconds */
function spell(seconds) {
  const first = UNITS.findIndex(([, size]) => seconds >= size)
  if (first < 0) return `0${gap()}${unit('s')}`
  let left = seconds
  return UNITS.slice(first, first + 2).map(([name, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count ? `${number(count)}${gap()}${unit(name)}` : ''
  }).filter(Boolean).join(' ')
}

const gap = () => language() === 'ko' ? '' : ' '

/** @param {'d'|'h'|'min'|'s'} name */
const unit = (name) => t(`console.unit.${name}`)

/** @param {number} at @param {number} [now] */
export function ago(at, now = Date.now()) {
  const seconds = Math.round((now - at) / 1000)
  if (Math.abs(seconds) < 1) return t('console.now')
  return t(seconds > 0 ? 'console.ago' : 'console.ahead', { d: spell(Math.abs(seconds)) })
}

/** 12:03:22.118; with the day where it is another. @param {number} at @param {boolean} [fine] */
export function absolute(at, fine = false) {
  const date = new Date(at)
  const two = (/** @type {number} */ n, digits = 2) => String(n).padStart(digits, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => two(n)).join(':')
    + (fine ? `.${two(date.getMilliseconds(), 3)}` : '')
  if (date.toDateString() === new Date().toDateString()) return clock
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`
}

/**
 * Both at once; the second part goes on by itself (see tick).
 * @param {string|null|undefined} text as the API has it
 * @param {{ fine?: boolean, relative?: boolean }} [options]
 */
export function when(text, { fine = false, relative = true } = {}) {
  if (!text) return h('span', { class: 'none' }, '–')
  const at = Date.parse(text)
  return h('time', { datetime: text, title: text, class: 'when' }, absolute(at, fine),
    relative ? h('span', { class: 'ago', 'data-at': at }, ago(at)) : null)
}

/**
 * Every time that says how long ago, once a second, and only where it says something else by then.
 */
export function tick() {
  const now = Date.now()
  for (const node of document.querySelectorAll('[data-at]')) {
    const text = ago(Number(/** @type {HTMLElement} */ (node).dataset.at), now)
    if (node.textContent !== text) node.textContent = text
  }
}
