/**
 * format.js — money, times and counts, as they are written in the language in force.
 */
import { language, t } from './i18n.js'

const LOCALE = { ko: 'ko-KR', en: 'en-GB' }
const SECOND_MS = 1000

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map()

/** @param {Intl.DateTimeFormatOptions} options */
function dateFormat(options) {
  const key = language() + JSON.stringify(options)
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(LOCALE[language()], options)))
  return format
}

const grouped = new Intl.NumberFormat('en-US')

/** 22,800. @param {number} count */
export const number = (count) => grouped.format(count)

/** ₩22,800; −₩3,000. @param {number} amount */
export const won = (amount) => (amount < 0 ? '−₩' : '₩') + grouped.format(Math.abs(amount))

/** The hour and minute. @param {string|number|Date} at */
export const clock = (at) =>
  dateFormat({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at))

/** The hour, minute and second. @param {string|number|Date} at */
export const clockSeconds = (at) =>
  dateFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(
    new Date(at)
  )

/** Day and time, without the year. @param {string|number|Date} at */
export const dayTime = (at) =>
  dateFormat({
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23'
  }).format(new Date(at))

/** The whole date. @param {string|number|Date} at */
export const date = (at) =>
  dateFormat({ year: 'numeric', month: 'long', day: 'numeric' }).format(new Date(at))

/** What is left, as a clock shows it: 14:03, 1:02:03. Never below zero. @param {number} ms */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / SECOND_MS))
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((n) => String(n).padStart(2, '0'))
  const hours = Math.floor(seconds / 3600)
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':')
}

/** What is left, in words for whoever listens. @param {number} ms */
export function remaining(ms) {
  const seconds = Math.max(0, Math.ceil(ms / SECOND_MS))
  return seconds >= 60
    ? t('time.minutes', { n: Math.round(seconds / 60) })
    : t('time.seconds', { n: seconds })
}
