/**
 * states.mjs — every state of the storefront, brought about through the API once, to be looked at by whoever likes.
 *
 * A state is an address, who looks, what their browser remembers, what they do there, and what has to be seen then.
 *
 * @typedef {{ name: string, path: string, customer?: string, keeps?: Record<string, unknown>,
 *   act?: (page: import('playwright-core').Page) => Promise<void>, ready: string, expects?: RegExp }} State
 */
import { api, coupon, eventually, fresh, jumun, open, product, shopper } from './harness.mjs'

export const SHIPPING = {
    recipient: '김주문',
    address: '서울특별시 중구 세종대로 110, 3층',
    contact: '010-1234-5678'
}
const REST = { Prefer: 'wait=20' }

/** @param {string} method @param {string} path @param {unknown} body */
const act = (method, path, body) => api(path, { method, body: JSON.stringify(body), headers: REST })

/** @param {string} customer_id @param {[string, number][]} lines @param {Record<string, unknown>} [more] */
export const place = (customer_id, lines, more = {}) =>
    act('POST', '/v1/orders', {
        customer_id,
        items: lines.map(([product_id, quantity]) => ({ product_id, quantity })),
        ...more
    })

/** @param {string} id @param {(order: any) => boolean} good */
export const orderIs = (id, good) => eventually(() => api(`/v1/orders/${id}`), good)

export const cancel = (/** @type {string} */ id) => act('POST', `/v1/orders/${id}/cancel`, {})

/** A small shop and somebody who can pay. @param {(name: string) => string} named who and which code */
export async function shop(named = fresh) {
    const ids = await Promise.all([
        product({ name: '김치찌개 밀키트 2인분', price: 12_900, stock: 100 }),
        product({ name: '전주비빔밥 세트', price: 9_800, stock: 100 }),
        product({ name: '한우 등심 1++ 500g', price: 89_000, stock: 20 }),
        product({ name: '씨앗호떡 한정판', price: 4_500, stock: 2 }),
        product({ name: '제주 한라봉 3kg', price: 32_000, stock: 0 })
    ])
    const customer = await shopper(300_000, named('minji'))
    const [three, ten, big, spare, gift] = await Promise.all([
        coupon(
            ['--discount', '3000', '--minimum', '10000', '--customer', customer],
            named('WELCOME')
        ),
        coupon(['--percent', '10', '--customer', customer], named('TEN')),
        coupon(
            ['--discount', '20000', '--minimum', '200000', '--customer', customer],
            named('BIG')
        ),
        coupon(['--discount', '2000', '--customer', customer], named('THANKS')),
        coupon(['--discount', '5000', '--customer', customer], named('GIFT'))
    ])
    return {
        stew: ids[0],
        bibimbap: ids[1],
        beef: ids[2],
        hotteok: ids[3],
        gone: ids[4],
        customer,
        three,
        ten,
        big,
        spare,
        gift
    }
}

/** @typedef {Awaited<ReturnType<typeof shop>>} Shop */

/** Orders at rest in each of their states. @param {Shop} s */
async function orders(s) {
    const two = /** @type {[string, number][]} */ ([
        [s.stew, 2],
        [s.bibimbap, 1]
    ])
    const poor = await shopper(10_000)
    const back = await coupon(['--percent', '10', '--customer', poor], fresh('TEN'))
    const pay = { shipping: SHIPPING, auto_pay: true }
    const [details, refused, applied, ready, short, failed, paid, cancelled, soldOut] =
        await Promise.all([
            place(s.customer, two),
            place(s.customer, two),
            place(s.customer, two, { coupon_code: s.ten }),
            place(s.customer, two, { shipping: SHIPPING, coupon_code: s.three }),
            place(poor, [[s.beef, 1]], { shipping: SHIPPING }),
            place(poor, [[s.beef, 1]], pay),
            place(s.customer, two, { ...pay, coupon_code: s.gift }),
            place(poor, [[s.beef, 1]], { ...pay, coupon_code: back }),
            place(s.customer, [[s.hotteok, 3]])
        ])
    await act('PUT', `/v1/orders/${refused.order_id}/coupon`, { coupon_code: s.big })
    await cancel(cancelled.order_id)
    await orderIs(paid.order_id, (order) => order.export === 'ACKNOWLEDGED')
    await orderIs(cancelled.order_id, (order) => order.status === 'CANCELLED' && order.at_rest)
    return { poor, details, refused, applied, ready, short, failed, paid, cancelled, soldOut }
}

