/** store_flow.test.mjs — every branch of an order's flow, as its shopper meets it, in both languages. */
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import {
    api,
    balanceIs,
    closeBrowser,
    closePages,
    coupon,
    customerIs,
    eventually,
    fresh,
    LANGUAGES,
    open,
    shopper,
    stockIs
} from './harness.mjs'
import { place, SHIPPING, shop } from './states.mjs'
import { moneySaid, order, orderId, pay, say, seen, ship } from './steps.mjs'

const PICKER_PAGE = 20

/** @type {import('./states.mjs').Shop} */
let s
before(async () => {
    s = await shop()
})
afterEach(closePages)
after(closeBrowser)

/** @param {string} name @param {(language: 'ko'|'en', t: ReturnType<typeof say>) => Promise<void>} run */
function inBoth(name, run) {
    for (const language of LANGUAGES)
        test(`${name} (${language})`, () => run(language, say(language)))
}

inBoth(
    'from the products to done: coupon seen before use, the whole bill, four steps',
    async (language, t) => {
        const customer = await shopper(100_000)
        const code = await coupon([
            '--discount',
            '3000',
            '--minimum',
            '10000',
            '--customer',
            customer
        ])
        const { page } = await open({ language, customer, width: 390 })
        await order(page, s.stew, 2)
        await page.click(`[data-coupon="${code}"]:has-text("−₩3,000")`)
        await seen(page, t('coupon.applied', { code, amount: '₩3,000' }))
        await ship(page)
        assert.equal(await page.locator('#pay').innerText(), t('pay.do', { amount: '₩22,800' }))
        assert.match(
            await page.locator('#balance').innerText(),
            /₩100,000[\s\S]*−₩22,800[\s\S]*₩77,200/
        )
        const bill = await page.locator('#summary').innerText()
        for (const part of ['₩25,800', '−₩3,000', '₩22,800', SHIPPING.recipient, SHIPPING.address])
            assert.ok(bill.includes(part), `${part} in ${bill}`)
        await pay(page)
        await page.waitForSelector('[data-export=ACKNOWLEDGED]')
        assert.equal(await page.locator('[data-state=done]').count(), 4)
        assert.equal(await page.locator('#money').getAttribute('data-money'), 'taken')
        await balanceIs(customer, 77_200)
        await page.click('nav a[href="/orders"]')
        await seen(page, t('status.PAID'))
    }
)

inBoth('sold out names the product and what is left, and the cart stays', async (language, t) => {
    const customer = await shopper(1_000)
    const { page } = await open({ language, customer })
    await page.waitForSelector(`[data-product="${s.hotteok}"]`)
    await order(page, s.hotteok, 2)
    await page.waitForSelector('#shipping')
    const other = await open({ language, customer: await shopper(1_000), path: '/' })
    await other.page.evaluate(
        ({ id, name }) =>
            localStorage.setItem(
                name,
                JSON.stringify({
                    key: id,
                    placed: null,
                    short: [],
                    refused: null,
                    lines: [{ product_id: id, quantity: 2 }]
                })
            ),
        {
            id: s.hotteok,
            name: `jumun.cart.${JSON.parse(
                await other.page.evaluate(() => localStorage.getItem('jumun.customer') ?? '')
            )}`
        }
    )
    await other.page.goto(new URL('/cart', other.page.url()).href)
    await other.page.click('#order')
    await seen(other.page, t('soldout.title'))
    const notice = await other.page.locator('.notice.bad').innerText()
    assert.ok(notice.includes('씨앗호떡 한정판') && notice.includes(t('money.none')), notice)
    assert.equal(await other.page.locator('[data-line]').count(), 1)
    await page.click('#cancel')
    await page.click('#cancel-yes')
    await page.waitForSelector('[data-given=stock][data-state=DONE]')
    await stockIs(s.hotteok, 2) // for the other language
})

