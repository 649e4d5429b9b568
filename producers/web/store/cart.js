/**
 * cart.js — what is to be ordered; and, when it was sold out, what is left of it.
 *
 * @typedef {import('./types.js').CartLine} CartLine
 * @typedef {import('./types.js').ShortLine} ShortLine
 */
import { h, replace } from '../common/dom.js'
import { number, won } from '../common/format.js'
import { reasonText, t } from '../common/i18n.js'
import { announce } from '../common/ui.js'
import { loadProducts, nameOf, productOf } from './catalogue.js'
import { pickCustomer } from './customer.js'
import { heldOrder } from './held.js'
import { cart, customer, onKept, putInCart, QUANTITY_MAX, setPlacing } from './keep.js'
import { navigate } from './navigate.js'
import { billLine, emptiness, heading, loadInto, notice, stepper, waiting } from './parts.js'
import { tile } from './tile.js'

/** @type {import('./main.js').View} */
export function cartView(main, signal) {
  const body = h('div', { id: 'cart' }, waiting())
  const held = h('div')
  replace(main, heading(t('cart.title')), held, body)
  loadInto(body, signal, {
    load: () => loadProducts(signal),
    show: () => {
      draw(body)
      onKept(() => draw(body), signal)
    }
  })
  heldOrder(held, signal)
  return t('cart.title')
}

/** @param {HTMLElement} at */
function draw(at) {
  const { lines, short, refused } = cart()
  const focus = focused(at)
  if (lines.length === 0)
    return replace(
      at,
      emptiness(
        t('cart.empty'),
        t('cart.empty.text'),
        h('a', { class: 'button primary', href: '/' }, t('nav.products'))
      )
    )
  replace(
    at,
    refused || short.length > 0 ? refusal(refused, short) : null,
    h(
      'div',
      { class: 'columns' },
      h(
        'ul',
        { class: 'lines' },
        lines.map((line) => lineOf(line, short))
      ),
      bill(lines)
    )
  )
  giveFocus(at, focus)
}

/** @param {string|null} reason @param {ShortLine[]} short */
function refusal(reason, short) {
  const soldOut = reason === null || reason === 'SOLD_OUT'
  return notice(
    'bad',
    h('h2', { id: 'soldout' }, t(soldOut ? 'soldout.title' : 'refused.title')),
    h('p', null, soldOut ? t('soldout.text') : reasonText(reason)),
    soldOut
      ? h(
          'ul',
          { class: 'plain' },
          short.map(({ product_id, available }) =>
            h(
              'li',
              null,
              t(available === 0 ? 'soldout.none' : 'soldout.left', {
                name: nameOf(product_id),
                n: number(available)
              })
            )
          )
        )
      : null,
    h('p', { class: 'money' }, t('money.none'))
  )
}

/** @param {CartLine} line @param {ShortLine[]} short */
function lineOf({ product_id, quantity }, short) {
  const name = nameOf(product_id)
  const product = productOf(product_id)
  const lacking = short.find((line) => line.product_id === product_id)
  const put = (/** @type {number} */ count) => {
    putInCart(product_id, count)
    announce(t(count === 0 ? 'cart.removed' : 'cart.put', { name, n: count }))
  }
  return h(
    'li',
    { 'class': lacking ? 'line lacking' : 'line', 'data-line': product_id },
    h('div', { class: 'line-picture' }, tile(product_id)),
    h(
      'div',
      { class: 'line-text' },
      h('h2', null, name),
      h('p', { class: 'muted' }, product ? won(product.unit_price) : t('cart.unlisted')),
      lacking ? fix(lacking, name, put) : null
    ),
    h('p', { class: 'line-sum' }, product ? won(product.unit_price * quantity) : ''),
    h(
      'div',
      { class: 'line-controls' },
      stepper({ name, value: quantity, max: QUANTITY_MAX, onChange: put }),
      h(
        'button',
        { 'type': 'button', 'class': 'quiet small', 'data-step': 'x', 'onclick': () => put(0) },
        t('cart.remove'),
        h('span', { class: 'visually-hidden' }, ` ${name}`)
      )
    )
  )
}

/** @param {ShortLine} lacking @param {string} name @param {(count: number) => void} put */
function fix({ available, requested }, name, put) {
  if (available === 0) return h('p', { class: 'lack' }, t('soldout.line.none'))
  return h(
    'div',
    { class: 'lack' },
    h('p', null, t('soldout.line', { requested: number(requested), n: number(available) })),
    h(
      'button',
      { type: 'button', class: 'small', onclick: () => put(available) },
      t('soldout.take', { n: number(available) }),
      h('span', { class: 'visually-hidden' }, ` ${name}`)
    )
  )
}

/** @param {CartLine[]} lines */
function bill(lines) {
  const total = lines.reduce(
    (sum, { product_id, quantity }) => sum + (productOf(product_id)?.unit_price ?? 0) * quantity,
    0
  )
  return h(
    'aside',
    { 'class': 'bill', 'aria-label': t('bill.title') },
    h(
      'dl',
      null,
      billLine(t('bill.items'), won(total)),
      billLine(t('bill.shipping'), t('bill.free')),
      billLine(t('bill.total'), won(total), 'total')
    ),
    h(
      'button',
      { type: 'button', class: 'primary wide', id: 'order', onclick: order },
      t('cart.order')
    ),
    h('p', { class: 'muted small' }, t('cart.order.hint'))
  )
}

/** What goes out is fixed here; /checkout sends it, and sends the same again when it is loaded again. */
function order() {
  const id = customer()
  if (!id) return pickCustomer(order)
  const { key, lines } = cart()
  if (lines.length === 0) return
  setPlacing({ key, customer_id: id, items: lines })
  navigate('/checkout')
}

/** Where the focus was, in words that hold after drawing anew. @param {HTMLElement} at */
function focused(at) {
  const active = document.activeElement
  if (!active || !at.contains(active)) return null
  return {
    line: active.closest('[data-line]')?.getAttribute('data-line') ?? '',
    step: active.getAttribute('data-step') ?? ''
  }
}

/** @param {HTMLElement} at @param {{ line: string, step: string }|null} focus */
function giveFocus(at, focus) {
  if (!focus) return
  const lines = /** @type {HTMLElement[]} */ ([...at.querySelectorAll('[data-line]')])
  const line = lines.find((one) => one.dataset.line === focus.line)
  const target =
    line?.querySelector(`[data-step="${focus.step}"]:enabled`) ??
    (line ?? lines[0])?.querySelector('button:enabled')
  if (target instanceof HTMLElement) target.focus()
}
