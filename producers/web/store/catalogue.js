/**
 * catalogue.js — products and customers as they were last seen: asked for by all views, kept for their names.
 *
 * @typedef {import('./types.js').Product} Product
 * @typedef {import('./types.js').Customer} Customer
 */
import { ApiError, get } from '../common/api.js'

/** @type {Map<string, Product>} */
const products = new Map()

/** @param {AbortSignal} [signal] @returns {Promise<Product[]>} */
export async function loadProducts(signal) {
  const list = /** @type {Product[]} */ (await get('/v1/products', signal ? { signal } : {}))
  for (const product of list) products.set(product.product_id, product)
  return list
}

/** @param {string} id */
export const productOf = (id) => products.get(id)

/** @param {string} id */
export const nameOf = (id) => products.get(id)?.name ?? id

/**
 * Names for what an order holds; without them its ids are shown.
 * @param {string[]} ids
 * @param {AbortSignal} signal
 */
export async function ensureNames(ids, signal) {
  if (ids.every((id) => products.has(id))) return
  await loadProducts(signal)
  const missing = ids.filter((id) => !products.has(id)) // beyond the first thousand
  await Promise.all(
    missing.map(async (id) => {
      const product = await get(`/v1/products/${encodeURIComponent(id)}`, { signal })
      products.set(id, product)
    })
  )
}

/**
 * Somebody of whom nothing is known has no balance and no coupons yet.
 * @param {string} id
 * @param {AbortSignal} [signal]
 * @returns {Promise<Customer>}
 */
export async function loadCustomer(id, signal) {
  try {
    return await get(`/v1/customers/${encodeURIComponent(id)}`, signal ? { signal } : {})
  } catch (error) {
    if (error instanceof ApiError && error.code === 'customer_not_found')
      return { customer_id: id, balance: 0, coupons: [] }
    throw error
  }
}
