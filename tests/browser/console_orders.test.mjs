/**
 * console_orders.test.mjs — finding an order, by typing, by filters in the address, by keys; ten thousand in the list.
 */
import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { address, api, closeBrowser, closePages, coupon, eventually, open, product,
  shopper } from './harness.mjs'
import { SHIPPING, manyOrders, place, rests } from './console_support.mjs'

const MANY = 10_000
/**
 * Rows in sight and a screen around them, and all else of the page: far from a node for each order.
 */
const NODES_MAX = 2_500

afterEach(closePages)
after(closeBrowser)

const ROW = '.rows tbody tr:not(.spacer)'
/** @param {import('playwright-core').Page} page */
const keys = (page) => page.$$eval(ROW, (rows) => rows.map((row) => row.getAttribute('data-key')))

test('/ leads to the search: a whole id opens the order, anything else becomes a list',
  async () => {
  const [sku, who] = await Promise.all([product(), shopper(50_000)])
  const id = await place(who, sku, { shipping: SHIPPING, auto_pay: true })
  await rests(id, 'PAID')
  const { page } = await open({ path: '/console' })
  await page.waitForSelector('.tiles')
  await page.keyboard.press('/')
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'search')
  await page.keyboard.type(id)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.tl-mark')
  assert.equal(new URL(page.url()).pathname, `/console/orders/${id}`)
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1')
  for (const words of [who, id.slice(0, 13)]) {
    await page.keyboard.press('/')
    await page.fill('#search', words)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.searchParams.get('q') === words)
    await page.waitForSelector(`${ROW}[data-key="${id}"]`)
  }
  await page.keyboard.press('/')
  await page.keyboard.press('Escape')
  assert.notEqual(await page.evaluate(() => document.activeElement?.id), 'search')
})

test('filters stand in the address, narrow the list, and survive a reload and the way back',
  async () => {
  const [sku, who] = await Promise.all([product({ stock: 10 }), shopper(50_000)])
  const code = await coupon(['--discount', '1000', '--customer', who])
  const paid = await place(who, sku, { coupon_code: code, shipping: SHIPPING, auto_pay: true })
  const open1 = await place(who, sku)
  await rests(paid, 'PAID')
  await rests(open1, 'RESERVED')
  const { page } = await open({ path: `/console/orders?customer_id=${who}` })
  await page.waitForFunction(([row]) =>
    document.querySelectorAll(/** @type {string} */ (row)).length === 2, [ROW])
  assert.deepEqual(await keys(page), [open1, paid])
  await page.selectOption('select[name=status]', 'PAID')
  await page.waitForURL((url) => url.searchParams.get('status') === 'PAID')
  await page.waitForFunction(([row]) =>
    document.querySelectorAll(/** @type {string} */ (row)).length === 1, [ROW])
  assert.deepEqual(await keys(page), [paid])
  await page.reload()
  await page.waitForSelector(`${ROW}[data-key="${paid}"]`)
  assert.equal(await page.inputValue('select[name=status]'), 'PAID')
  await page.goBack()
  await page.waitForFunction(([row]) =>
    document.querySelectorAll(/** @type {string} */ (row)).length === 2, [ROW])
  await page.goto(address(`/console/orders?coupon_code=${code}`))
  await page.waitForSelector(`${ROW}[data-key="${paid}"]`)
  assert.deepEqual(await keys(page), [paid])
  await page.goto(address(`/console/orders?customer_id=${who}`)) // which stands among the further filters: they are open
  const day = 86_400_000
  for (const [from, count] of /** @type {[number, number][]} */ ([[Date.now() + day, 0], [Date.now() - day, 2]])) {
    await page.fill('[name=from]', new Date(from).toISOString().slice(0, 19))
    await page.click('.filters button[type=submit]')
    await page.waitForURL((url) => url.searchParams.has('from'))
    await page.waitForFunction(([row, wanted]) =>
      document.querySelectorAll(/** @type {string} */ (row)).length === wanted, [ROW, count])
  }
  await page.goto(address(`/console/orders?customer_id=${who}&oldest=true`))
  await page.waitForFunction(([row]) =>
    document.querySelectorAll(/** @type {string} */ (row)).length === 2, [ROW])
  assert.deepEqual(await keys(page), [paid, open1])
})