/** @param {Shop} s @param {string} id @param {unknown} more */
const cartOf = (s, id, more) => ({
    [`jumun.cart.${id}`]: {
        key: fresh('cart'),
        placed: null,
        short: [],
        refused: null,
        lines: [
            { product_id: s.stew, quantity: 2 },
            { product_id: s.hotteok, quantity: 3 }
        ],
        .../** @type {any} */ (more)
    }
})

/** @param {(name: string) => string} [named] @returns {Promise<State[]>} */
export async function states(named = fresh) {
    const s = await shop(named)
    const o = await orders(s)
    const at = (/** @type {any} */ order) => `/orders/${order.order_id}`
    const mine = { customer: s.customer }
    const theirs = { customer: o.poor }
    const first = { customer: await shopper(50_000, named('jiwoo')) } // without an order
    return [
        { ...mine, name: 'products', path: '/', ready: '.card' },
        {
            ...mine,
            name: 'products-in-cart',
            path: '/',
            ready: '.card .stepper',
            keeps: cartOf(s, s.customer, {})
        },
        {
            name: 'customers',
            path: '/',
            ready: '.dialog .rows',
            act: (page) => page.click('#customer')
        },
        { ...mine, name: 'cart', path: '/cart', ready: '#order', keeps: cartOf(s, s.customer, {}) },
        {
            ...first,
            name: 'cart-sold-out',
            path: '/cart',
            ready: '#soldout',
            keeps: cartOf(s, first.customer, {
                refused: 'SOLD_OUT',
                short: [{ product_id: s.hotteok, requested: 3, available: 2 }]
            })
        },
        { ...first, name: 'cart-empty', path: '/cart', ready: '.empty' },
        { ...mine, name: 'details', path: at(o.details), ready: '.coupons' },
        {
            ...mine,
            name: 'details-wrong',
            path: at(o.details),
            ready: '[aria-invalid]',
            act: (page) => page.click('#to-payment')
        },
        { ...mine, name: 'coupon-refused', path: at(o.refused), ready: '.coupons' },
        { ...mine, name: 'coupon-applied', path: at(o.applied), ready: '.notice.good' },
        { ...mine, name: 'pay', path: at(o.ready), ready: '#balance dl' },
        { ...theirs, name: 'pay-short', path: at(o.short), ready: '#top-up' },
        {
            ...theirs,
            name: 'top-up',
            path: at(o.short),
            ready: '.dialog .choice',
            act: (page) => page.click('#top-up')
        },
        { ...theirs, name: 'failed', path: at(o.failed), ready: '#top-up' },
        {
            ...theirs,
            name: 'retry',
            path: at(o.failed),
            ready: '#shipping',
            act: (page) => page.click('#retry')
        },
        {
            ...theirs,
            name: 'cancel',
            path: at(o.failed),
            ready: '#cancel-yes',
            act: (page) => page.click('#cancel')
        },
        { ...mine, name: 'paid', path: at(o.paid), ready: '[data-export=ACKNOWLEDGED]' },
        { ...theirs, name: 'cancelled', path: at(o.cancelled), ready: '.given' },
        { ...mine, name: 'sold-out', path: at(o.soldOut), ready: '.notice.bad' },
        { ...mine, name: 'orders', path: '/orders', ready: '.orders' },
        { customer: fresh('nobody'), name: 'orders-empty', path: '/orders', ready: '.empty' },
        { name: 'orders-nobody', path: '/orders', ready: '.empty' },
        {
            ...mine,
            name: 'order-missing',
            path: '/orders/00000000-0000-7000-8000-000000000000',
            ready: '.notice.bad',
            expects: /404/
        },
        { ...mine, name: 'page-missing', path: '/orders/a/b', ready: '.empty' }
    ]
}

/** @param {State} state @param {import('./harness.mjs').As} as */
export async function visit({ customer, path, keeps, expects, act, ready }, as) {
    const one = await open({ ...as, customer, path, keeps, expects: expects ? [expects] : [] })
    await act?.(one.page)
    await one.page.waitForSelector(ready)
    await one.page.waitForFunction(() => !document.querySelector('.waiting'))
    return one
}

export { jumun }
