/**
 * i18n.js — every word that is shown, in Korean and English.
 *
 * t('cart.total')                        a message of the language in force
 * t('soldout.left', { product, left })   {product} and {left} are put in, as text
 * {product:이/가}   the particle that Korean wants after what stands there
 * {left?unit:units}  the first for one, the second otherwise
 *
 * A page adds its own messages to those of messages_ko.js and messages_en.js with addMessages(); a test holds both
 * languages complete, and every code of the API in them.
 *
 * @typedef {'ko'|'en'} Language
 * @typedef {Record<string, string>} Messages
 */
import ko from './messages_ko.js'
import en from './messages_en.js'

/** @type {Record<Language, Messages>} */
export const catalogue = { ko: { ...ko }, en: { ...en } }

/** @type {Set<() => void>} */
const listeners = new Set()
const HANGUL = /[가-힣]$/u
const MONEY = /^−?₩/u
const FIRST_SYLLABLE = 0xac00
const FINALS = 28

/** @param {{ ko: Messages, en: Messages }} messages */
export function addMessages(messages) {
  Object.assign(catalogue.ko, messages.ko)
  Object.assign(catalogue.en, messages.en)
}

/** @returns {Language} */
export const language = () => (document.documentElement.lang === 'en' ? 'en' : 'ko')

/** Kept for the next visit; whoever listens draws anew. @param {Language} next */
export function setLanguage(next) {
  document.documentElement.lang = next
  try {
    localStorage.setItem('jumun.language', next)
  } catch {
    /* only this page then */
  }
  for (const listener of listeners) listener()
}

/** @param {() => void} listener @returns {() => void} ends it */
export function onLanguage(listener) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** @param {string} key */
export const has = (key) => key in catalogue[language()]

/** @param {string} key @param {Record<string, string|number>} [values] */
export function t(key, values = {}) {
  const message = catalogue[language()][key]
  if (message === undefined) throw new Error(`no message ${key} in ${language()}`)
  return message.replace(
    /\{(\w+)(?::([^/}]+)\/([^}]+)|\?([^:}]*):([^}]*))?\}/g,
    (_, name, closed, open, one, many) => {
      const value = values[name] ?? ''
      if (one !== undefined) return Number(value) === 1 ? one : many
      return closed === undefined ? String(value) : withParticle(String(value), closed, open)
    }
  )
}

/**
 * 김치찌개가, 호떡이, ₩4,500이 (사천오백 원이); what does not end in Hangul gets both, as one writes it.
 * @param {string} word
 * @param {string} closed
 * @param {string} open
 */
function withParticle(word, closed, open) {
  if (MONEY.test(word)) return word + closed
  const bare = word.replace(/[^\p{L}\p{N}]+$/u, '')
  if (!HANGUL.test(bare)) return `${word}${closed}(${open})`
  return word + ((bare.charCodeAt(bare.length - 1) - FIRST_SYLLABLE) % FINALS ? closed : open)
}

/** What an error of the API means to whoever reads it; what is not known is said to be so. @param {string} code */
export const problemText = (code) =>
  t(has(`problem.${code}`) ? `problem.${code}` : 'problem.unknown')

/** @param {string|null|undefined} reason as in an event's `reason` */
export const reasonText = (reason) =>
  reason && has(`reason.${reason}`) ? t(`reason.${reason}`) : t('reason.unknown')

/** @param {string} code as in `errors[].code` */
export const fieldText = (code) => t(has(`field.${code}`) ? `field.${code}` : 'field.unknown')
