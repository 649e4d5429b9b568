/**
 * ui.js — what both pages do with a person: say something, ask something, wait for something.
 *
 *   announce   for whoever listens rather than looks
 *   toast      a word in passing, seen and heard
 *   dialog     a question in front of everything, that Escape closes
 *   busily     what a button does, once at a time
 */
import { h, replace } from './dom.js'
import { t } from './i18n.js'

const TOAST_MS = 6_000
const REPEATED = '\u00a0' // the same words again are only spoken when the text differs

const live = h('div', {
  'class': 'visually-hidden',
  'role': 'status',
  'aria-live': 'polite',
  'id': 'live'
})
const toasts = h('div', { class: 'toasts', role: 'region' })

/** Has to be in the page before the first word is said, or screen readers miss it. @param {Element} body */
export function mountVoices(body) {
  body.append(live, toasts)
}

/** @param {string} words */
export function announce(words) {
  live.textContent = live.textContent === words ? words + REPEATED : words
}

/** @param {string} words @param {'info'|'error'} [kind] */
export function toast(words, kind = 'info') {
  const box = h(
    'div',
    { class: `toast ${kind}` },
    h('p', null, words),
    h(
      'button',
      {
        'class': 'icon',
        'type': 'button',
        'aria-label': t('close'),
        'onclick': () => box.remove()
      },
      '×'
    )
  )
  toasts.setAttribute('aria-label', t('toasts'))
  toasts.append(box)
  announce(words)
  setTimeout(() => box.remove(), TOAST_MS)
}

/**
 * Opens a dialog; `build` makes what is in it and gets a function that closes it. The focus goes back by itself.
 * @param {string} title @param {(close: () => void) => (Node|string|null)[]} build
 * @returns {HTMLDialogElement}
 */
export function dialog(title, build) {
  const close = () => box.close()
  const heading = h('h2', { id: 'dialog-title' }, title)
  const box = h('dialog', {
    'class': 'dialog',
    'aria-labelledby': 'dialog-title',
    'onclose': () => box.remove()
  })
  box.addEventListener('click', (event) => {
    if (event.target === box) close()
  })
  replace(
    box,
    h(
      'div',
      { class: 'dialog-box' },
      h(
        'header',
        { class: 'dialog-head' },
        heading,
        h(
          'button',
          { 'class': 'icon', 'type': 'button', 'aria-label': t('close'), 'onclick': close },
          '×'
        )
      ),
      ...build(close)
    )
  )
  document.body.append(box)
  box.showModal()
  return box
}

/**
 * Runs `work` unless it is running: a second press does nothing. The button keeps the focus, so it is not disabled.
 * @param {HTMLButtonElement} button @param {() => Promise<void>} work
 */
export async function busily(button, work) {
  if (button.getAttribute('aria-busy') === 'true') return
  button.setAttribute('aria-busy', 'true')
  button.setAttribute('aria-disabled', 'true')
  try {
    await work()
  } finally {
    button.removeAttribute('aria-busy')
    button.removeAttribute('aria-disabled')
  }
}
