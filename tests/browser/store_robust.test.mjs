/**
 * store_robust.test.mjs — pressed twice, loaded again, in two tabs, without a connection, with a server that
 * dies.
 */
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import {
    api,
    balanceIs,
    closeBrowser,
    closePages,
    eventually,
    expectProblem,
    fresh,
    heal,
    kill,
    open,
    product,
    shopper,
    startAll
} from './harness.mjs'
import { orderIs, place, SHIPPING, shop } from './states.mjs'
import { moneySaid, order, orderId, pay, say, seen, ship } from './steps.mjs'

/** Away, as seen from a page, at once; and sooner back, since the broker need not wait for it. */
const LEAVING = 'SIGTERM'
const LOST = /Failed to load resource|ERR_/
const t = say('ko')

/** @type {import('./states.mjs').Shop} */
let s
before(async () => {
    s = await shop()
})
afterEach(heal)
afterEach(closePages)
after(closeBrowser)

/**
 * As fast as a finger never is: both presses before anything could be drawn.
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 */
const pressTwice = (page, selector) =>
    page.locator(selector).evaluate((button) => {
        const press = () => /** @type {HTMLElement} */ (button).click()
        press()
        press()
    })

/**
 * For a tab behind another: it paints nothing, so nothing in it becomes visible.
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 */
const press = (page, selector) =>
    page.locator(selector).evaluate((button) => /** @type {HTMLElement} */ (button).click())

/** Once the seller has confirmed the order, so that nothing more comes. @param {string} id @param {string} event */
const count = async (id, event) =>
    (await orderIs(id, (one) => one.export === 'ACKNOWLEDGED')).timeline.filter(
        (/** @type {any} */ one) => one.event === event
    ).length

/** An order that only waits to be paid, on the screen of its shopper. @param {import('./harness.mjs').As} [as] */
async function atPayment(as = {}) {
    const customer = await shopper(100_000)
    const placed = await place(customer, [[s.stew, 1]], { shipping: SHIPPING })
    const one = await open({ customer, path: `/orders/${placed.order_id}`, ...as })
    await one.page.waitForSelector('#balance dl')
    return { ...one, one, customer, id: placed.order_id }
}

test('pressed twice, an order is one order and a payment is one attempt', async () => {
    const customer = await shopper(100_000)
    const { page } = await open({ customer })
    await page.click(`[data-product="${s.stew}"] .card-foot button`)
    await page.click('nav a[href="/cart"]')
    await page.waitForSelector('#order')
    await pressTwice(page, '#order')
    await ship(page)
    await page.waitForSelector('#balance dl')
    await pressTwice(page, '#pay')
    await page.waitForSelector('#money[data-money=taken]')
    assert.equal(await count(orderId(page), 'PaymentRequested'), 1)
    assert.equal((await api(`/v1/orders?customer_id=${customer}`)).orders.length, 1)
    await balanceIs(customer, 87_100)
})

test('the same cart, ordered in two tabs at once, is one order', async () => {
    const customer = await shopper(100_000)
    const first = await open({ customer })
    await first.page.click(`[data-product="${s.stew}"] .card-foot button`)
    const second = await open({ context: first.context, path: '/cart' })
    await first.page.click('nav a[href="/cart"]')
    await Promise.all(
        [first, second].map(({ page }) => eventually(() => page.locator('#order').count()))
    )
    /** @type {(() => Promise<void>)[]} neither goes out before both were pressed */
    const held = []
    await first.context.route('**/v1/orders', (route) => void held.push(() => route.continue()))
    await press(first.page, '#order')
    await press(second.page, '#order')
    await eventually(async () => held.length === 2)
    await Promise.all(held.map((go) => go()))
    await Promise.all(
        [first, second].map(({ page }) => eventually(() => page.locator('#shipping').count()))
    )
    assert.equal(orderId(first.page), orderId(second.page))
    await first.page.bringToFront()
    await first.page.click('nav a[href="/cart"]')
    await first.page.waitForSelector('.empty')
})

