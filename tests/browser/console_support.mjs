/**
 * console_support.mjs — what an operator meets: a parked key, a letter, a cancelled order, many orders.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BIN, api, eventually, fresh, jumun, product, shopper } from './harness.mjs'

const PG = process.env.JUMUN_PG ?? 'host=127.0.0.1 port=15432 dbname=jumun'
const KAFKA = process.env.JUMUN_KAFKA ?? '127.0.0.1:19092'
const run = promisify(execFile)

export const SHIPPING = { recipient: '김주문', address: '서울특별시 중구 세종대로 110, 3층',
  contact: '010-1234-5678' }
export const NASTY = '<img src=x onerror=alert(1)><script>alert(2)</script>'

/** As the administrator, who alone may change a schema. @param {string} text */
export const admin = (text) => run('psql', [`${PG} user=jumun_admin`, '-XAtq', '-v',
  'ON_ERROR_STOP=1', '-c', text])

/**
 * @param {string} method @param {string} path @param {unknown} body
 * @param {Record<string, string>} [headers]
 */
export const act = (method, path, body, headers = {}) => api(path, { method,
  body: JSON.stringify(body), headers })

/**
 * @param {string} customer_id @param {string} product_id @param {Record<string, unknown>} [more]
 * @returns {Promise<string>}
 */
export async function place(customer_id, product_id, more = {}) {
  const { order_id } = await act('POST', '/v1/orders', { customer_id, items: [{ product_id,
    quantity: 1 }], ...more })
  return order_id
}

/**
 * A path that is a moment away from being known is none yet.
 * @param {string} id @param {(order: any) => boolean} good
 */
export const orderIs = (id, good) => eventually(() => api(`/v1/orders/${id}`).catch(() => null),
  (order) => order !== null && good(order))

/** @param {string} id @param {string} status */
export const rests = (id, status) => orderIs(id, (order) => order.status === status
  && order.at_rest)

/**
 * One customer's orders are refused by order's database, by their content; what comes behind waits in order. An order
 * that succeeds follows: two that fail alike in a row would rightly stop the service.
 */
export async function park() {
  const [sku, good] = await Promise.all([product({ stock: 50, price: 100 }), shopper(100_000)])
  const bad = fresh('c-bad')
  const name = `poison_${fresh('x').replace(/\W/g, '_')}`
  await admin(`ALTER TABLE jumun_order.orders
    ADD CONSTRAINT ${name} CHECK (customer_id <> '${bad}') NOT VALID`)
  const order = await place(bad, sku)
  const events = async () =>
    (await api(`/v1/admin/parked/order/${order}`)).events.length
  await eventually(events, (count) => count === 1)
  await orderIs(order, ({ status }) => status === 'RESERVED')
  await act('PUT', `/v1/orders/${order}/shipping`, SHIPPING)
  await eventually(events, (count) => count === 2)
  await rests(await place(good, sku, { shipping: SHIPPING, auto_pay: true }), 'PAID')
  return { order, mend: () =>
    admin(`ALTER TABLE jumun_order.orders DROP CONSTRAINT IF EXISTS ${name}`) }
}

/**
 * Any client may publish what is no event: it becomes a letter.
 * @param {string} value @returns {Promise<any>} the letter
 */
export async function letter(value) {
  const key = fresh('key')
  const child = spawn('kcat', ['-b', KAFKA, '-P', '-t', 'PaymentRequested', '-K', '\t'])
  child.stdin.end(`${key}\t${value}\n`)
  await once(child, 'close')
  const mine = (/** @type {any} */ one) => one.kind === 'letter'
    && one.letter.group.endsWith('payment')
    && Buffer.from(one.letter.key, 'base64').toString() === key
  const told = await eventually(() => api('/v1/admin/dead-letters?limit=500'), (list) =>
    list.dead_letters.some(mine))
  return told.dead_letters.find(mine)
}

/**
 * A cancelled order with everything to give back: stock, a coupon, and an attempt to pay that failed.
 */
export async function compensated() {
  const [sku, poor] = await Promise.all([product({ name: '한우 등심 1++ 500g', price: 89_000,
    stock: 20 }), shopper(10_000)])
  const code = fresh('TEN')
  await jumun('coupon', code, '--percent', '10', '--customer', poor)
  const id = await place(poor, sku, { coupon_code: code, shipping: SHIPPING, auto_pay: true })
  await orderIs(id, (order) => order.at_rest && order.payment?.status === 'FAILED')
  await act('PUT', `/v1/orders/${id}/shipping`, SHIPPING)
  await orderIs(id, (order) => order.at_rest && order.revision === 2)
  await act('POST', `/v1/orders/${id}/payment`, {})
  await orderIs(id, (order) => order.at_rest && order.payment?.attempt === 2)
  await act('POST', `/v1/admin/orders/${id}/cancel`, { reason: '고객 전화 요청', by: 'kim' })
  await rests(id, 'CANCELLED')
  return id
}

/**
 * So many orders of one customer, by the way that needs no bridge; refused, for nobody knows their product.
 * @param {number} count @param {{ wait?: boolean }} [options] wait: until all services have read them
 */
export async function manyOrders(count, { wait = true } = {}) {
  const customer = fresh('many')
  const child = spawn(join(BIN, 'jumun'),
    ['publish', 'OrderRequested', ...(wait ? [] : ['--no-wait'])],
    { stdio: ['pipe', 'ignore', 'inherit'] })
  for (let i = 0; i < count; i++)
    child.stdin.write(`${JSON.stringify({ order_id: crypto.randomUUID(), customer_id: customer,
      items: [{ product_id: 'nobody-lists-it', quantity: 1 }] })}\n`)
  child.stdin.end()
  await once(child, 'close')
  return customer
}
