/**
 * connection.js — whether the server can be reached, and streams of events that outlive it.
 *
 * EventSource comes back by itself with Last-Event-ID while the connection is lost; it gives up for good when
 * an answer is a
 * refusal (a restarted server that is not ready yet), so a new one is begun then. `onReopen` is called whenever a
 * connection stands: what happened meanwhile is asked for, since a stream may have ended while nobody listened.
 */
import { h } from './dom.js'
import { onLanguage, t } from './i18n.js'
import { announce } from './ui.js'

/** @typedef {'ok'|'offline'|'server'} State */

const FIRST_MS = 500
const MOST_MS = 5_000
const HIDDEN_MS = 30_000
/** A hiccup is not worth a word. */
const PATIENCE_MS = 800

/** @type {State} */
let state = 'ok'
let shown = false
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer
const words = h('p', { class: 'connection', hidden: true, id: 'connection' })

/** The line that says so, for the top of the page. */
export function connectionLine() {
  window.addEventListener('offline', () => setConnection('offline'))
  window.addEventListener('online', () => setConnection(shown ? 'server' : 'ok'))
  onLanguage(show)
  return words
}

/** @param {State} next */
export function setConnection(next) {
  if (next === state) return
  state = next
  clearTimeout(timer)
  if (next === 'ok') show()
  else timer = setTimeout(show, PATIENCE_MS)
}

function show() {
  const lost = state !== 'ok'
  words.hidden = !lost
  if (lost) {
    words.textContent = t(`connection.${state}`)
    if (!shown) announce(words.textContent)
  } else if (shown) {
    announce(t('connection.back'))
  }
  shown = lost
}

/**
 * @param {string} address
 * @param {{ onEvent: (name: string, data: any, id: string) => void, onReopen: () => void,
 *   names: string[], isOver?: () => boolean }} to `isOver`: nothing more can come
 * @returns {() => void} ends it
 */
export function follow(address, { onEvent, onReopen, names, isOver = () => false }) {
  /** @type {EventSource|null} */
  let source = null
  let wait = FIRST_MS
  let ended = false
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let again
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let sleep

  function open() {
    if (ended || source) return
    const mine = (source = new EventSource(address))
    mine.onopen = () => {
      wait = FIRST_MS
      setConnection('ok')
      onReopen()
    }
    mine.onerror = () => lost(mine)
    const hear = (/** @type {MessageEvent} */ event) =>
      onEvent(event.type, JSON.parse(event.data), event.lastEventId)
    for (const name of names) mine.addEventListener(name, hear)
  }

  /** The end of a stream looks as an error does: only asking tells which. @param {EventSource} mine */
  function lost(mine) {
    if (isOver()) return shut()
    onReopen()
    if (mine.readyState !== EventSource.CLOSED) return
    shut()
    again = setTimeout(open, wait)
    wait = Math.min(wait * 2, MOST_MS)
  }

  function shut() {
    source?.close()
    source = null
    clearTimeout(again)
  }

  /** A browser has six connections to a server, for all its tabs: those that nobody sees give theirs back. */
  function seen() {
    clearTimeout(sleep)
    if (document.hidden) sleep = setTimeout(shut, HIDDEN_MS)
    else if (!source && !isOver()) open()
  }

  document.addEventListener('visibilitychange', seen)
  open()
  return () => {
    ended = true
    document.removeEventListener('visibilitychange', seen)
    clearTimeout(sleep)
    shut()
  }
}