test('of two who want the last one, one has it and one is told that it is sold out', async () => {
    const last = await product({ name: '마지막 하나', price: 5_000, stock: 1 })
    const both = await Promise.all(
        [shopper(1_000), shopper(1_000)].map(async (customer) => {
            const one = await open({ customer: await customer })
            await one.page.click(`[data-product="${last}"] .card-foot button`)
            await one.page.click('nav a[href="/cart"]')
            await one.page.waitForSelector('#order')
            return one
        })
    )
    await Promise.all(both.map(({ page }) => page.click('#order')))
    await Promise.all(both.map(({ page }) => page.waitForSelector('#shipping, #soldout')))
    const told = await Promise.all(both.map(({ page }) => page.locator('#soldout').count()))
    assert.deepEqual(told.sort(), [0, 1])
    const loser = both.find(({ page }) => page.url().endsWith('/cart'))
    await seen(/** @type {any} */ (loser).page, '마지막 하나는 품절되었습니다.')
})

test('a payment that is on its way survives a reload, and is shown done when it is', async () => {
    const { page, id } = await atPayment()
    await kill('payment', LEAVING)
    await page.click('#pay')
    await seen(page, t('paying.title'))
    await orderIs(id, (one) => one.payment?.status === 'REQUESTED')
    await page.reload()
    await seen(page, t('paying.title'))
    assert.equal(await page.locator('#pay').count(), 0)
    assert.equal(await page.locator('.money').innerText(), t('money.open'))
    await startAll()
    await page.waitForSelector('#money[data-money=taken]')
    assert.equal(await count(id, 'PaymentRequested'), 1)
})

test('the bridge dies while a page waits, and comes back: the page says so, and goes on by itself', async () => {
    const { page, one, id } = await atPayment()
    expectProblem(one, LOST)
    await kill('payment', LEAVING)
    await page.click('#pay')
    await orderIs(id, (seenOrder) => seenOrder.payment?.status === 'REQUESTED')
    await kill('bridge')
    await page.waitForSelector('#connection:not([hidden])')
    await startAll()
    await page.waitForSelector('#money[data-money=taken]')
    await page.waitForSelector('[data-export=ACKNOWLEDGED]')
    assert.equal(await page.locator('#connection').isVisible(), false)
})

test('while the read model is behind, an order is accepted, the page is calm, and goes on when it has caught up', async () => {
    const customer = await shopper(100_000)
    const one = await open({ customer })
    expectProblem(one, LOST)
    await one.page.click(`[data-product="${s.stew}"] .card-foot button`)
    await one.page.click('nav a[href="/cart"]')
    await kill('timeline', LEAVING)
    await one.page.click('#order')
    await seen(one.page, t('problem.read_model_unavailable'))
    await startAll()
    await one.page.waitForSelector('#shipping')
    assert.equal((await api(`/v1/orders?customer_id=${customer}`)).orders.length, 1)
})

test('the answer of an order is lost: it is sent again under the same key, and is one order', async () => {
    const customer = await shopper(100_000)
    const one = await open({ customer })
    expectProblem(one, LOST)
    let lost = 0
    await one.page.route('**/v1/orders', async (route) => {
        if (route.request().method() !== 'POST' || lost++ > 0) return route.continue()
        await route.fetch()
        await route.abort('connectionreset')
    })
    await order(one.page, s.stew)
    await one.page.waitForSelector('#shipping')
    assert.ok(lost >= 2)
    assert.equal((await api(`/v1/orders?customer_id=${customer}`)).orders.length, 1)
})

test('the answer of a payment is lost: it is not sent again, the order tells what came of it', async () => {
    const { page, one, id, customer } = await atPayment()
    expectProblem(one, LOST)
    let sent = 0
    await page.route('**/payment', async (route) => {
        sent++
        await route.fetch()
        await route.abort('connectionreset')
    })
    await page.click('#pay')
    await page.waitForSelector('#money[data-money=taken]')
    assert.equal(sent, 1)
    assert.equal(await count(id, 'PaymentRequested'), 1)
    await balanceIs(customer, 87_100)
})