test('j and k go along the list, Enter opens; a new order appears by itself at the top',
  async () => {
  const [sku, who] = await Promise.all([product({ stock: 10 }), shopper(0)])
  const first = await place(who, sku)
  const second = await place(who, sku)
  await rests(second, 'RESERVED')
  const { page } = await open({ path: `/console/orders?customer_id=${who}` })
  await page.waitForSelector(`${ROW}[data-key="${first}"]`)
  const here = () => page.evaluate(() =>
    document.activeElement?.closest('tr')?.getAttribute('data-key') ?? null)
  await page.keyboard.press('j')
  assert.equal(await here(), second)
  await page.keyboard.press('j')
  assert.equal(await here(), first)
  await page.keyboard.press('k')
  assert.equal(await here(), second)
  const third = await place(who, sku)
  await page.waitForSelector(`${ROW}[data-key="${third}"]`)
  assert.equal((await keys(page))[0], third)
  assert.equal(await here(), second, 'what one stands on stays')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.tl-mark')
  assert.equal(new URL(page.url()).pathname, `/console/orders/${second}`)
})

test('ten thousand orders: all within reach, few in the page, while others arrive', async () => {
  const who = await manyOrders(MANY)
  await eventually(async () => {
    const { orders: rows } = await api(`/v1/admin/orders?customer_id=${who}&at_rest=false&limit=1`)
    const all = await api(`/v1/admin/orders?customer_id=${who}&limit=1`)
    return rows.length === 0 && all.orders.length === 1
  })
  const { page } = await open({ path: `/console/orders?customer_id=${who}` })
  await page.waitForSelector(ROW)
  const more = manyOrders(1000, { wait: false }) // others', at the same time
  let most = 0
  await page.waitForFunction(() => { // down, until nothing more comes
    scrollTo(0, document.documentElement.scrollHeight)
    return document.querySelector('table.rows')?.getAttribute('aria-rowcount') === '10001'
  }, null, { polling: 'raf', timeout: 120_000 })
  for (let step = 0; step < 20; step++) {
    await page.evaluate((share) => scrollTo(0, share * document.documentElement.scrollHeight),
      step / 20)
    await page.waitForSelector(ROW)
    most = Math.max(most, await page.evaluate(() => document.querySelectorAll('*').length))
  }
  assert.ok(most < NODES_MAX, `${most} nodes`)
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
  await page.waitForSelector(`${ROW}[aria-rowindex="10001"]`)
  const last = (await keys(page)).at(-1)
  await page.click(`${ROW}[data-key="${last}"] a`)
  await page.waitForSelector('.tl-mark')
  await more
})

/** Orders and ends of orders in the busiest of the last seconds. */
const busiest = async () => Math.max(0, ...(await api('/v1/admin/stats')).rates.points.map(
  (/** @type {Record<string, number>} */ { requested, paid, cancelled, sold_out: soldOut, seconds }) =>
    (requested + paid + cancelled + soldOut) / seconds))

/** The newest order that the list shows is another one. @param {import('playwright-core').Page} page */
async function newer(page) {
  const [old] = await keys(page)
  await page.waitForFunction(([row, key]) =>
    document.querySelector(/** @type {string} */ (row))?.getAttribute('data-key') !== key, [ROW, old])
}

/** @param {import('playwright-core').Page} page */
const focusedKey = (page) => page.evaluate(() =>
  document.activeElement?.closest('tr')?.getAttribute('data-key') ?? null)

