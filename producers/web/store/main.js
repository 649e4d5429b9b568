/**
 * main.js — the storefront: which address is which view, and what stands around it.
 *
 *   /              products
 *   /cart          cart
 *   /checkout      the order is on its way to the server; becomes /orders/{id}
 *   /orders        history
 *   /orders/{id}   one order: coupon, shipping, payment, what came of it
 *
 * A view fills <main> and ends with the signal it is given.
 */
import { connectionLine } from '../common/connection.js'
import { find, h, replace } from '../common/dom.js'
import { addMessages, onLanguage, t } from '../common/i18n.js'
import { languageSwitch, themeSwitch } from '../common/shell.js'
import { announce, mountVoices } from '../common/ui.js'
import { cartView } from './cart.js'
import { customerButton } from './customer.js'
import { historyView } from './history.js'
import { cartCount, onKept } from './keep.js'
import en from './messages_en.js'
import ko from './messages_ko.js'
import { onNavigate } from './navigate.js'
import { orderView } from './order.js'
import { placeView } from './place.js'
import { productsView } from './products.js'

/** @typedef {(main: HTMLElement, signal: AbortSignal, ...parts: string[]) => string} View draws, and gives its title */

/** @type {[RegExp, View][]} */
const ROUTES = [
  [/^\/$/, productsView],
  [/^\/cart$/, cartView],
  [/^\/checkout$/, placeView],
  [/^\/orders$/, historyView],
  [/^\/orders\/([^/]+)$/, orderView],
]

addMessages({ ko, en })

const main = h('main', { id: 'main', tabindex: '-1' })
const nav = h('nav')
const skip = h('a', { class: 'skip', href: '#main' })
const brand = h('a', { class: 'brand', href: '/' })
const foot = h('footer', { class: 'foot' })
let view = new AbortController()

/** @param {boolean} arrived a new address, so the focus goes to its heading; otherwise words were exchanged */
function show(arrived) {
  view.abort()
  view = new AbortController()
  frame()
  const path = location.pathname.replace(/(.)\/$/, '$1')
  const [pattern, draw] = ROUTES.find(([route]) => route.test(path)) ?? [/(.*)/, missing]
  const title = draw(main, view.signal, ...(path.match(pattern) ?? []).slice(1))
  document.title = `${title} – ${t('brand')}`
  if (!arrived) return
  if (!history.state?.kept) window.scrollTo(0, 0)
  find('h1', main)?.focus({ preventScroll: true })
  announce(title)
}

/** @type {View} */
function missing(at) {
  replace(at, h('div', { class: 'empty' }, h('h1', { tabindex: '-1' }, t('missing.title')),
    h('p', null, t('missing.text')), h('a', { class: 'button primary', href: '/' }, t('nav.products'))))
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
    ['/cart', t('nav.cart'), count > 0 ? h('span', { class: 'count' }, count,
      h('span', { class: 'visually-hidden' }, t('nav.count', { n: count }))) : null]])
  replace(nav, links.map(([href, words, badge]) => h('a', { href,
    'aria-current': location.pathname === href ? 'page' : null }, words, badge)))
  replace(foot, h('p', null, t('foot.text')), h('a', { href: '/console' }, t('foot.console')))
}

function begin() {
  const head = h('header', { class: 'head' }, h('div', { class: 'head-row' }, brand, nav,
    h('div', { class: 'tools' }, customerButton(), languageSwitch(), themeSwitch())))
  document.body.replaceChildren(skip, connectionLine(), head, main, foot)
  mountVoices(document.body)
  onNavigate(show)
  onLanguage(() => show(false))
  onKept(frame)
  show(false)
}

begin()
