/**
 * main.js — the console's frame: head, navigation by addresses, keys, one view at a time.
 *
 * A view is a function that fills `root`; its signal ends with it, and with it all that it listens to. The
 * address holds everything that a view shows, so that it can be sent to a colleague.
 *
 * @typedef {{ root: HTMLElement, params: string[], query: URLSearchParams, signal: AbortSignal }} Context
 * @typedef {(context: Context) => void} View
 */
import { asApiError, get, OFFLINE, TIMEOUT } from '/assets/common/api.js'
import { connectionLine, setConnection } from '/assets/common/connection.js'
import { find, h, replace } from '/assets/common/dom.js'
import { addMessages, onLanguage, t } from '/assets/common/i18n.js'
import { languageSwitch, themeSwitch } from '/assets/common/shell.js'
import { announce, mountVoices } from '/assets/common/ui.js'
import { bindKeys, keysDialog } from './keys.js'
import { pageHead, problem } from './kit.js'
import { startLive } from './live.js'
import { messages } from './messages.js'
import { more } from './messages_more.js'
import { tick } from './time.js'

/** A view's code comes when somebody goes there: what is opened at night is small. */
const letterViews = () => import('./letters.js')
const jobViews = () => import('./jobs.js')
/** @type {{ path: RegExp, load: () => Promise<View>, nav: string }[]} */
const routes = [
  { path: /^\/console\/?$/, nav: 'overview',
    load: async () => (await import('./overview.js')).overview },
  { path: /^\/console\/orders\/?$/, nav: 'orders',
    load: async () => (await import('./orders.js')).orders },
  { path: /^\/console\/orders\/([^/]+)$/, nav: 'orders',
    load: async () => (await import('./order.js')).order },
  { path: /^\/console\/dead-letters\/?$/, nav: 'letters',
    load: async () => (await letterViews()).letters },
  { path: /^\/console\/dead-letters\/(\d+)\/(\d+)$/, nav: 'letters',
    load: async () => (await letterViews()).letter },
  { path: /^\/console\/parked\/([^/]+)\/([^/]+)$/, nav: 'letters',
    load: async () => (await letterViews()).parked },
  { path: /^\/console\/jobs\/?$/, nav: 'jobs', load: async () => (await jobViews()).jobs },
  { path: /^\/console\/jobs\/([^/]+)$/, nav: 'jobs', load: async () => (await jobViews()).job },
  { path: /^\/console\/topics\/?$/, nav: 'topics',
    load: async () => (await import('./topics.js')).topics },
  { path: /^\/console\/actions\/?$/, nav: 'actions',
    load: async () => (await import('./actions.js')).actions },
]
const NAV = [['overview', '/console'], ['orders', '/console/orders'],
  ['letters', '/console/dead-letters'], ['jobs', '/console/jobs'], ['topics', '/console/topics'],
  ['actions', '/console/actions']]

const ORDER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const head = h('header', { class: 'top' })
const root = h('main', { id: 'main', tabindex: '-1' })
const skip = h('a', { class: 'skip', href: '#main' })
let ending = new AbortController()

/**
 * Draws what the address says.
 * @param {boolean} [moved] by a link: the focus goes to the new heading
 */
async function show(moved = false) {
  ending.abort()
  const mine = ending = new AbortController()
  const path = location.pathname
  const route = routes.find((one) => one.path.test(path))
  for (const link of head.querySelectorAll('nav a')) {
    const here = route?.nav === /** @type {HTMLElement} */ (link).dataset.nav
    if (here) {
      link.setAttribute('aria-current', 'page')
      const row = /** @type {HTMLElement} */ (link.parentElement)
      row.scrollLeft = /** @type {HTMLElement} */ (link).offsetLeft - row.offsetLeft - 40 // on a phone
    } else link.removeAttribute('aria-current')
  }
  try {
    const view = await (route?.load() ?? nothing)
    if (mine.signal.aborted) return // somebody went on meanwhile
    const params = (route?.path.exec(path) ?? []).slice(1).map(decoded)
    replace(root)
    view({ root, params, query: new URLSearchParams(location.search), signal: mine.signal })
  } catch (error) {
    if (mine.signal.aborted) return
    replace(root, pageHead(t('problem.offline')), problem(error, () => void show(moved)))
  }
  const title = find('h1', root)
  document.title = `${title?.textContent ?? ''} · jumun`
  if (!moved) return
  scrollTo(0, 0)
  title?.focus({ preventScroll: true })
}

/** @type {View} */
const nothing = ({ root: place }) => replace(place, pageHead(t('problem.not_found')),
  h('p', null, h('a', { href: '/console' }, t('console.nav.overview'))))

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * @param {string} address
 * @param {{ keep?: boolean }} [options] keep: the place in the history stays the same
 */
export function go(address, { keep = false } = {}) {
  if (keep) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  void show(!keep)
}

/**
 * Links within the console need no new page; with a modifier they are the browser's.
 * @param {MouseEvent} event
 */
function follow(event) {
  const link = /** @type {Element} */ (event.target).closest?.('a[href]')
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.target
    || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey
      || event.altKey) return
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
  if (ORDER_ID.test(text)) go(`/console/orders/${text.toLowerCase()}`)
  else go(text ? `/console/orders?${new URLSearchParams({ q: text })}` : '/console/orders')
}

/** The stream was begun anew, or lost: which of the two, asking tells. */
async function look() {
  try {
    await get('/healthz', { tries: 1 })
    setConnection('ok')
  } catch (error) {
    if ([OFFLINE, TIMEOUT].includes(asApiError(error).code)) setConnection('server')
  }
}

addMessages(messages)
addMessages(more)
drawHead()
document.body.append(skip, connectionLine(), head, root)
mountVoices(document.body)
document.addEventListener('click', follow)
window.addEventListener('popstate', () => void show(true))
onLanguage(() => {
  drawHead()
  void show()
  announce(t('console.name'))
})
bindKeys(root)
setInterval(tick, 1000)
startLive(() => void look())
void show()
