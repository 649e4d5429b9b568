/**
 * console_story.test.mjs — an order's events as a story, and its scale; pure, so no browser is needed.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from './harness.mjs'

/** @param {string} name @returns {Promise<any>} */
const load = async (name) => import(`data:text/javascript,${encodeURIComponent(
  await readFile(join(ROOT, 'producers/web/console', name), 'utf8'))}`)
const { lanesOf, segmentsOf, storyOf } = await load('story.js')
const { niceStep, rowsOf, spansOf, ticksOf, xOf } = await load('scale.js')

const START = Date.parse('2026-11-22T09:00:00.000Z')
let offset = 0
/**
 * @param {string} event @param {number} ms @param {any} [cause]
 * @param {Record<string, unknown>} [data]
 */
const at = (event, ms, cause = null, data = {}) => ({ event, event_id: `${event}-${offset}`,
  topic: event,
  partition: 1, offset: offset++, at: new Date(START + ms).toISOString(), data,
  cause: cause && `${cause.topic}/1/${cause.offset}` })

const requested = at('OrderRequested', 0)
const reserved = at('StockReserved', 30, requested)
const created = at('OrderCreated', 60, reserved, { revision: 1 })
const failed = at('PaymentFailed', 90, created, { attempt: 1, reason: 'INSUFFICIENT_BALANCE' })
const cancel = at('CancelRequested', 300_000)
const cancelled = at('OrderCancelled', 300_040, cancel, { reason: 'CUSTOMER' })
const released = at('StockReleased', 300_070, cancelled)
const events = [requested, released, reserved, created, failed, cancel, cancelled]

test('events are told in the order of time, whatever order they came in', () => {
  assert.deepEqual(storyOf(events).map((/** @type {any} */ mark) => mark.event.event),
    ['OrderRequested', 'StockReserved',
    'OrderCreated', 'PaymentFailed', 'CancelRequested', 'OrderCancelled', 'StockReleased'])
})

test('a compensation has a lane of its own, below all others', () => {
  assert.deepEqual(lanesOf(storyOf(events)), ['bridge', 'stock', 'order', 'payment',
    'compensation'])
})

test('a bar begins where its cause lay, by place, by id or by object', () => {
  const byId = { ...reserved, cause: requested.event_id }
  const byObject = { ...reserved, cause: { topic: 'OrderRequested', partition: 1,
    offset: requested.offset } }
  for (const one of [reserved, byId, byObject])
    assert.equal(storyOf([requested, one])[1].since, START, JSON.stringify(one.cause))
})

test('a cause later than its effect (clocks of two brokers) makes no negative bar', () => {
  const late = { ...requested, at: new Date(START + 50).toISOString() }
  const mark = storyOf([late, reserved]).find((/** @type {any} */ one) =>
    one.event.event === 'StockReserved')
  assert.equal(mark.since, mark.at)
})

test('attempts and later revisions are numbered', () => {
  assert.equal(storyOf(events)[3].label, 'PaymentFailed #1')
  assert.equal(storyOf([at('ShippingSubmitted', 0, null, { revision: 2 })])[0].label,
    'ShippingSubmitted r2')
})

test("a shopper's pause is folded; what a service takes never is", () => {
  const folded = (/** @type {any[]} */ list) => segmentsOf(storyOf(list), true)
    .filter((/** @type {any} */ one) => one.folded).map((/** @type {any} */ one) =>
      one.to - one.from)
  assert.deepEqual(folded(events), [300_000 - 90])
  const slow = at('PaymentCompleted', 400_000, created)
  assert.deepEqual(folded([requested, reserved, created, slow]), [])
  assert.deepEqual(segmentsOf(storyOf(events), false).map((/** @type {any} */ one) => one.folded),
    [false])
})

test('what is not folded is to one scale, and nothing runs backwards', () => {
  const spans = spansOf(segmentsOf(storyOf(events), true), 1000)
  const scales = spans.filter((/** @type {any} */ one) => !one.folded)
    .map((/** @type {any} */ one) => (one.x1 - one.x0) / (one.to - one.from))
  assert.ok(Math.max(...scales) - Math.min(...scales) < 1e-9, String(scales))
  const xs = storyOf(events).map((/** @type {any} */ mark) => xOf(spans, mark.at))
  assert.deepEqual(xs, [...xs].sort((a, b) => a - b))
})

test('one event, or none, is drawn as well', () => {
  assert.equal(segmentsOf(storyOf([requested]), true).length, 1)
  assert.deepEqual(storyOf([]), [])
  assert.ok(ticksOf(spansOf(segmentsOf([], true), 500), 0).length < 100)
})

test('ticks are what people would choose', () => {
  assert.deepEqual([1, 3, 7, 12, 40, 70_000, 4_000_000].map(niceStep), [1, 5, 10, 20, 50, 120_000,
    7_200_000])
})

test('what would overlap goes to another row', () => {
  assert.deepEqual(rowsOf([{ left: 0, right: 100 }, { left: 50, right: 90 }, { left: 120,
    right: 130 }]), [0, 1, 0])
})