test('without a connection an address is kept, nothing is taken, and the next try goes through', async () => {
    const customer = await shopper(100_000)
    const one = await open({ customer })
    expectProblem(one, LOST)
    const { page, context } = one
    await order(page, s.stew)
    await page.waitForSelector('#shipping')
    for (const [name, value] of Object.entries(SHIPPING)) await page.fill(`[name=${name}]`, value)
    await context.setOffline(true)
    await page.click('#to-payment')
    await seen(page, t('shipping.kept'))
    assert.equal(await page.inputValue('[name=address]'), SHIPPING.address)
    await context.setOffline(false)
    await page.reload()
    assert.equal(await page.inputValue('[name=address]'), SHIPPING.address)
    await page.click('#to-payment')
    await page.waitForSelector('#pay')
})

test('what another tab has cancelled cannot be paid here', async () => {
    const { page, one, id } = await atPayment()
    expectProblem(one, /409/)
    expectProblem(one, LOST)
    const there = page.url()
    await page.goto('about:blank') // what the page before asks is not taken for this one's first look
    await page.route('**/events', (route) => route.abort())
    /** @type {(() => Promise<void>)[]} this tab hears of nothing after its first look, until it has asked to pay */
    const held = []
    let looks = 0
    await page.route(`**/v1/orders/${id}`, (route) =>
        looks++ === 0 ? route.continue() : void held.push(() => route.continue())
    )
    await page.goto(there)
    await page.waitForSelector('#pay')
    await api(`/v1/orders/${id}/cancel`, {
        method: 'POST',
        body: '{}',
        headers: { Prefer: 'wait=20' }
    })
    const [answer] = await Promise.all([page.waitForResponse('**/payment'), page.click('#pay')])
    assert.equal(answer.status(), 409)
    await page.unroute(`**/v1/orders/${id}`)
    await Promise.all(held.map((go) => go()))
    await seen(page, t('phase.cancelled'))
    await moneySaid(page, 'none', t('money.none'))
})

test('Back leads to the cart, and never orders or pays again', async () => {
    const customer = await shopper(100_000)
    const { page } = await open({ customer })
    await order(page, s.stew)
    await ship(page)
    const address = page.url()
    await page.goBack()
    await page.waitForSelector('.held')
    assert.equal(new URL(page.url()).pathname, '/cart')
    await page.waitForSelector('.empty')
    await page.click('.held')
    await pay(page)
    await page.waitForSelector('#money[data-money=taken]')
    assert.equal(page.url(), address)
    await page.goBack()
    await page.waitForSelector('.empty')
    await page.goForward()
    await page.waitForSelector('#money[data-money=taken]')
    assert.equal((await api(`/v1/orders?customer_id=${customer}`)).orders.length, 1)
})

test('Back from the address after a failure leads to the choice again', async () => {
    const customer = await shopper(1_000)
    const placed = await place(customer, [[s.stew, 1]], { shipping: SHIPPING, auto_pay: true })
    const { page } = await open({ customer, path: `/orders/${placed.order_id}` })
    await page.click('#retry')
    await page.waitForSelector('#shipping')
    await page.goBack()
    await page.waitForSelector('#retry')
})

test('script in names and addresses stays text', async () => {
    const bad = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    const id = await product({ name: bad, price: 1_000, stock: 5 })
    const customer = await shopper(100_000)
    const { page } = await open({ customer })
    await order(page, id)
    await ship(page, { recipient: bad, address: `"'><svg/onload=document.title=1> ${bad}` })
    await pay(page)
    await page.waitForSelector('#money[data-money=taken]')
    assert.ok((await page.locator('#summary').innerText()).includes(bad))
    assert.equal(await page.locator('main img, main script, main svg[onload]').count(), 0)
    await page.goto(new URL('/orders', page.url()).href)
    await seen(page, bad)
    assert.notEqual(await page.title(), '1')
})

test('what a cart remembers that is no product any more does not stop the shop', async () => {
    const customer = await shopper(1_000)
    const { page } = await open({
        customer,
        path: '/cart',
        keeps: {
            [`jumun.cart.${customer}`]: {
                key: fresh('k'),
                placed: null,
                short: [],
                refused: null,
                lines: [{ product_id: fresh('gone'), quantity: 1 }]
            }
        }
    })
    await page.click('#order')
    await seen(page, t('reason.UNKNOWN_PRODUCT'))
    await page.click('.line-controls .quiet')
    await page.waitForSelector('.empty')
})
