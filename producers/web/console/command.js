/**
 * command.js — the command line that does the same, and forms that ask who and why before anything is done.
 *
 * @typedef {{ name: string, label: string, type?: 'text'|'check'|'select', required?: boolean,
 *   value?: string|boolean, hint?: string, max?: number, options?: [string, string][] }} Field
 * @typedef {Record<string, string|boolean>} Values
 */
import { h, newId, replace } from '/assets/common/dom.js'
import { t } from '/assets/common/i18n.js'
import { copyButton, problem } from './kit.js'

const PLAIN = /^[A-Za-z0-9_/:.,=@%+-]+$/

/** A word as a shell reads it. @param {string} word */
export const quoted = (word) => PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** Who and why as options; what is missing yet is told by dots. @param {Values} values */
export const signed = ({ reason, by }) => [...(reason === undefined || reason === '' ? []
  : ['--reason', String(reason)]),
  '--by', String(by || '…')]

/** Words that are there; null is left out. @param {...(string|null|undefined|false)} words */
export const line = (...words) => ['jumun', ...words].filter((word) => typeof word === 'string'
  && word !== '')
  .map((word) => quoted(/** @type {string} */ (word))).join(' ')

/** @param {string} text @param {string} [title] */
export function command(text, title = t('console.same_command')) {
  return h('div', { class: 'cmd' }, h('span', { class: 'cmd-title' }, title),
    h('code', null, text.split(' ').flatMap((word, i) => [i ? ' ' : null,
      h('span', { class: 'word' }, word)])), copyButton(text, t('console.copy_command')))
}

/** Who: asked once, kept for the next time on this machine. */
export const who = {
  get: () => {
    try {
      return localStorage.getItem('jumun.by') ?? ''
    } catch {
      return ''
    }
  },
  /** @param {string} name */
  keep: (name) => {
    try {
      localStorage.setItem('jumun.by', name)
    } catch { /* asked again next time */ }
  },
}

/** What changes nothing may go without a reason. @returns {Field[]} */
export const whoAndWhy = (needsReason = true) => [
  { name: 'reason', label: t('console.reason'), required: needsReason, max: 500,
    hint: t('console.reason_hint') },
  { name: 'by', label: t('console.by'), required: true, max: 100, value: who.get() }]

/** @param {Field} field */
function control({ name, label, type = 'text', required = false, value, hint, max, options }) {
  const id = newId('f')
  const described = hint ? `${id}-hint` : null
  const common = { id, name, 'aria-describedby': described }
  const input = type === 'select'
    ? h('select', common, (options ?? []).map(([key, text]) =>
      h('option', { value: key, selected: key === value }, text)))
    : h('input', type === 'check' ? { ...common, type: 'checkbox', checked: value === true }
      : { ...common, type: 'text', required, maxlength: max ?? 200, autocomplete: 'off',
        value: typeof value === 'string' ? value : '' })
  const text = h('label', { for: id }, label)
  return h('div', { class: `field ${type}` }, ...(type === 'check' ? [input, text] : [text, input]),
    hint ? h('p', { class: 'hint', id: described }, hint) : null)
}

/** @param {HTMLFormElement} form @param {Field[]} fields @returns {Values} */
function valuesOf(form, fields) {
  return Object.fromEntries(fields.map(({ name, type }) => {
    const input = /** @type {HTMLInputElement} */ (form.elements.namedItem(name))
    return [name, type === 'check' ? input.checked : input.value.trim()]
  }))
}

/**
 * A form that shows its command line while it is filled in, and cannot be sent twice.
 * @param {{ fields: Field[], submit: string, danger?: boolean, command: (values: Values) => string,
 *   other?: { label: string, value: Values }, act: (values: Values) => Promise<void> }} options
 *   `other`: a second button that does the same with these values instead (a dry run)
 */
export function actionForm({ fields, submit, danger = false, command: lineOf, other, act }) {
  const shown = h('div', null)
  const said = h('div', { class: 'said' })
  const send = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, submit)
  const second = other ? h('button', { type: 'submit', name: 'other' }, other.label) : null
  const form = h('form', { class: 'action', novalidate: true }, fields.map(control), shown, said,
    h('div', { class: 'buttons' }, send, second))
  const show = () => {
    const text = lineOf(valuesOf(form, fields))
    replace(shown, text ? command(text) : null)
  }
  form.addEventListener('input', show)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (send.disabled) return
    const isOther = /** @type {SubmitEvent} */ (event).submitter === second && second !== null
    if (!isOther && !complete(form, said)) return
    const values = { ...valuesOf(form, fields), ...(isOther ? other?.value : {}) }
    if (typeof values.by === 'string' && values.by) who.keep(values.by)
    busy([send, second], true)
    replace(said)
    try {
      await act(values)
    } catch (error) {
      replace(said, problem(error))
    } finally {
      busy([send, second], false)
    }
  })
  show()
  return form
}

/** @param {(HTMLButtonElement|null)[]} buttons @param {boolean} is */
const busy = (buttons, is) => buttons.forEach((button) => { if (button) button.disabled = is })

/** Names what is missing and goes there. @param {HTMLFormElement} form @param {Element} said */
function complete(form, said) {
  for (const input of form.querySelectorAll('input')) {
    const missing = input.required && input.value.trim() === ''
    input.setAttribute('aria-invalid', String(missing))
    if (!missing) continue
    const label = form.querySelector(`label[for="${input.id}"]`)?.textContent ?? input.name
    replace(said, h('p', { class: 'problem', role: 'alert' }, t('console.missing',
      { field: label })))
    input.focus()
    return false
  }
  return true
}
