/**
 * console_order.test.mjs — one order: its timeline, what it waits for while a service stands still, and cancelling it.
 */
import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { address, api, closeBrowser, closePages, eventually, fresh, kill, open, product, shopper, startAll }
  from './harness.mjs'
import { SHIPPING, compensated, orderIs, place, rests } from './console_support.mjs'

afterEach(closePages)
after(closeBrowser)

test('a cancelled order: reason on top, attempts numbered, compensations in a lane', async () => {
  const id = await compensated()
  const { page } = await open({ path: `/console/orders/${id}`, theme: 'dark' })
  await page.waitForSelector('.tl-mark.undo')
  assert.match(await page.textContent('.failure') ?? '', /OPERATOR/)
  assert.match(await page.textContent('.failure') ?? '', /INSUFFICIENT_BALANCE/)
  const labels = await page.$$eval('.tl-mark', (marks) => marks.map((mark) =>
    mark.getAttribute('aria-label') ?? ''))
  for (const attempt of ['PaymentFailed #1', 'PaymentFailed #2'])
    assert.equal(labels.filter((label) => label.startsWith(attempt)).length, 1, attempt)
  const undone = labels.filter((label) => label.startsWith('보상: ')).map((label) =>
    label.split(' ')[1]?.replace(',', ''))
  assert.deepEqual(undone.sort(), ['CouponRestored', 'PaymentVoided', 'StockReleased'])
  assert.match(await page.textContent('.tl-name.undo') ?? '', /보상/)
  const order = await api(`/v1/orders/${id}`)
  assert.equal(labels.length, order.timeline.length)
  await page.click('.as-table summary')
  assert.equal(await page.locator('table.events tbody tr').count(), order.timeline.length)
  assert.equal(await page.locator('table.events .undo-word').count(), 3)
})

test('bars are as long as their services took: to one scale, from cause to effect', async () => {
  const id = await compensated()
  const { events } = await api(`/v1/admin/orders/${id}/events`)
  assert.ok(events.every((/** @type {any} */ event) => typeof event.offset === 'number'),
    'every record has its place')
  const { page } = await open({ path: `/console/orders/${id}?scale=linear`, width: 1600 })
  await page.waitForSelector('.tl-mark')
  const bars = await page.locator('.tl-bar').count()
  const caused = events.filter((/** @type {any} */ event) => event.cause).length
  assert.ok(bars > 5 && bars <= caused, `${bars} bars, ${caused} events with a cause`)
  assert.equal(await page.locator('.tl-fold').count(), 0)
})

test('the timeline is gone along by keys, and an event is opened by Enter', async () => {
  const id = await compensated()
  const { page } = await open({ path: `/console/orders/${id}` })
  await page.waitForSelector('.tl-mark')
  await page.focus('.tl-mark[tabindex="0"]')
  const label = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
  assert.match(await label(), /^OrderRequested/)
  await page.keyboard.press('ArrowRight')
  assert.match(await label(), /^StockReserved/)
  await page.keyboard.press('End')
  const last = await label()
  await page.keyboard.press('Enter')
  const name = /** @type {string} */ (last.replace(/^.*?: /, '').split(/[ ,]/)[0])
  await page.locator('.detail-pane h3', { hasText: name }).waitFor()
  assert.equal(await page.locator('.tl-mark[tabindex="0"]').count(), 1)
})

test('an order that is stuck says what it waits for, of which service, and goes on by itself', async () => {
  const [sku, who] = await Promise.all([product(), shopper(50_000)])
  const id = await place(who, sku, { shipping: SHIPPING })
  await rests(id, 'PENDING')
  await kill('payment', 'SIGTERM')
  try {
    await api(`/v1/orders/${id}/payment`, { method: 'POST', body: '{}' })
    const { page } = await open({ path: `/console/orders/${id}` })
    const wait = page.locator('.wait:not(.calm)')
    await wait.waitFor()
    const words = await wait.textContent() ?? ''
    for (const part of [/PaymentCompleted/, /PaymentFailed/, /payment/, /PaymentRequested \d+\/\d+/, /jumun waits/])
      assert.match(words, part)
    assert.match(await wait.getAttribute('data-says') ?? '', /^(not_read|no_members)$/)
    await page.waitForSelector('.tl-open')
    await page.goto(address('/console'))
    await page.locator('.verdict.bad', { hasText: 'payment' }).waitFor()
    const lag = page.locator('table.lag tbody tr', { hasText: 'payment' }).locator('.num')
    await eventually(() => lag.allTextContents(), ([messages, seconds, unpublished]) =>
      Number(messages) > 0 && Number(seconds) > 0 && unpublished === '0')
    await page.locator('.tile .id').waitFor() // the oldest that is not at rest
    await page.goto(address(`/console/orders?at_rest=false&customer_id=${who}`))
    await page.waitForSelector(`[data-key="${id}"] .flying`)
    await page.click(`[data-key="${id}"] a`)
    await page.waitForSelector('.wait:not(.calm)')
    await startAll()
    await page.locator('.summary .badge.paid').waitFor()
    assert.equal(await page.locator('.wait').count(), 0)
  } finally {
    await startAll()
  }
})

test("an order at rest that is not at its end waits for its shopper, and says until when",
  async () => {
  const id = await place(await shopper(0), await product(), { shipping: SHIPPING })
  await rests(id, 'PENDING')
  const { page } = await open({ path: `/console/orders/${id}` })
  await page.waitForSelector('.wait.calm')
  assert.equal(await page.locator('.wait.calm time').count() > 0, true)
})

test('cancel and compensate asks who and why, is done, and is on record', async () => {
  const [sku, who] = await Promise.all([product({ stock: 3 }), shopper(0)])
  const id = await place(who, sku, { shipping: SHIPPING })
  await rests(id, 'PENDING')
  const { page } = await open({ path: `/console/orders/${id}` })
  await page.click('.page-head .danger')
  const box = page.locator('dialog[open]')
  await box.locator('button.danger').click()
  await box.locator('[role=alert]').waitFor() // nothing goes out without a reason
  assert.equal(await page.evaluate(() =>
    /** @type {HTMLInputElement} */ (document.activeElement).name), 'reason')
  const why = `고객 전화 요청 ${fresh('#')}; "따옴표"와 $(명령)`
  await box.locator('[name=reason]').fill(why)
  await box.locator('[name=by]').fill('kim')
  assert.match(await box.locator('.cmd code').textContent() ?? '',
    new RegExp(`^jumun cancel ${id} --reason '`))
  await box.locator('button.danger').click()
  await page.locator('.summary .badge.cancelled').waitFor()
  await page.locator('.undone .done').first().waitFor()
  assert.equal((await orderIs(id, (order) => order.at_rest)).cancel_reason, 'OPERATOR')
  await page.goto(page.url().replace(/orders\/.*/, `actions?target=${id}`))
  const row = page.locator('table.actions tbody tr').first()
  await row.waitFor()
  const words = await row.textContent() ?? ''
  assert.ok(words.includes(why) && words.includes('kim'), words)
})

test('Escape closes the dialog, and the focus is where it was', async () => {
  const id = await place(await shopper(0), await product())
  await rests(id, 'RESERVED')
  const { page } = await open({ path: `/console/orders/${id}` })
  await page.waitForSelector('.page-head .danger:not([hidden])')
  await page.focus('.page-head .danger')
  await page.keyboard.press('Enter')
  await page.waitForSelector('dialog[open]')
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog[open]', { state: 'detached' })
  assert.match(await page.evaluate(() => document.activeElement?.className ?? ''), /danger/)
})
