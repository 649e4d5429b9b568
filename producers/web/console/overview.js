/**
 * overview.js — is everything all right? One sentence first, then what it rests on.
 */
import { get } from '/assets/common/api.js'
import { h, replace } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { t } from '/assets/common/i18n.js'
import { announce } from '/assets/common/ui.js'
import { bar, chartTable, lineChart } from './chart.js'
import { command } from './command.js'
import { linesOf } from './answers.js'
import { badge, count, idChip, loading, orderHref, pageHead, problem, section,
  table } from './kit.js'
import { live, onLive } from './live.js'
import { redraw } from './redraw.js'
import { duration, when } from './time.js'

/** Reading all dead letters costs the server something: seldom, and only here. */
const LETTERS_MS = 15_000
const SLOW_S = 10
const OLD_MS = 60_000
const STATES = ['REQUESTED', 'RESERVED', 'PENDING', 'PAID', 'CANCELLED', 'SOLD_OUT']
const SERIES = /** @type {const} */ (['requested', 'paid', 'cancelled', 'sold_out'])

/** @typedef {{ parked: number, letters: number, at: number }|null} Letters */

/** @param {import('./main.js').Context} context */
export function overview({ root, signal }) {
  const verdict = h('p', { class: 'verdict' })
  const tiles = h('ul', { class: 'tiles' })
  const chart = h('div', null, loading())
  const chartRows = h('details', { class: 'raw' }, h('summary', null, t('console.as_table')))
  const states = h('div', null, loading())
  const lag = h('div', null, loading())
  /** @type {Letters} */
  let letters = null

  const drawStats = () => {
    const { stats } = live
    if (!stats) return
    redraw(chart, rates(stats))
    if (chartRows.open) redraw(chartRows, h('summary', null, t('console.as_table')),
      ratesTable(stats))
    redraw(states, byStatus(stats))
  }
  const drawLag = () => { if (live.lag) redraw(lag, lagTable(live.lag)) }
  const drawAll = () => {
    redraw(tiles, ...tilesOf(letters))
    judge(verdict, letters)
  }
  chartRows.addEventListener('toggle', drawStats)
  onLive(['stats'], drawStats, signal)
  onLive(['lag'], drawLag, signal)
  onLive(['stats', 'lag'], drawAll, signal)

  replace(root, pageHead(t('console.nav.overview'), verdict), tiles,
    h('div', { class: 'grid two' },
      section(t('console.rates'), { class: 'wide' }, chart, chartRows),
      section(t('console.by_status'), {}, states)),
    section(t('console.lag'), {}, lag, command('jumun lag')))
  void first(chart, signal).then(() => { drawStats(); drawLag(); drawAll() })
  watchLetters(signal, (found) => { letters = found; drawAll() })
}

/**
 * The stream tells what changed; what stands is asked for once.
 * @param {Element} place @param {AbortSignal} signal
 */
async function first(place, signal) {
  try {
    const [stats, lag] = await Promise.all([get('/v1/admin/stats', { signal }), get('/v1/admin/lag',
      { signal })])
    live.stats = stats
    live.lag = lag
  } catch (error) {
    if (!signal.aborted) replace(place, problem(error))
  }
}

/** @param {AbortSignal} signal @param {(found: Letters) => void} tell */
function watchLetters(signal, tell) {
  const ask = async () => {
    if (document.hidden) return
    try {
      const rows = linesOf(await get('/v1/admin/dead-letters', { signal }))
      tell({ parked: rows.filter(({ kind }) => kind === 'parked').length,
        letters: rows.filter(({ kind }) => kind === 'letter').length, at: Date.now() })
    } catch {
      if (!signal.aborted) tell(null)
    }
  }
  const timer = setInterval(ask, LETTERS_MS)
  signal.addEventListener('abort', () => clearInterval(timer))
  void ask()
}

/* ---- the sentence ------------------------------------------------------------------------------------------ */

/** What somebody should look at, worst first. @param {Letters} letters @returns {string[]} */
function worries(letters) {
  const groups = live.lag?.groups ?? []
  const away = groups.filter(({ up }) => up === false).map(({ service }) => service)
  const late = groups.filter(({ seconds }) => (seconds ?? 0) > SLOW_S).map(({ service }) => service)
  const oldest = live.stats?.oldest_in_flight
  return [
    away.length ? t('console.worry.away', { services: away.join(', ') }) : '',
    late.length ? t('console.worry.late', { services: late.join(', '), n: SLOW_S }) : '',
    letters?.parked ? t('console.worry.parked', { n: letters.parked }) : '',
    oldest && Date.now() - Date.parse(oldest.created_at) > OLD_MS ? t('console.worry.old') : '',
  ].filter(Boolean)
}

/** @param {HTMLElement} verdict @param {Letters} letters */
function judge(verdict, letters) {
  if (!live.stats || !live.lag) return
  const found = worries(letters)
  const text = found.length ? found.join(' · ') : t('console.all_well')
  if (verdict.dataset.text === text) return
  verdict.dataset.text = text
  verdict.className = `verdict ${found.length ? 'bad' : 'good'}`
  replace(verdict, h('span', { 'class': 'sign', 'aria-hidden': 'true' }, found.length ? '!' : '✓'),
    text)
  announce(text)
}