inBoth('what is left can be taken instead', async (language, t) => {
    const customer = await shopper(1_000)
    const { page } = await open({
        language,
        customer,
        path: '/cart',
        keeps: {
            [`jumun.cart.${customer}`]: {
                key: fresh('k'),
                placed: null,
                short: [],
                refused: null,
                lines: [{ product_id: s.hotteok, quantity: 5 }]
            }
        }
    })
    await page.click('#order')
    await page.click('.lack button')
    await page.click('#order')
    await page.waitForSelector('#shipping')
    assert.equal((await api(`/v1/orders/${orderId(page)}`)).items[0].quantity, 2)
    await page.click('#cancel')
    await page.click('#cancel-yes')
    await seen(page, t('phase.cancelled'))
    await page.waitForSelector('[data-given=stock][data-state=DONE]')
    await stockIs(s.hotteok, 2)
})

inBoth('a refused coupon says why, and the order goes on without it', async (language, t) => {
    const customer = await shopper(100_000)
    const big = await coupon(['--discount', '20000', '--minimum', '200000'])
    const { page } = await open({ language, customer })
    await order(page, s.stew)
    await page.waitForSelector('#coupon input')
    await page.fill('#coupon input', 'NO-SUCH-CODE')
    await page.press('#coupon input', 'Enter')
    await seen(page, t('reason.UNKNOWN'))
    await api(`/v1/orders/${orderId(page)}/coupon`, {
        method: 'PUT',
        body: JSON.stringify({ coupon_code: big })
    })
    await seen(page, t('reason.BELOW_MINIMUM'))
    await seen(page, t('coupon.without'))
    await ship(page)
    assert.equal(await page.locator('#pay').innerText(), t('pay.do', { amount: '₩12,900' }))
    await pay(page)
    await page.waitForSelector('#money[data-money=taken]')
})

inBoth('a code shows its discount before it is used', async (language, t) => {
    const code = await coupon(['--percent', '10'])
    const { page } = await open({ language, customer: await shopper(1_000) })
    await order(page, s.beef)
    await page.fill('#coupon input', code)
    await page.press('#coupon input', 'Enter')
    await page.click(`[data-coupon="${code}"]:has-text("−₩8,900")`)
    await seen(page, t('coupon.applied', { code, amount: '₩8,900' }))
})

inBoth(
    'a short balance fails, is topped up, and tried again from the address',
    async (language, t) => {
        const customer = await shopper(1_000)
        const { page } = await open({ language, customer, width: 390 })
        await order(page, s.stew)
        await ship(page)
        await page.waitForSelector('.bill-line.lacking')
        await pay(page)
        await page.waitForSelector('#retry')
        assert.equal(await page.locator('#money').getAttribute('data-money'), 'none')
        await seen(page, t('reason.INSUFFICIENT_BALANCE'))
        await page.click('#top-up')
        await page.locator('.choice', { hasText: '₩50,000' }).click()
        await page.click('.dialog button[type=submit]')
        await page.waitForSelector('.notice.good')
        await page.click('#retry')
        await page.waitForSelector('#shipping')
        assert.equal(await page.inputValue('[name=recipient]'), SHIPPING.recipient)
        await page.fill('[name=recipient]', '이주문')
        await page.click('#to-payment')
        await pay(page)
        await page.waitForSelector('#money[data-money=taken]')
        const paid = await api(`/v1/orders/${orderId(page)}`)
        assert.equal(paid.payment.attempt, 2)
        assert.equal(paid.shipping.recipient, '이주문')
        await balanceIs(customer, 38_100)
    }
)

inBoth('after a failure, cancelling says what was given back', async (language, t) => {
    const customer = await shopper(1_000)
    const code = await coupon(['--percent', '10', '--customer', customer])
    const { page } = await open({ language, customer })
    await order(page, s.beef)
    await page.click(`[data-coupon="${code}"]`)
    await page.waitForSelector('.notice.good')
    await ship(page)
    await pay(page)
    await page.waitForSelector('#retry')
    await page.click('#cancel')
    await page.click('#cancel-yes')
    await page.waitForSelector('[data-given=stock][data-state=DONE]')
    await page.waitForSelector('[data-given=coupon][data-state=DONE]')
    await moneySaid(page, 'none', t('money.none'))
    await customerIs(customer, ({ coupons }) => coupons[0].status === 'AVAILABLE')
    await page.click('#panel a.primary')
    await page.waitForSelector('.card')
})

