/**
 * keys.js — / searches, j and k go along a list, Enter opens, ? tells them. Single keys can be switched off, for those
 * who speak to their computer; they do nothing while somebody types.
 */
import { find, h } from '/assets/common/dom.js'
import { t } from '/assets/common/i18n.js'
import { dialog } from '/assets/common/ui.js'

const OFF = 'jumun.keys'

function areOff() {
  try {
    return localStorage.getItem(OFF) === 'off'
  } catch {
    return false
  }
}

/** @param {boolean} off */
function switchOff(off) {
  try {
    localStorage.setItem(OFF, off ? 'off' : 'on')
  } catch { /* only where it can be kept */ }
}

/** @param {EventTarget|null} target */
const isTyping = (target) => target instanceof HTMLElement
  && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))

/** @param {HTMLElement} root */
export function bindKeys(root) {
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape'
      && isTyping(event.target)) leave(/** @type {HTMLElement} */ (event.target))
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || areOff()
      || find('dialog[open]')) return
    if (event.key === '/') {
      event.preventDefault()
      find('#search')?.focus()
    } else if (event.key === '?') {
      keysDialog()
    } else if (event.key === 'j' || event.key === 'k') {
      step(root, event.key === 'j' ? 1 : -1)
    }
  })
}

/** Out of a field; out of the search, back to what was read. @param {HTMLElement} field */
function leave(field) {
  if (field.closest('dialog')) return
  field.blur()
  if (field.id === 'search') find('h1')?.focus()
}

/**
 * A list that draws only what is seen goes along by itself (windowed.js).
 * @param {HTMLElement} root @param {number} by
 */
function step(root, by) {
  const own = find('[data-windowed]', root)
  if (own) {
    own.dispatchEvent(new CustomEvent('step', { detail: by }))
    return
  }
  const links = [...root.querySelectorAll('[data-list] tbody tr')]
    .map((row) => find('a', row)).filter((link) => link !== null)
  const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement))
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus()
}

export function keysDialog() {
  const rows = [['/', 'search'], ['j  k', 'list'], ['Enter', 'open'], ['Esc', 'close'],
    ['← →', 'timeline'], ['?', 'help']]
  const box = h('input', { type: 'checkbox', id: 'keys-off', checked: areOff() })
  box.addEventListener('change', () => switchOff(box.checked))
  dialog(t('console.keys'), () => [
    h('dl', { class: 'keys' }, rows.map(([key, name]) => h('div', null,
      h('dt', null, h('kbd', null, key ?? '')), h('dd', null, t(`console.key.${name}`))))),
    h('div', { class: 'field check' }, box, h('label', { for: 'keys-off' },
      t('console.keys_off')))])
}
