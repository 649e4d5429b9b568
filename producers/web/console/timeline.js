/**
 * timeline.js — draws a story: lanes, bars to scale, marks that are told apart by shape as well as colour.
 *
 * Keys: the marks are one stop of the tab key; arrows, Home and End go along them in the order of time.
 * Whoever does not see it has the same as a table (events_table.js).
 *
 * @typedef {import('./story.js').Mark} Mark
 * @typedef {import('./scale.js').Span} Span
 * @typedef {'right'|'left'|'within'} Side of its mark
 * @typedef {{ mark: Mark, x0: number, x: number, y: number, row: number, side: Side }} Placed
 * @typedef {{ lane: string, top: number, height: number, placed: Placed[] }} Lane
 * @typedef {{ service: string, words: string, since: number, now: number }} Open
 */
import { h, s } from '/assets/common/dom.js'
import { t } from '/assets/common/i18n.js'
import { duration } from './time.js'
import { rowsOf, spansOf, ticksOf, xOf } from './scale.js'
import { lanesOf, segmentsOf, UNDO } from './story.js'

const ROW = 26
const PAD = 8
const AXIS = 30
const CHAR = 6.7
const EDGE = 14
const TICK = 34

/**
 * @param {Mark[]} marks
 * @param {{ width: number, fold: boolean, open: Open[], onSelect: (mark: Mark) => void }} options
 */
export function drawTimeline(marks, { width, fold, open, onSelect }) {
  const spans = spansOf(segmentsOf(withOpen(marks, open), fold), Math.max(width, 560) - 2 * EDGE)
  const end = (spans[spans.length - 1]?.x1 ?? 0) + 2 * EDGE
  const lanes = lanesFor(marks, open, spans, end)
  const height = AXIS + lanes.reduce((sum, lane) => sum + lane.height, 0)
  const places = new Map(lanes.flatMap(({ placed }) => placed.map((p) => [p.mark, p])))
  const picture = s('svg', { class: 'tl', width: end, height, viewBox: `0 0 ${end} ${height}`,
    role: 'group', 'aria-label': t('console.timeline.label') },
  hatch(), ...lanes.map((lane, i) => background(lane, end, i)),
  ...axis(spans, marks[0]?.at ?? 0, height, end),
  ...[...places.values()].map((placed) => link(placed, places)),
  ...lanes.flatMap((lane) => open.filter(({ service }) => service === lane.lane)
    .map((wait) => openBar(wait, lane, spans))))
  const buttons = marks.map((mark) => markOf(/** @type {Placed} */ (places.get(mark)), onSelect))
  picture.append(...buttons)
  rove(buttons)
  return h('div', { class: 'timeline' }, names(lanes),
    h('div', { class: 'tl-scroll', tabindex: '0', role: 'region',
      'aria-label': t('console.timeline.scroll') }, picture))
}

/**
 * What is waited for goes up to now, so the scale has to as well; nothing happens in a wait, so it may be folded.
 * @param {Mark[]} marks @param {Open[]} open
 */
function withOpen(marks, open) {
  return [...marks, ...open.map((wait) => /** @type {Mark} */ (
    { at: wait.now, since: null, lane: wait.service }))]
}

/**
 * @param {Mark[]} marks @param {Open[]} open @param {Span[]} spans @param {number} end
 * @returns {Lane[]}
 */
function lanesFor(marks, open, spans, end) {
  let top = AXIS
  return lanesOf(withOpen(marks, open)).map((name) => {
    const here = marks.filter(({ lane }) => lane === name)
    const boxes = here.map((mark) => box(mark, spans, end))
    const rows = rowsOf(boxes.map(({ from, to }) => ({ left: from, right: to })))
    const waits = open.filter(({ service }) => service === name).length
    const lane = { lane: name, top, height: 0, placed: /** @type {Placed[]} */ ([]) }
    lane.placed = here.map((mark, i) => ({ mark, ...boxes[i], row: rows[i],
      y: top + PAD + ROW / 2 + /** @type {number} */ (rows[i]) * ROW })).map(asPlaced)
    lane.height = (Math.max(0, ...rows.map((row) => row + 1)) + waits || 1) * ROW + 2 * PAD
    top += lane.height
    return lane
  })
}

/** @param {any} placed @returns {Placed} */
const asPlaced = ({ mark, x0, x, y, row, side }) => ({ mark, x0, x, y, row, side })

/**
 * Words go to the left of a bar where the right edge is near; onto it where it begins at the left one.
 * @param {Mark} mark @param {Span[]} spans @param {number} end
 */
function box(mark, spans, end) {
  const x = EDGE + xOf(spans, mark.at)
  const x0 = mark.since === null ? x : EDGE + xOf(spans, mark.since)
  const words = 16 + CHAR * wordsOf(mark).length
  if (x + words <= end) return { x, x0, side: 'right', from: x0 - 8, to: x + words }
  if (x0 - words > 0) return { x, x0, side: 'left', from: x0 - words, to: x + 8 }
  return { x, x0, side: 'within', from: Math.min(x0 - 8, x - words), to: x + 8 }
}

/** @param {Mark} mark */
const wordsOf = (mark) => mark.label + (mark.reason ? ` · ${mark.reason}` : '')

/** @param {Lane[]} lanes */
function names(lanes) {
  const column = h('div', { class: 'tl-names', 'aria-hidden': 'true' }, h('div',
    { class: 'tl-axis' }))
  for (const { lane, height } of lanes) {
    const name = h('div', { class: lane === UNDO ? 'tl-name undo' : 'tl-name' },
      lane === UNDO ? `↩ ${t('console.lane.compensation')}` : lane)
    name.style.setProperty('height', `${height}px`)
    column.append(name)
  }
  return column
}

