/**
 * products.js — what can be bought, and how much of it is left right now.
 *
 * @typedef {import('./types.js').Product} Product
 */
import { isAbort } from '../common/api.js'
import { setConnection } from '../common/connection.js'
import { find, h, replace } from '../common/dom.js'
import { number, won } from '../common/format.js'
import { t } from '../common/i18n.js'
import { announce } from '../common/ui.js'
import { loadProducts } from './catalogue.js'
import { heldOrder } from './held.js'
import { putInCart, QUANTITY_MAX, quantityInCart } from './keep.js'
import { emptiness, heading, loadInto, stepper, waiting } from './parts.js'
import { tile } from './tile.js'

const LOOK_AGAIN_MS = 4_000
const FEW = 5

/** @type {import('./main.js').View} */
export function productsView(main, signal) {
  const list = h('div', { id: 'products' }, waiting(4))
  const held = h('div')
  replace(main, heading(t('products.title')), held, list)
  loadInto(list, signal, {
    load: () => loadProducts(signal),
    show: (products) => {
      drawList(list, products)
      stayCurrent(list, signal)
    }
  })
  heldOrder(held, signal)
  return t('products.title')
}

/** @param {Element} at @param {Product[]} products */
function drawList(at, products) {
  if (products.length === 0)
    return replace(at, emptiness(t('products.empty'), t('products.empty.text')))
  replace(at, h('ul', { class: 'grid' }, products.map(card)))
}

/** @param {Product} product */
function card(product) {
  const foot = h('div', { class: 'card-foot' })
  const stock = h('p', { class: 'stock' })
  const box = h(
    'li',
    { 'class': 'card', 'data-product': product.product_id },
    h('div', { class: 'picture' }, tile(product.product_id)),
    h(
      'div',
      { class: 'card-text' },
      h('h2', null, product.name),
      h('p', { class: 'price' }, won(product.unit_price)),
      stock
    ),
    foot
  )
  drawStock(box, product)
  return box
}

/**
 * Only what changed is drawn anew: whoever has the focus on a button keeps it.
 * @param {Element} box
 * @param {Product} product
 */
function drawStock(box, product) {
  const { available } = product
  const stock = /** @type {HTMLElement} */ (find('.stock', box))
  const words =
    available === 0
      ? t('stock.none')
      : t(available <= FEW ? 'stock.few' : 'stock.some', { n: number(available) })
  if (stock.textContent !== words) stock.textContent = words
  stock.className = `stock ${available === 0 ? 'none' : available <= FEW ? 'few' : ''}`
  box.classList.toggle('sold-out', available === 0)
  drawButtons(/** @type {HTMLElement} */ (find('.card-foot', box)), product)
}

/** @param {HTMLElement} foot @param {Product} product */
function drawButtons(foot, product) {
  const { product_id, name, available } = product
  const inCart = quantityInCart(product_id)
  const state = `${inCart}/${Math.min(available, QUANTITY_MAX)}`
  if (foot.dataset.state === state) return
  foot.dataset.state = state
  const had = foot.contains(document.activeElement)
    ? (document.activeElement?.getAttribute('data-step') ?? '1')
    : null
  const put = (/** @type {number} */ count) => {
    putInCart(product_id, count)
    drawButtons(foot, product)
    announce(t(count === 0 ? 'cart.removed' : 'cart.put', { name, n: count }))
  }
  replace(
    foot,
    inCart > 0
      ? stepper({ name, value: inCart, max: Math.min(available, QUANTITY_MAX), onChange: put })
      : h(
          'button',
          { type: 'button', class: 'wide', disabled: available === 0, onclick: () => put(1) },
          available === 0 ? t('stock.none') : t('cart.add'),
          h('span', { class: 'visually-hidden' }, ` ${name}`)
        )
  )
  if (had !== null)
    (find(`[data-step="${had}"]:enabled`, foot) ?? find('button:enabled', foot))?.focus()
}

/** @param {Element} list @param {AbortSignal} signal */
function stayCurrent(list, signal) {
  const timer = setInterval(look, LOOK_AGAIN_MS)
  signal.addEventListener('abort', () => clearInterval(timer))
  document.addEventListener('visibilitychange', look, { signal })

  async function look() {
    if (document.hidden) return
    try {
      const products = await loadProducts(signal)
      setConnection('ok')
      if (!signal.aborted) update(list, products)
    } catch (error) {
      if (!isAbort(error)) setConnection(navigator.onLine ? 'server' : 'offline')
    }
  }
}

/** @param {Element} list @param {Product[]} products */
function update(list, products) {
  const boxes = new Map(
    [...list.querySelectorAll('[data-product]')].map((box) => [
      box.getAttribute('data-product'),
      box
    ])
  )
  const same = boxes.size === products.length && products.every((p) => boxes.has(p.product_id))
  if (!same) return drawList(list, products)
  for (const product of products) {
    const box = /** @type {Element} */ (boxes.get(product.product_id))
    const price = /** @type {HTMLElement} */ (find('.price', box))
    if (price.textContent !== won(product.unit_price)) price.textContent = won(product.unit_price)
    drawStock(box, product)
  }
}
