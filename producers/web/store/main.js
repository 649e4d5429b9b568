/**
 * main.js — the storefront: which address is which view, and what stands around it.
 *
 *   /              products
 *   /cart          cart
 *   /checkout      the order is on its way to the server; becomes /orders/{id}
 *   /orders        history
 *   /orders/{id}   one order: coupon, shipping, payment, what came of it
 *
 * A view fills <main> and ends with the signal it is given. Its modules come when somebody goes there.
 */
import { connectionLine } from '../common/connection.js'
import { find, h, replace } from '../common/dom.js'
import { addMessages, onLanguage, problemText, t } from '../common/i18n.js'
import { languageSwitch, themeSwitch } from '../common/shell.js'
import { announce, mountVoices } from '../common/ui.js'
import { customerButton } from './customer.js'
import { cartCount, onKept } from './keep.js'
import en from './messages_en.js'
import ko from './messages_ko.js'
import { onNavigate } from './navigate.js'

/**
 * @typedef {(main: HTMLElement, signal: AbortSignal, ...parts: string[]) => string} View draws, and gives its title
 */

/** @type {[RegExp, () => Promise<View>][]} */
const ROUTES = [
  [/^\/$/, async () => (await import('./products.js')).productsView],
  [/^\/cart$/, async () => (await import('./cart.js')).cartView],
  [/^\/checkout$/, async () => (await import('./place.js')).placeView],
  [/^\/orders$/, async () => (await import('./history.js')).historyView],
  [/^\/orders\/([^/]+)$/, async () => (await import('./order.js')).orderView]
]

addMessages({ ko, en })

const main = h('main', { id: 'main', tabindex: '-1' })
const nav = h('nav')
const skip = h('a', { class: 'skip', href: '#main' })
const brand = h('a', { class: 'brand', href: '/' })
const foot = h('footer', { class: 'foot' })
let view = new AbortController()

/** @param {boolean} arrived a new address, so the focus goes to its heading; otherwise words were exchanged */
async function show(arrived) {
  view.abort()
  const mine = (view = new AbortController())
  frame()
  const path = location.pathname.replace(/(.)\/$/, '$1')
  const [pattern, load] = ROUTES.find(([route]) => route.test(path)) ?? [
    /(.*)/,
    async () => missing
  ]
  const draw = await load().catch(() => unreachable)
  if (mine.signal.aborted) return
  const title = draw(main, mine.signal, ...(path.match(pattern) ?? []).slice(1))
  document.title = `${title} – ${t('brand')}`
  if (!arrived) return
  window.scrollTo(0, 0)
  find('h1', main)?.focus({ preventScroll: true })
  announce(title)
}

/**
 * A module did not come; what the browser failed to load once it does not ask for again, so the page is.
 * @type {View}
 */
function unreachable(at) {
  replace(
    at,
    h(
      'div',
      { class: 'empty' },
      h('h1', { tabindex: '-1' }, problemText('offline')),
      h(
        'button',
        { type: 'button', class: 'primary', onclick: () => location.reload() },
        t('again')
      )
    )
  )
  return problemText('offline')
}

/** @type {View} */
function missing(at) {
  replace(
    at,
    h(
      'div',
      { class: 'empty' },
      h('h1', { tabindex: '-1' }, t('missing.title')),
      h('p', null, t('missing.text')),
      h('a', { class: 'button primary', href: '/' }, t('nav.products'))
    )
  )
  return t('missing.title')
}

function frame() {
  skip.textContent = t('skip')
  brand.textContent = t('brand')
  nav.setAttribute('aria-label', t('nav.label'))
  const count = cartCount()
  const links = /** @type {[string, string, Node|null][]} */ ([
    ['/', t('nav.products'), null],
    ['/orders', t('nav.orders'), null],
    [
      '/cart',
      t('nav.cart'),
      count > 0
        ? h(
            'span',
            { class: 'count' },
            count,
            h('span', { class: 'visually-hidden' }, t('nav.count', { n: count }))
          )
        : null
    ]
  ])
  replace(
    nav,
    links.map(([href, words, badge]) =>
      h('a', { href, 'aria-current': location.pathname === href ? 'page' : null }, words, badge)
    )
  )
  replace(foot, h('p', null, t('foot.text')), h('a', { href: '/console' }, t('foot.console')))
}

function begin() {
  const head = h(
    'header',
    { class: 'head' },
    h(
      'div',
      { class: 'head-row' },
      brand,
      nav,
      h('div', { class: 'tools' }, customerButton(), languageSwitch(), themeSwitch())
    )
  )
  document.body.replaceChildren(skip, connectionLine(), head, main, foot)
  mountVoices(document.body)
  onNavigate(show)
  onLanguage(() => show(false))
  onKept(frame)
  show(false)
}

begin()
