/**
 * chart.js — lines over time and bars, by hand: a line is known by its dashes and the word at its end as well as by its
 * colour, and the same figures are there as a table.
 *
 * @typedef {{ name: string, label: string, values: number[] }} Series
 */
import { h, s } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { t } from '/assets/common/i18n.js'
import { table } from './kit.js'
import { niceStep } from './scale.js'
import { absolute } from './time.js'

const WIDTH = 720
const HEIGHT = 220
const LEFT = 44
const RIGHT = 112
/** On a phone a unit is a pixel, so that words keep their size: what the edges of page and panel leave (console.css). */
const PHONE = 600
const EDGES = 50
const TOP = 12
const BOTTOM = 26
const LABEL = 17

/** @param {number} most */
const ceiling = (most) => {
  const step = niceStep(Math.max(most, 1) / 3.5)
  return { step, top: Math.ceil(Math.max(most, 1) / step) * step }
}

/**
 * @param {Series[]} series of the same length
 * @param {number[]} times one for each value, in milliseconds
 * @param {string} title
 */
export function lineChart(series, times, title) {
  const width = innerWidth < PHONE ? innerWidth - EDGES : WIDTH
  const { step, top } = ceiling(Math.max(0, ...series.flatMap(({ values }) => values)))
  const first = times[0] ?? 0
  const last = times[times.length - 1] ?? 0
  const perMs = (width - LEFT - RIGHT) / Math.max(last - first, 1)
  const x = (/** @type {number} */ at) => LEFT + (at - first) * perMs
  const y = (/** @type {number} */ value) => HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)
  const grid = Array.from({ length: Math.round(top / step) + 1 }, (_, n) => n * step)
  const ends = spread(series.map(({ values }) => y(values[values.length - 1] ?? 0)))
  return s('svg', { class: 'chart', viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img',
    'aria-label': title },
    grid.map((value) => s('g', { class: 'grid' },
      s('line', { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
      s('text', { 'x': LEFT - 8, 'y': y(value) + 4, 'text-anchor': 'end' }, number(value)))),
    times.length > 1 ? (width === WIDTH ? [0, 0.5, 1] : [0, 1]).map((share) => s('text', {
      'class': 'axis', 'x': x(first + share * (last - first)), 'y': HEIGHT - 6,
      'text-anchor': share === 0 ? 'start' : share === 1 ? 'end' : 'middle',
    }, absolute(first + share * (last - first)))) : null,
    series.map(({ name, label, values }, i) => s('g', { class: `line ${name}` },
      s('polyline', { points: values.map((value, n) =>
        `${x(times[n] ?? 0).toFixed(1)},${y(value).toFixed(1)}`).join(' ') }),
      s('line', { class: 'key', x1: width - RIGHT + 6, x2: width - RIGHT + 20, y1: ends[i],
        y2: ends[i] }),
      s('text', { x: width - RIGHT + 26, y: (ends[i] ?? 0) + 4 },
        `${number(values[values.length - 1] ?? 0)} ${label}`))))
}

/** Labels that would lie on each other are moved apart, in their order. @param {number[]} wanted */
function spread(wanted) {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y)
  const floor = HEIGHT - BOTTOM + 8
  order.forEach((one, n) => {
    one.y = Math.max(one.y, n === 0 ? TOP : (order[n - 1]?.y ?? 0) + LABEL)
  })
  for (let n = order.length - 1, most = floor; n >= 0; n--, most -= LABEL) {
    const one = order[n]
    if (one) one.y = Math.min(one.y, most)
  }
  const ends = /** @type {number[]} */ ([])
  for (const { y, i } of order) ends[i] = y
  return ends
}

/**
 * The same as a table, newest first; made when it is opened.
 * @param {Series[]} series @param {number[]} times @param {string} caption
 */
export function chartTable(series, times, caption) {
  const rows = times.map((at, n) => [absolute(at), ...series.map(({ values }) => number(values[n]
    ?? 0))])
  return table({ caption, class: 'compact', head: [t('console.time'),
    ...series.map(({ label }) => /** @type {[string, string]} */ ([label, 'num']))] },
      rows.reverse())
}

/**
 * A length beside a number; the number is what counts.
 * @param {number} value @param {number} most @param {string} [kind]
 */
export function bar(value, most, kind = '') {
  return s('svg', { 'class': `bar ${kind}`, 'viewBox': '0 0 100 8', 'preserveAspectRatio': 'none',
    'aria-hidden': 'true' }, s('rect', { class: 'rest', width: 100, height: 8 }),
  s('rect', { class: 'part', width: most > 0 ? Math.max(value / most * 100, value > 0 ? 1.5 : 0)
    : 0,
    height: 8 }))
}

/** @param {number|null} done @param {number|null} total @param {string} label */
export function meter(done, total, label) {
  const known = done !== null && total !== null && total > 0
  return h('progress', { 'max': known ? total : null, 'value': known ? Math.min(done, total) : null,
    'aria-label': label })
}
