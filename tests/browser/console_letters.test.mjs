/**
 * console_letters.test.mjs — a parked key from the list to its end, a letter with its bytes, the audit.
 */
import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { address, api, closeBrowser, closePages, fresh, kill, open, startAll } from './harness.mjs'
import { letter, park, rests } from './console_support.mjs'

afterEach(closePages)
after(closeBrowser)

test('a parked key: found in the list, looked at, run dry, handed back, and its history told',
  async () => {
  const { order, mend } = await park()
  try {
    const { page } = await open({ path: '/console' })
    await page.locator('.tile', { hasText: '멈춘 키' }).locator('a').click()
    await page.click(`a[href="/console/parked/order/${order}"]`)
    await page.waitForSelector('.parked-events')
    assert.deepEqual(await page.$$eval('.parked-events strong', (nodes) => nodes.map((node) =>
      node.textContent)),
      ['StockReserved', 'ShippingSubmitted'])
    assert.match(await page.textContent('.failure') ?? '', /23514.*poison_/s)

    await page.fill('[name=by]', 'kim')
    await page.click('button[name=other]')
    await page.locator('.job .badge.done').waitFor()
    await page.getByText('1개 키의 이벤트 2건').waitFor()
    assert.equal((await api(`/v1/admin/parked/order/${order}`)).events.length, 2,
      'a dry run changes nothing')

    await mend()
    const why = `제약 조건 수정 ${fresh('#')}`
    await page.fill('[name=reason]', why)
    assert.match(await page.locator('.action .cmd code').textContent() ?? '',
      /^jumun dead-letters redrive /)
    await page.click('.action button[type=submit]:not([name])')
    await page.locator('td .good', { hasText: '모두 처리' }).waitFor()
    await rests(order, 'PENDING')

    await page.reload()
    await page.getByText('이 키에 멈춘 것이 없습니다.').waitFor()
    const history = page.locator('table', { has: page.getByRole('columnheader', { name: '결과' }) })
    await history.waitFor()
    const words = await history.textContent() ?? ''
    assert.ok(words.includes(why) && words.includes('kim') && words.includes('모두 처리'), words)

    await page.goto(address('/console/actions'))
    await page.locator('table.actions tr', { hasText: why }).first().waitFor()
  } finally {
    await mend()
  }
})

test('a letter is shown with its bytes as text, and says that nothing can be handed back',
  async () => {
  const value = '{"<script>alert(1)</script>": nothing'
  const { partition, offset } = await letter(value)
  const { page } = await open({ path: '/console/dead-letters' })
  await page.click(`a[href="/console/dead-letters/${partition}/${offset}"]`)
  await page.waitForSelector('pre.value')
  assert.equal(await page.textContent('pre.value'), value)
  assert.match(await page.textContent('.failure') ?? '', /invalid_json/)
  assert.equal(await page.locator('main script').count(), 0)
  assert.equal(await page.locator('.action').count(), 0)
})

test('the audit is run from here, tells how it went in words, and stands in the list and on record',
  async () => {
  const { page } = await open({ path: '/console/jobs' })
  const panel = page.locator('.panel', { has: page.getByRole('button', { name: '감사 실행' }) })
  const why = `야간 점검 ${fresh('#')}`
  await panel.locator('[name=reason]').fill(why)
  await panel.locator('[name=by]').fill('lee')
  await panel.getByRole('button', { name: '감사 실행' }).click()
  await page.waitForURL(/\/console\/jobs\/[0-9a-f-]{36}$/)
  await page.waitForSelector('table.audit')
  await page.locator('.verdict.good').waitFor()
  assert.equal(await page.locator('table.audit tbody tr').count(), 6)
  assert.equal(await page.locator('table.audit .bad').count(), 0)
  assert.match(await page.textContent('.job .cmd code') ?? '', /^jumun audit /)
  await page.click('nav a[data-nav=jobs]')
  await page.locator('table tr', { hasText: why }).locator('.badge.done').waitFor()
  await page.click('nav a[data-nav=actions]')
  const row = page.locator('table.actions tr', { hasText: why })
  await row.waitFor()
  assert.match(await row.textContent() ?? '', /lee/)
})

test("a service's tables are compared with what its topics say", async () => {
  const { page } = await open({ path: '/console/jobs', language: 'en' })
  const panel = page.locator('.panel', { has: page.getByRole('button', { name: 'Compare' }) })
  await panel.locator('[name=service]').selectOption('export')
  await panel.locator('[name=by]').fill('lee')
  assert.match(await panel.locator('.cmd code').textContent() ?? '',
    /^jumun rebuild export --compare --by lee$/)
  await panel.getByRole('button', { name: 'Compare' }).click()
  await page.locator('.verdict.good').waitFor()
})

test('a bridge that is killed and started again is told, and the page goes on by itself', async () => {
  const one = await open({ path: '/console' })
  one.expects.push(/ERR_|Failed to load resource/)
  await one.page.waitForSelector('.verdict .sign')
  await kill('bridge')
  await one.page.waitForSelector('#connection:not([hidden])')
  await startAll()
  await one.page.waitForSelector('#connection[hidden]', { state: 'attached' })
  const at = await one.page.textContent('.chart .axis')
  await one.page.waitForFunction((old) => document.querySelector('.chart .axis')?.textContent !== old, at)
})

test('what the stream tells is drawn without a reload: rates, and counts by status', async () => {
  const { page } = await open({ path: '/console' })
  await page.waitForSelector('.verdict .sign')
  await page.waitForSelector('.chart polyline', { state: 'attached' }) // a line of nothing has no height
  const paid = () => page.locator('tr', { hasText: '품절' }).locator('.num').textContent()
  const before = await paid()
  const id = crypto.randomUUID()
  await api('/v1/orders', { method: 'POST', body: JSON.stringify({ customer_id: 'c-1',
    items: [{ product_id: `nobody-${id}`, quantity: 1 }] }) })
  await page.waitForFunction((old) => [...document.querySelectorAll('tr')].some((row) =>
    row.textContent?.includes('품절') && row.querySelector('.num')?.textContent !== old), before)
  await page.click('.panel summary')
  await page.locator('details[open] table tbody tr').first().waitFor()
})