/** @param {Lane} lane @param {number} end @param {number} i */
function background(lane, end, i) {
  const undo = lane.lane === UNDO
  return s('rect', { class: `tl-lane${i % 2 ? ' odd' : ''}${undo ? ' undo' : ''}`,
    x: 0, y: lane.top, width: end, height: lane.height })
}

function hatch() {
  return s('defs', {}, s('pattern', { id: 'undo-hatch', width: 6, height: 6,
    patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
  s('rect', { class: 'tl-hatch', width: 2.5, height: 6 })))
}

/** @param {Span[]} spans @param {number} zero @param {number} height @param {number} end */
function axis(spans, zero, height, end) {
  const ticks = ticksOf(spans, zero).map(({ x, ms }) => s('g', { class: 'tl-tick' },
    s('line', { x1: EDGE + x, x2: EDGE + x, y1: AXIS - 6, y2: height }),
    s('text', { x: EDGE + x, y: AXIS - 12, 'text-anchor': ms === 0 ? 'start' : EDGE + x > end - TICK ? 'end' : 'middle' },
      ms === 0 ? '0' : `+${duration(ms)}`)))
  const folds = spans.filter(({ folded }) => folded).map(({ x0, x1, from, to }) => {
    const x = EDGE + (x0 + x1) / 2
    return s('g', { class: 'tl-fold' },
      s('rect', { x: EDGE + x0 + 4, y: AXIS - 6, width: x1 - x0 - 8, height: height - AXIS + 6 }),
      s('path', { d: zigzag(x, AXIS - 4, height) }),
      s('text', { x, y: AXIS - 12, 'text-anchor': 'middle' }, duration(to - from)))
  })
  return [...ticks, ...folds]
}

/** @param {number} x @param {number} top @param {number} bottom */
function zigzag(x, top, bottom) {
  let d = `M${x} ${top}`
  for (let y = top + 6, side = 1; y < bottom; y += 6, side = -side) d += `L${x + 3 * side} ${y}`
  return d
}

/** A bar begins under its cause, so what leads from one to the other is upright.
 * @param {Placed} placed @param {Map<Mark, Placed>} places */
function link({ mark, x0, y }, places) {
  const cause = mark.cause && places.get(mark.cause)
  if (!cause || cause.y === y) return null
  return s('line', { class: `tl-link ${mark.kind}`, x1: cause.x, x2: x0, y1: cause.y, y2: y })
}

/** @param {Open} wait @param {Lane} lane @param {Span[]} spans */
function openBar(wait, lane, spans) {
  const x0 = EDGE + xOf(spans, wait.since)
  const x1 = EDGE + xOf(spans, wait.now)
  const y = lane.top + lane.height - PAD - ROW / 2
  const inside = x1 - x0 > CHAR * wait.words.length + 16
  return s('g', { class: 'tl-open' },
    s('rect', { x: x0, y: y - 9, width: Math.max(x1 - x0, 6), height: 18, rx: 3 }),
    s('text', { x: inside ? x0 + 8 : x0 - 8, y: y + 4, 'text-anchor': inside ? 'start' : 'end' },
      `… ${wait.words}`))
}

const SHAPES = /** @type {Record<string, string>} */ ({
  ask: 'M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z', step: 'M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z',
  fail: 'M0 -7L7 0L0 7L-7 0Z', end: 'M-5 -5H5V5H-5Z', undo: 'M5 -6.5V6.5L-6.5 0Z',
})

/** @param {Placed} placed @param {(mark: Mark) => void} onSelect */
function markOf({ mark, x0, x, y, side }, onSelect) {
  const took = mark.since === null ? '' : `, ${t('console.took')} ${duration(mark.at - mark.since)}`
  const group = s('g', { class: `tl-mark ${mark.kind}`, role: 'button', tabindex: -1,
    'aria-label': `${mark.lane === UNDO ? `${t('console.lane.compensation')}: ` : ''}`
      + `${wordsOf(mark)}, ${mark.service}${took}` },
  s('title', {}, `${wordsOf(mark)}${took}`),
  x - x0 > 1 ? s('rect', { class: 'tl-bar', x: x0, y: y - 6, width: x - x0, height: 12, rx: 2,
    fill: mark.kind === 'undo' ? 'url(#undo-hatch)' : null }) : null,
  s('circle', { class: 'tl-hit', cx: x, cy: y, r: 12 }),
  s('path', { class: 'tl-shape', d: SHAPES[mark.kind] ?? '', transform: `translate(${x} ${y})` }),
  words(mark, { right: x + 11, left: x0 - 10, within: x - 12 }[side], y + 4, side !== 'right'))
  group.addEventListener('click', () => onSelect(mark))
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onSelect(mark)
  })
  return group
}

/** @param {Mark} mark @param {number} x @param {number} y @param {boolean} left */
function words(mark, x, y, left) {
  return s('text', { x, y, 'text-anchor': left ? 'end' : 'start' }, mark.label,
    mark.reason ? s('tspan', { class: 'tl-reason' }, ` · ${mark.reason}`) : null)
}

/** One stop of the tab key for all of them. @param {SVGGElement[]} buttons */
function rove(buttons) {
  buttons[0]?.setAttribute('tabindex', '0')
  buttons.forEach((button, i) => button.addEventListener('keydown', (event) => {
    const to = { ArrowRight: i + 1, ArrowDown: i + 1, ArrowLeft: i - 1, ArrowUp: i - 1, Home: 0,
      End: buttons.length - 1 }[event.key]
    const next = to === undefined ? undefined : buttons[to]
    if (!next) return
    event.preventDefault()
    button.setAttribute('tabindex', '-1')
    next.setAttribute('tabindex', '0')
    next.focus()
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }))
}
