/**
 * windowed.js — a table of any length, of which only what is seen (and a little around it) is in the page.
 *
 * Rows have one height; two spacer rows stand for the others. Pages are asked for when the end comes near. What
 * changes is drawn at most once a frame, and a row that is the same stays the same node: focus and selection
 * survive.
 *
 * @template Row
 * @typedef {{ caption: string, head: (string|[string, string])[], keyOf: (row: Row) => string,
 *   cells: (row: Row) => import('./kit.js').Child[], load: (after: string|null) =>
 *   Promise<{ rows: Row[], next: string|null }>, signal: AbortSignal,
 *   onCount: (count: number, isAll: boolean) => void, onError: (error: unknown) => void }} Options
 */
import { h } from '/assets/common/dom.js'
import { redraw } from './redraw.js'

const AROUND = 12
const AHEAD = 60

/** @template Row */
export class Windowed {
  /** @type {Row[]} */ rows = []
  /** @type {string|null} */ #next = null
  #isAll = false
  #isLoading = false
  /** What is asked for is of the list as it was before another took its place. */
  #turn = 0
  #frame = 0
  #at = -1
  /** @type {Map<string, { row: Row, node: HTMLTableRowElement }>} */ #nodes = new Map()

  /** @param {Options<Row>} options */
  constructor(options) {
    this.options = options
    this.columns = options.head.map((title) => /** @type {[string, string]} */ (
      Array.isArray(title) ? title : [title, '']))
    this.before = spacer(this.columns.length)
    this.behind = spacer(this.columns.length)
    this.body = h('tbody', null, this.before, this.behind)
    this.table = h('table', { class: 'rows' }, h('caption', { class: 'visually-hidden' },
      options.caption),
      h('thead', null, h('tr', { 'aria-rowindex': 1 }, this.columns.map(([title, kind]) =>
        h('th', { scope: 'col', class: kind || null }, title)))), this.body)
    this.element = h('div', { 'class': 'windowed', 'data-windowed': true }, this.table)
    this.element.addEventListener('step', (event) =>
      this.#step(/** @type {CustomEvent} */ (event).detail))
    const draw = () => this.draw()
    window.addEventListener('scroll', draw, { passive: true, signal: options.signal })
    window.addEventListener('resize', draw, { signal: options.signal })
    void this.#more()
  }

  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      if (!this.options.signal.aborted) this.#draw()
    })
  }

  /**
   * The newest page again: as far as it goes the list is what it says, and what was loaded behind that stays. Where more has
   * come than a page holds, all of it is new: that is not done under somebody's hands.
   * @param {Row[]} page @param {string|null} next what follows it @param {boolean} [asked] by whoever reads it
   * @returns {boolean} whether the list shows it
   */
  refresh(page, next, asked = false) {
    const { keyOf } = this.options
    const known = new Map(this.rows.map((row, i) => [keyOf(row), i]))
    const last = page.findLast((row) => known.has(keyOf(row)))
    if (!last && next !== null && this.rows.length > 0 && !asked && this.#isHeld())
      return false
    const behind = last && next !== null
      ? this.rows.slice(/** @type {number} */ (known.get(keyOf(last))) + 1) : []
    if (behind.length === 0) {
      this.#next = next
      this.#isAll = next === null
      this.#turn++
    }
    this.#put([...page, ...behind])
    this.#tellCount()
    return true
  }

  /** How many of them it does not have. @param {Row[]} page */
  countNew(page) {
    const known = new Set(this.rows.map(this.options.keyOf))
    return page.filter((row) => !known.has(this.options.keyOf(row))).length
  }

  /** To the first row, as keys go. */
  toTop() {
    scrollTo(0, 0)
    this.#step(-this.rows.length)
  }

  #isHeld() {
    return this.element.contains(document.activeElement) || this.element.matches(':hover')
  }

  /** Where somebody is in the list moves with its row; where that is gone, to the one in its place. @param {Row[]} rows */
  #put(rows) {
    const { keyOf } = this.options
    const focused = document.activeElement?.closest('tr')?.getAttribute('data-key')
    const here = this.rows[this.#at]
    const key = focused ?? (here && keyOf(here))
    const at = rows.findIndex((row) => keyOf(row) === key)
    this.rows = rows
    if (at >= 0) this.#at = at
    if (focused && at < 0) this.#step(0)
    else this.draw()
  }

  async #more() {
    if (this.#isLoading || this.#isAll) return
    this.#isLoading = true
    const turn = this.#turn
    try {
      const { rows, next } = await this.options.load(this.#next)
      if (this.options.signal.aborted) return
      if (turn !== this.#turn) return this.draw()
      const known = new Set(this.rows.map(this.options.keyOf))
      this.rows.push(...rows.filter((row) => !known.has(this.options.keyOf(row))))
      this.#next = next
      this.#isAll = next === null
      this.#tellCount()
      this.draw()
    } catch (error) {
      if (!this.options.signal.aborted) this.options.onError(error)
    } finally {
      this.#isLoading = false
    }
  }

  again() { void this.#more() }

  #tellCount() { this.options.onCount(this.rows.length, this.#isAll) }

  #draw() {
    const height = this.#rowHeight()
    const top = Math.max(0, -this.body.getBoundingClientRect().top)
    const seen = Math.ceil(window.innerHeight / height)
    const from = Math.max(0, Math.floor(top / height) - AROUND)
    const to = Math.min(this.rows.length, from + seen + 2 * AROUND)
    const kept = /** @type {Map<string, { row: Row, node: HTMLTableRowElement }>} */ (new Map())
    const nodes = this.rows.slice(from, to).map((row, i) => this.#rowNode(row, from + i, kept))
    setHeight(this.before, from * height)
    setHeight(this.behind, (this.rows.length - to) * height)
    this.#place(nodes)
    this.#nodes = kept
    this.table.setAttribute('aria-rowcount', String(this.#isAll ? this.rows.length + 1 : -1))
    if (this.rows.length - to < AHEAD) void this.#more()
  }

  /**
   * Nodes that stay are not taken out and put back: that would cost them the focus.
   * @param {HTMLElement[]} nodes
   */
  #place(nodes) {
    const wanted = new Set(nodes)
    for (const node of [...this.body.children])
      if (node !== this.before && node !== this.behind
        && !wanted.has(/** @type {HTMLElement} */ (node)))
        node.remove()
    let last = /** @type {Element} */ (this.before)
    for (const node of nodes) {
      if (last.nextElementSibling !== node) last.after(node)
      last = node
    }
  }

  /** @param {Row} row @param {number} index @param {Map<string, any>} kept */
  #rowNode(row, index, kept) {
    const key = this.options.keyOf(row)
    const old = this.#nodes.get(key)
    const node = old?.node ?? h('tr', { 'data-key': key })
    if (old?.row !== row)
      redraw(node, ...this.options.cells(row).map((cell, i) => h('td', { 'class': this.columns[i]?.[1]
        || null,
        'data-head': this.columns[i]?.[0] ?? '' }, cell)))
    node.setAttribute('aria-rowindex', String(index + 2))
    kept.set(key, { row, node })
    return node
  }

  #rowHeight() {
    return parseFloat(getComputedStyle(this.table).getPropertyValue('--row')) || 36
  }

  /** @param {number} by */
  #step(by) {
    const focused = document.activeElement?.closest('tr')
    const here = focused ? Number(focused.getAttribute('aria-rowindex')) - 2 : this.#at
    this.#at = Math.min(Math.max(here + by, 0), this.rows.length - 1)
    const row = this.rows[this.#at]
    if (!row) return
    const height = this.#rowHeight()
    const y = this.body.getBoundingClientRect().top + this.#at * height
    if (y < 140) scrollBy(0, y - 140)
    else if (y + height > window.innerHeight - 40) scrollBy(0, y + height - window.innerHeight + 40)
    this.#draw()
    const node = this.#nodes.get(this.options.keyOf(row))?.node
    node?.querySelector('a')?.focus({ preventScroll: true })
  }
}

/** @param {number} columns */
const spacer = (columns) => h('tr', { 'class': 'spacer', 'aria-hidden': 'true' }, h('td',
  { colspan: columns }))

/** @param {HTMLElement} row @param {number} px */
function setHeight(row, px) {
  row.hidden = px === 0
  ;/** @type {HTMLElement} */ (row.firstElementChild).style.setProperty('height', `${px}px`)
}
