/**
 * keep.js — what this browser remembers: who is shopping, what is in the cart, what was typed.
 *
 * customer   a tab keeps its own; a new tab begins with the one that was picked last
 * cart       one per customer, shared by all tabs.  Its key goes out as Idempotency-Key with the order: pressed
 *            twice, in
 *            two tabs, or again after a lost answer, the same cart is the same order.  Every change makes a new key.
 * drafts     what was typed into an order's forms, for this tab, until it was taken
 *
 * @typedef {import('./types.js').CartLine} CartLine
 * @typedef {import('./types.js').ShortLine} ShortLine
 * @typedef {{ key: string, lines: CartLine[], placed: string|null, short: ShortLine[],
 *   refused: string|null }} Cart
 */
export const QUANTITY_MAX = 999
const LINES_MAX = 100

/** @type {Map<string, string>} where the browser keeps nothing for us */
const memory = new Map()
/** @type {Set<() => void>} */
const listeners = new Set()

/** @param {() => Storage} store @param {string} name @returns {any} */
function read(store, name) {
  try {
    return JSON.parse(store().getItem(name) ?? 'null')
  } catch {
    return JSON.parse(memory.get(name) ?? 'null')
  }
}

/** @param {() => Storage} store @param {string} name @param {unknown} value null forgets it */
function write(store, name, value) {
  const text = JSON.stringify(value)
  try {
    if (value === null) store().removeItem(name)
    else store().setItem(name, text)
  } catch {
    memory.set(name, text)
  }
}

const local = () => localStorage
const session = () => sessionStorage

/**
 * Called when the cart or the customer changes, in this tab or in another.
 * @param {() => void} listener
 * @param {AbortSignal} [until]
 */
export function onKept(listener, until) {
  listeners.add(listener)
  until?.addEventListener('abort', () => listeners.delete(listener))
}

const changed = () => listeners.forEach((listener) => listener())

window.addEventListener('storage', (event) => {
  if (event.key === null || event.key.startsWith('jumun.cart.')) changed()
})

// ---- customer

/** @returns {string|null} */
export const customer = () => read(session, 'jumun.customer') ?? read(local, 'jumun.customer')

/** What was put into the cart before anybody was picked comes along. @param {string} id */
export function setCustomer(id) {
  const nobodys = customer() === null ? cart().lines : []
  if (nobodys.length > 0) write(local, cartName(), null)
  write(session, 'jumun.customer', id)
  write(local, 'jumun.customer', id)
  if (nobodys.length > 0 && cart().lines.length === 0) setLines(nobodys)
  changed()
}

// ---- cart

const cartName = () => `jumun.cart.${customer() ?? ''}`

/** @returns {Cart} */
export const cart = () =>
  read(local, cartName()) ?? { key: newKey(), lines: [], placed: null, short: [], refused: null }

export const cartCount = () => cart().lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** randomUUID is only there in secure contexts; getRandomValues is everywhere. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @param {CartLine[]} lines @param {Partial<Cart>} [more] */
function setLines(lines, more = {}) {
  write(local, cartName(), {
    key: newKey(),
    lines,
    placed: null,
    short: [],
    refused: null,
    ...more
  })
  changed()
}

/** @param {string} product_id @param {number} quantity 0 takes it out */
export function putInCart(product_id, quantity) {
  const { lines, short } = cart()
  const count = Math.min(Math.max(quantity, 0), QUANTITY_MAX)
  const known = lines.some((line) => line.product_id === product_id)
  const next = known
    ? lines.map((line) => (line.product_id === product_id ? { product_id, quantity: count } : line))
    : [...lines, { product_id, quantity: count }]
  setLines(next.filter((line) => line.quantity > 0).slice(0, LINES_MAX), {
    short: short.filter((line) => line.product_id !== product_id)
  })
}

/** @param {string} product_id */
export const quantityInCart = (product_id) =>
  cart().lines.find((line) => line.product_id === product_id)?.quantity ?? 0

/** @param {CartLine[]} lines */
export const refillCart = (lines) => setLines(lines.slice(0, LINES_MAX))

/** The key was refused: the next try is a new request. */
export const renewCart = () => setLines(cart().lines)

/**
 * The cart became this order: what comes of it decides whether it is emptied.
 * @param {string} key
 * @param {string} orderId
 */
export function cartPlaced(key, orderId) {
  const now = cart()
  if (now.key === key) write(local, cartName(), { ...now, placed: orderId })
}

/**
 * Stock was taken: the cart is empty. It was not: the cart stays, and says why.
 * @param {import('./types.js').Order} order
 */
export function settleCart(order) {
  const now = cart()
  if (now.placed !== order.order_id || order.status === 'REQUESTED') return
  if (order.status === 'SOLD_OUT')
    setLines(now.lines, {
      short: order.rejection?.lines ?? [],
      refused: order.rejection?.reason ?? null
    })
  else setLines([])
}

// ---- what is being placed, and what was typed

/** @typedef {{ key: string, customer_id: string, items: CartLine[] }} Placing */

/** @returns {Placing|null} */
export const placing = () => read(session, 'jumun.placing')

/** @param {Placing|null} order */
export const setPlacing = (order) => write(session, 'jumun.placing', order)

/** @param {string} name @returns {any} */
export const draft = (name) => read(session, `jumun.draft.${name}`)

/** @param {string} name @param {unknown} value */
export const setDraft = (name, value) => write(session, `jumun.draft.${name}`, value)

/** Where the last parcel of this customer went. @returns {import('./types.js').Shipping|null} */
export const lastShipping = () => read(local, `jumun.shipping.${customer() ?? ''}`)

/** @param {import('./types.js').Shipping} shipping */
export const keepShipping = (shipping) =>
  write(local, `jumun.shipping.${customer() ?? ''}`, shipping)
