/**
 * scale.js — where a time lies on a timeline of several segments, ticks that people would choose, and
 * rows for what would overlap.  Pure.
 *
 * @typedef {{ from: number, to: number, folded: boolean, x0: number, x1: number }} Span
 */

const FOLD_PX = 64
const TICK_PX = 90

/**
 * One measure for all that is not folded.
 * @param {{ from: number, to: number, folded: boolean }[]} segments
 * @param {number} width
 * @returns {Span[]}
 */
export function spansOf(segments, width) {
  const open = segments.filter((segment) => !segment.folded)
  const folds = segments.length - open.length
  const ms = open.reduce((sum, segment) => sum + segment.to - segment.from, 0) || 1
  const perMs = Math.max(width - folds * FOLD_PX, 200) / ms
  let x = 0
  return segments.map((segment) => {
    const x0 = x
    x += segment.folded ? FOLD_PX : (segment.to - segment.from) * perMs
    return { ...segment, x0, x1: x }
  })
}

/** @param {Span[]} spans @param {number} at */
export function xOf(spans, at) {
  const span = spans.find(({ to }) => at <= to) ?? spans[spans.length - 1]
  if (!span) return 0
  const share = (at - span.from) / Math.max(span.to - span.from, 1)
  return span.x0 + Math.min(Math.max(share, 0), 1) * (span.x1 - span.x0)
}

/** 1, 2 or 5 times a power of ten; above a minute, what a clock shows. @param {number} least */
export function niceStep(least) {
  const clock = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400]
    .map((seconds) => seconds * 1000)
  if (least > 30_000) return clock.find((step) => step >= least) ?? Math.ceil(least / 864e5) * 864e5
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)))
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= least) ?? 10 * power
}

/**
 * Ticks at times since `zero`, in all segments that are not folded.
 * @param {Span[]} spans
 * @param {number} zero
 */
export function ticksOf(spans, zero) {
  const open = spans.filter((span) => !span.folded && span.to > span.from)
  const first = open[0]
  if (!first) return []
  const perMs = (first.x1 - first.x0) / (first.to - first.from)
  const step = niceStep(TICK_PX / perMs)
  return open.flatMap((span) => {
    const ticks = []
    for (let n = Math.ceil((span.from - zero) / step); zero + n * step <= span.to; n++)
      ticks.push({ x: xOf([span], zero + n * step), ms: n * step })
    return ticks
  })
}

/**
 * The first row in which nothing lies already; the width is what its bar and its words take.
 * @param {{ left: number, right: number }[]} boxes in the order of time
 */
export function rowsOf(boxes) {
  const ends = /** @type {number[]} */ ([])
  return boxes.map(({ left, right }) => {
    let row = ends.findIndex((end) => end + 6 <= left)
    if (row < 0) row = ends.length
    ends[row] = right
    return row
  })
}