/**
 * With its page open before it is cancelled: on a slow machine it gets more time.
 * @param {'ko'|'en'} language
 */
async function watchedToItsDeadline(language) {
    const customer = await shopper(100_000)
    for (let pay_within_s = 4; ; pay_within_s *= 2) {
        const placed = await place(customer, [[s.stew, 1]], { shipping: SHIPPING, pay_within_s })
        const { page } = await open({ language, customer, path: `/orders/${placed.order_id}` })
        await page.waitForSelector('#pay, .notice.info')
        if ((await page.locator('#deadline.urgent').count()) > 0) return page
    }
}

test('an order that is not paid in time is cancelled before the eyes of its shopper', async () => {
    await Promise.all(
        LANGUAGES.map(async (language) => {
            const t = say(language)
            const page = await watchedToItsDeadline(language)
            await seen(page, t('reason.DEADLINE'))
            await moneySaid(page, 'none', t('money.none'))
        })
    )
})

inBoth('the order of an operator who cancels tells its shopper so', async (language, t) => {
    const customer = await shopper(100_000)
    const placed = await place(customer, [[s.stew, 1]], { shipping: SHIPPING })
    const { page } = await open({ language, customer, path: `/orders/${placed.order_id}` })
    await page.waitForSelector('#pay')
    await api(`/v1/admin/orders/${placed.order_id}/cancel`, {
        method: 'POST',
        body: JSON.stringify({ reason: 'a test', by: 'tests/browser' })
    })
    await seen(page, t('reason.OPERATOR'))
    await moneySaid(page, 'none', t('money.none'))
})

test('whoever has not said who they are is asked when they order, from a list, page by page', async () => {
    const first = await shopper(50_000, `0-${fresh('first')}`) // by their ids: on the first page
    const { page } = await open({})
    await order(page, s.stew)
    await page.click(`.pick button:has-text("${first}")`)
    await page.waitForSelector('#shipping')
    assert.equal((await api(`/v1/orders/${orderId(page)}`)).customer_id, first)

    const all = (await api('/v1/customers?limit=200')).customers.length
    await page.click('#customer')
    const rows = page.locator('.pick .rows button')
    await eventually(() => rows.count(), (count) => count === Math.min(all, PICKER_PAGE))
    assert.equal(await page.locator('.pick [aria-current=true]').innerText(), `${first}\n₩50,000`)
    if (all <= PICKER_PAGE) return
    await page.click('.pick .quiet')
    await eventually(() => rows.count(), (count) => count > PICKER_PAGE)
})

test('where customers cannot be listed, the picker says so and takes a name', async () => {
    const customer = await shopper(50_000)
    const one = await open({ expects: [/404.*\/v1\/customers\?/] })
    const { page } = one
    await page.route('**/v1/customers?*', (route) =>
        route.fulfill({ status: 404, json: { code: 'not_found', status: 404 } })
    ) // as the bridge answers once there is a login: the list is for the demo alone
    await order(page, s.stew)
    await seen(page, say('ko')('customer.unlisted'))
    await page.fill('.dialog input', '이름 아님')
    await page.press('.dialog input', 'Enter')
    await seen(page, say('ko')('customer.wrong'))
    await page.fill('.dialog input', customer)
    await page.press('.dialog input', 'Enter')
    await page.waitForSelector('#shipping')
    assert.equal((await api(`/v1/orders/${orderId(page)}`)).customer_id, customer)
})

test('the language follows the browser, and the switch', async () => {
    const { page } = await open({ language: 'en' })
    assert.equal(await page.locator('h1').innerText(), say('en')('products.title'))
    await page.click('#language')
    await page.waitForSelector(`h1:text-is("${say('ko')('products.title')}")`)
    await page.reload()
    assert.equal(await page.locator('html').getAttribute('lang'), 'ko')
})