/** One row further with each press, however much arrives. @param {import('playwright-core').Page} page */
async function downByKeys(page) {
  await page.keyboard.press('j')
  for (let step = 0; step < 10; step++) {
    const old = await focusedKey(page)
    assert.ok(old)
    await page.keyboard.press('j')
    await page.waitForFunction((key) => document.activeElement?.closest('tr')?.previousElementSibling
      ?.getAttribute('data-key') === key, old)
  }
}

/** What is told anew every second leaves the focus where it is. @param {import('playwright-core').Page} page */
async function overviewHolds(page) {
  await page.goto(address('/console'))
  const link = page.locator('a[href="/console/orders?status=SOLD_OUT"]')
  const count = () => page.locator('tr', { has: link }).locator('.num').textContent()
  await link.focus()
  for (let told = 0; told < 3; told++) {
    const before = await count()
    await eventually(count, (now) => now !== before)
  }
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('href')),
    '/console/orders?status=SOLD_OUT')
  await page.keyboard.press('Enter')
  await page.waitForURL(/status=SOLD_OUT/)
}

test('ten thousand in the list and 500 events a second arriving: what one types, reads and presses stays',
  async () => {
    const from = new Date().toISOString() // not what tests before have ordered
    await manyOrders(MANY)
    const { page } = await open({ path: `/console/orders?from=${from}` })
    await page.waitForSelector(ROW)
    await page.waitForFunction((many) => { // down, until they are all there
      scrollTo(0, document.documentElement.scrollHeight)
      return Number(document.querySelector('table.rows')?.getAttribute('aria-rowcount')) > many
    }, MANY, { polling: 'raf', timeout: 120_000 })
    await page.evaluate(() => scrollTo(0, 0))
    let arriving = true
    const others = (async () => {
      while (arriving)
        await manyOrders(2000, { wait: false })
    })()
    try {
      await eventually(busiest, (rate) => rate >= 500, 60_000)
      await page.focus('.filters [name=q]')
      for (const letter of 'abc') {
        await page.keyboard.type(letter)
        await newer(page)
      }
      assert.equal(await page.inputValue('.filters [name=q]'), 'abc')
      await page.keyboard.press('Escape') // out of the field: letters are keys again
      await downByKeys(page)
      assert.ok(await page.evaluate(() => document.querySelectorAll('*').length) < NODES_MAX)
      await page.click('.news') // nothing has moved under the keys; who asks gets what came meanwhile
      await page.waitForSelector(`${ROW}[aria-rowindex="2"]:focus-within`)
      const top = await focusedKey(page)
      await page.keyboard.press('Enter')
      await page.waitForSelector('.tl-mark')
      assert.equal(new URL(page.url()).pathname, `/console/orders/${top}`)
      await overviewHolds(page)
      assert.ok(await busiest() >= 500, 'they were arriving all the while')
    } finally {
      arriving = false
      await others
    }
  })

test('what people typed stays text', async () => {
  const name = '<b>굵게</b><script>window.hit = 1</script>'
  const [sku, who] = await Promise.all([product({ name }), shopper(50_000)])
  const nasty = '<img src=x onerror="window.hit = 2">'
  const id = await place(who, sku, { auto_pay: true,
    shipping: { recipient: nasty, address: '</script><script>window.hit = 3</script>',
      contact: "'\"><svg onload=hit()>" } })
  await rests(id, 'PAID')
  const { page } = await open({ path: `/console/orders/${id}?view=raw` })
  await page.waitForSelector('.raw-events')
  await page.getByText(nasty, { exact: true }).waitFor()
  await page.goto(address(`/console/orders?${new URLSearchParams({ q: 'x"><script>' })}`))
  await page.waitForSelector('.problem, .found:not(:empty)')
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).hit), undefined)
  assert.equal(await page.locator('main script, main img').count(), 0)
})

test('an order that nobody knows is said to be none', async () => {
  const one = await open({ path: '/console/orders/00000000-0000-7000-8000-000000000000' })
  one.expects.push(/404/)
  await one.page.waitForSelector('.problem')
  assert.match(await one.page.textContent('.problem') ?? '', /order_not_found · 404/)
})
