/**
 * main.js — the console's frame: head, navigation by addresses, keys, one view at a time.
 *
 * A view is a function that fills `root`; its signal ends with it, and with it all that it listens to. The address holds
 * everything that a view shows, so that it can be sent to a colleague.
 *
 * @typedef {{ root: HTMLElement, params: string[], query: URLSearchParams, signal: AbortSignal }} Context
 * @typedef {(context: Context) => void} View
 */
import { connectionLine } from '/assets/common/connection.js'
import { find, h, replace } from '/assets/common/dom.js'
import { addMessages, onLanguage, t } from '/assets/common/i18n.js'
import { languageSwitch, themeSwitch } from '/assets/common/shell.js'
import { announce, mountVoices } from '/assets/common/ui.js'
import { actions } from './actions.js'
import { bindKeys, keysDialog } from './keys.js'
import { letter, letters, parked } from './letters.js'
import { startLive } from './live.js'
import { job, jobs } from './jobs.js'
import { messages } from './messages.js'
import { more } from './messages_more.js'
import { order } from './order.js'
import { orders } from './orders.js'
import { overview } from './overview.js'
import { tick } from './time.js'
import { topics } from './topics.js'

/** @type {{ path: RegExp, view: View, nav: string }[]} */
const routes = [
  { path: /^\/console\/?$/, view: overview, nav: 'overview' },
  { path: /^\/console\/orders\/?$/, view: orders, nav: 'orders' },
  { path: /^\/console\/orders\/([^/]+)$/, view: order, nav: 'orders' },
  { path: /^\/console\/dead-letters\/?$/, view: letters, nav: 'letters' },
  { path: /^\/console\/dead-letters\/(\d+)\/(\d+)$/, view: letter, nav: 'letters' },
  { path: /^\/console\/parked\/([^/]+)\/([^/]+)$/, view: parked, nav: 'letters' },
  { path: /^\/console\/jobs\/?$/, view: jobs, nav: 'jobs' },
  { path: /^\/console\/jobs\/([^/]+)$/, view: job, nav: 'jobs' },
  { path: /^\/console\/topics\/?$/, view: topics, nav: 'topics' },
  { path: /^\/console\/actions\/?$/, view: actions, nav: 'actions' },
]
const NAV = [['overview', '/console'], ['orders', '/console/orders'],
  ['letters', '/console/dead-letters'], ['jobs', '/console/jobs'], ['topics', '/console/topics'],
  ['actions', '/console/actions']]

const head = h('header', { class: 'top' })
const root = h('main', { id: 'main', tabindex: '-1' })
const skip = h('a', { class: 'skip', href: '#main' })
let ending = new AbortController()

/** Draws what the address says. @param {boolean} [moved] by a link: the focus goes to the new heading */
function show(moved = false) {
  ending.abort()
  ending = new AbortController()
  const path = location.pathname
  const route = routes.find((one) => one.path.test(path))
  replace(root)
  for (const link of head.querySelectorAll('nav a')) {
    const here = route?.nav === /** @type {HTMLElement} */ (link).dataset.nav
    if (here) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (route) {
    const params = (route.path.exec(path) ?? []).slice(1).map(decoded)
    route.view({ root, params, query: new URLSearchParams(location.search), signal: ending.signal })
  } else {
    replace(root, h('h1', { tabindex: '-1' }, t('problem.not_found')))
  }
  const title = find('h1', root)
  document.title = `${title?.textContent ?? ''} · jumun`
  if (!moved) return
  scrollTo(0, 0)
  title?.focus({ preventScroll: true })
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** @param {string} address @param {{ keep?: boolean }} [options] keep: the place in the history stays the same */
export function go(address, { keep = false } = {}) {
  if (keep) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  show(!keep)
}

/** Links within the console need no new page; with a modifier they are the browser's. @param {MouseEvent} event */
function follow(event) {
  const link = /** @type {Element} */ (event.target).closest?.('a[href]')
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.target
    || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  if (link.hash && link.pathname === location.pathname) return
  if (!routes.some(({ path }) => path.test(link.pathname))) return
  event.preventDefault()
  go(link.pathname + link.search)
}

function drawHead() {
  skip.textContent = t('skip')
  const search = h('input', { type: 'search', id: 'search', name: 'q', autocomplete: 'off',
    'spellcheck': 'false', 'aria-label': t('console.search'), 'aria-keyshortcuts': '/',
    'placeholder': t('console.search_hint') })
  replace(head,
    h('a', { class: 'brand', href: '/console' }, 'jumun ', h('span', null, t('console.name'))),
    h('nav', { 'aria-label': t('console.nav') }, NAV.map(([name, href]) =>
      h('a', { href, 'data-nav': name }, t(`console.nav.${name}`)))),
    h('form', { role: 'search', onsubmit: seek }, search, h('kbd', { 'aria-hidden': 'true' }, '/')),
    h('div', { class: 'switches' }, h('button', { 'class': 'icon', 'type': 'button',
      'aria-label': t('console.keys'), 'title': t('console.keys'), 'onclick': keysDialog }, '?'),
    languageSwitch(), themeSwitch()))
}

/** A whole order id leads to it at once. @param {SubmitEvent} event */
function seek(event) {
  event.preventDefault()
  const words = find('#search', head)
  const text = words instanceof HTMLInputElement ? words.value.trim() : ''
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) go(`/console/orders/${text.toLowerCase()}`)
  else go(text ? `/console/orders?${new URLSearchParams({ q: text })}` : '/console/orders')
}

addMessages(messages)
addMessages(more)
drawHead()
document.body.append(skip, connectionLine(), head, root)
mountVoices(document.body)
document.addEventListener('click', follow)
window.addEventListener('popstate', () => show(true))
onLanguage(() => {
  drawHead()
  show()
  announce(t('console.name'))
})
bindKeys(root)
setInterval(tick, 1000)
startLive(() => {})
show()