/* ---- figures ----------------------------------------------------------------------------------------------- */

/** @param {Letters} letters */
function tilesOf(letters) {
  const { stats, lag } = live
  const groups = lag?.groups ?? []
  const sum = (/** @type {(number|null)[]} */ all) => all.reduce((/** @type {number} */ n, one) => n
    + (one ?? 0), 0)
  const unpublished = lag ? sum(groups.map((group) => group.unpublished)) : null
  const behind = lag ? sum(groups.map((group) => group.messages)) : null
  const seconds = Math.max(0, ...groups.map((group) => group.seconds ?? 0))
  const points = stats?.rates.points ?? []
  const paid = stats ? points.reduce((n, point) => n + point.paid, 0) : null
  const oldest = stats?.oldest_in_flight
  return [
    tile(t('console.tile.in_flight'), count(stats?.in_flight), t('console.tile.of',
      { n: count(total(stats)) })),
    tile(t('console.tile.paid'), count(paid), t('console.tile.window', { n: stats?.rates.window_s
      ?? 60 })),
    tile(t('console.tile.lag'), count(behind), lag ? t('console.tile.seconds',
      { s: duration(seconds * 1000) }) : '',
      seconds > SLOW_S),
    tile(t('console.tile.unpublished'), count(unpublished), t('console.tile.outbox')),
    tile(t('console.tile.letters'), letters ? number(letters.parked) : '–',
      letters ? t('console.tile.and_letters', { n: letters.letters }) : '',
        Boolean(letters?.parked),
      '/console/dead-letters'),
    tile(t('console.tile.oldest'), oldest ? when(oldest.created_at) : stats ? t('console.none')
      : '–',
      oldest ? idChip(oldest.order_id, orderHref(oldest.order_id)) : t('console.tile.all_rest'),
        false),
  ]
}

/** @param {import('./types.js').Stats|null|undefined} stats */
const total = (stats) => stats ? Object.values(stats.orders).reduce((n, one) => n + one, 0) : null

/**
 * @param {string} name @param {import('./kit.js').Child} value @param {import('./kit.js').Child} under
 * @param {boolean} [bad] @param {string} [href]
 */
function tile(name, value, under, bad = false, href) {
  return h('li', { class: bad ? 'tile bad' : 'tile' },
    h('span', { class: 'tile-name' }, href ? h('a', { href }, name) : name),
    h('span', { class: 'tile-value' }, bad ? '! ' : '', value), h('span', { class: 'tile-under' },
      under))
}

/** @param {import('./types.js').Stats} stats */
const seriesOf = ({ rates: { points } }) => SERIES.map((name) =>
  ({ name, label: t(`console.series.${name}`), values: points.map((point) => point[name]) }))

/** @param {import('./types.js').Stats} stats */
const timesOf = ({ rates: { points } }) => points.map(({ at }) => Date.parse(at))

/** @param {import('./types.js').Stats} stats */
const rates = (stats) => lineChart(seriesOf(stats), timesOf(stats), t('console.rates_label'))

/** @param {import('./types.js').Stats} stats */
const ratesTable = (stats) => chartTable(seriesOf(stats), timesOf(stats), t('console.rates'))

/** @param {import('./types.js').Stats} stats */
function byStatus({ orders }) {
  const most = Math.max(...STATES.map((state) => orders[state] ?? 0))
  return table({ caption: t('console.by_status'), class: 'compact',
    head: [t('console.status'), [t('console.count'), 'num'], [t('console.share'), 'bar-cell']] },
  STATES.map((state) => [h('a', { href: `/console/orders?status=${state}` }, badge(state)),
    number(orders[state] ?? 0), bar(orders[state] ?? 0, most, state.toLowerCase())]))
}

/** @param {import('./types.js').Lag} lag */
function lagTable({ groups }) {
  const most = Math.max(1, ...groups.map(({ messages }) => messages ?? 0))
  return table({ caption: t('console.lag'), class: 'compact lag',
    head: [t('console.service'), [t('console.state'), 'c-state'], [t('console.messages'), 'num'],
      [t('console.behind'), 'bar-cell'], [t('console.seconds'), 'num'], [t('console.unpublished'),
        'num'],
      [t('console.group'), 'c-group']] },
  groups.map(({ group, service, messages, seconds, unpublished, up }) => [
    h('span', null, h('span', { class: 'only-phone' }, upWord(up, true), ' '), service), upWord(up),
    count(messages),
    bar(messages ?? 0, most, (seconds ?? 0) > SLOW_S ? 'late' : ''),
    seconds === null ? '–' : seconds.toFixed(1), count(unpublished), h('code', null, group)]))
}

/** @param {boolean|null} up @param {boolean} [short] its sign, and the word for whoever listens */
function upWord(up, short = false) {
  const word = up === null || up === undefined ? 'unknown' : up ? 'up' : 'away'
  return h('span', { class: `answers ${word}` }, h('span', { 'class': 'sign',
    'aria-hidden': 'true' },
    { up: '●', away: '✕', unknown: '?' }[word]), h('span', { class: short ? 'visually-hidden' : null },
    t(`console.up.${word}`)))
}
