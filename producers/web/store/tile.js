/**
 * tile.js — stands for a product's picture: a patchwork cloth (조각보), sewn from the product's id, so the same
 * everywhere.
 */
import { s } from '../common/dom.js'

const WIDE = 400
const HIGH = 300
const DEEPEST = 3

/** @typedef {{ x: number, y: number, w: number, h: number }} Piece */

/** FNV-1a, then xorshift: small, and even enough to sew by. @param {string} text @returns {() => number} 0 ≤ n < 1 */
function dice(text) {
  let state = 0x811c9dc5
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** @param {Piece} piece @param {number} depth @param {() => number} roll @returns {Piece[]} */
function cut(piece, depth, roll) {
  if (depth === DEEPEST || (depth > 1 && roll() < 0.3)) return [piece]
  const part = 0.3 + 0.4 * roll()
  const { x, y, w, h } = piece
  const halves =
    w * (0.8 + 0.4 * roll()) > h
      ? [
          { x, y, w: w * part, h },
          { x: x + w * part, y, w: w * (1 - part), h }
        ]
      : [
          { x, y, w, h: h * part },
          { x, y: y + h * part, w, h: h * (1 - part) }
        ]
  return halves.flatMap((half) => cut(half, depth + 1, roll))
}

/** @param {string} productId */
export function tile(productId) {
  const roll = dice(productId)
  for (let i = 0; i < 8; i++) roll() // ids that differ in one letter are told apart only after a few
  const hue = Math.floor(roll() * 360)
  const pieces = cut({ x: 0, y: 0, w: WIDE, h: HIGH }, 0, roll)
  const accent = Math.floor(roll() * pieces.length)
  const cloth = s(
    'svg',
    {
      'class': 'tile',
      'viewBox': `0 0 ${WIDE} ${HIGH}`,
      'aria-hidden': 'true',
      'preserveAspectRatio': 'xMidYMid slice'
    },
    pieces.map(({ x, y, w, h }, i) =>
      s('rect', {
        class: i === accent ? 'patch accent' : `patch tone-${Math.floor(roll() * 5)}`,
        x: Math.round(x),
        y: Math.round(y),
        width: Math.ceil(w),
        height: Math.ceil(h)
      })
    )
  )
  cloth.style.setProperty('--hue', String(hue))
  return cloth
}
