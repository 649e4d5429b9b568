/**
 * letters.js — what could not be handled: parked keys, which can be handed back, and letters, which cannot.
 *
 * @typedef {import('./types.js').ParkedKey} ParkedKey
 * @typedef {import('./types.js').Letter} Letter
 * @typedef {import('./types.js').ParkedEvent} ParkedEvent
 */
import { get } from '/assets/common/api.js'
import { h, replace } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { has, t } from '/assets/common/i18n.js'
import { bytesText, linesOf, pretty } from './answers.js'
import { command, line } from './command.js'
import { empty, facts, fillWith, idChip, orderHref, pageHead, rawBlock, section,
  table } from './kit.js'
import { redriveForm, redriveSelectionForm } from './redrive.js'
import { when } from './time.js'

const SERVICES = ['stock', 'coupon', 'order', 'payment', 'export', 'timeline', 'partner']
const LIMIT = 200

/** @param {string} service @param {string} key */
const parkedHref = (service, key) => `/console/parked/${service}/${encodeURIComponent(key)}`

/** An order's key leads to the order. @param {string} kind @param {string} key */
const keyHref = (kind, key) => /^order/.test(kind) ? orderHref(key) : undefined

/* ---- the list ---------------------------------------------------------------------------------------------- */

/** @param {import('./main.js').Context} context */
export function letters({ root, query, signal }) {
  const service = SERVICES.find((name) => name === query.get('service')) ?? ''
  const list = h('div', { class: 'stack' })
  const asked = new URLSearchParams({ limit: String(LIMIT), ...(service ? { service } : {}) })
  const ask = () => fillWith(list, () => get(`/v1/admin/dead-letters?${asked}`, { signal,
    timeoutMs: 40_000 }),
    (answer) => listOf(linesOf(answer), service, answer?.truncated === true, ask), signal)
  replace(root, pageHead(t('console.nav.letters'), h('button', { type: 'button',
    class: 'small quiet',
    onclick: () => void ask() }, t('console.refresh'))), h('nav', { 'class': 'tabs',
    'aria-label': t('console.service') }, ['', ...SERVICES].map((name) => h('a', {
    'href': `/console/dead-letters${name ? `?service=${name}` : ''}`,
    'aria-current': name === service ? 'true' : null }, name || t('console.filter.any')))), list)
  void ask()
}

/** @param {any[]} rows @param {string} service @param {boolean} cut @param {() => void} again */
function listOf(rows, service, cut, again) {
  const parkedKeys = /** @type {ParkedKey[]} */ (rows.filter(({ kind }) => kind === 'parked'))
  const told = /** @type {Letter[]} */ (rows.filter(({ kind }) => kind === 'letter')).reverse()
  const lineOf = line('dead-letters', 'list', service && '--service', service, '--limit',
    String(LIMIT))
  return [
    cut ? h('p', { class: 'warning' }, t('console.truncated')) : null,
    section(`${t('console.parked')} ${number(parkedKeys.length)}`, {},
      h('p', { class: 'hint' }, t('console.parked_says')),
      parkedKeys.length ? parkedTable(parkedKeys) : empty(t('console.parked_none')),
      parkedKeys.length ? h('details', { class: 'raw' }, h('summary', null,
        t('console.redrive.many')),
        redriveSelectionForm(parkedKeys, service, again)) : null),
    section(`${t('console.letters')} ${number(told.length)}`, {},
      h('p', { class: 'hint' }, t('console.letters_say')),
      told.length ? letterTable(told) : empty(t('console.letters_none'))),
    command(lineOf)]
}

/** @param {ParkedKey[]} rows */
function parkedTable(rows) {
  return h('div', { 'data-list': true }, table({ caption: t('console.parked'),
    class: 'compact letters cards',
    head: [t('console.key'), t('console.service'), [t('console.events'), 'num'],
      [t('console.tried'), 'num'], t('console.reason'), t('console.what'),
        t('console.parked_since'),
      t('console.job')] },
  rows.map((row) => [idChip(row.key, parkedHref(row.service, row.key)), row.service,
    number(row.events),
    tried(row.attempts, row.attempts_max), sqlstate(row.reason),
    clip(gist(row.detail), row.detail), when(row.since),
    row.job ? h('span', { class: 'flying' }, t('console.job_running')) : '–'])))
}

/** @param {number} attempts @param {number} most */
const tried = (attempts, most) => h('span', { class: attempts >= most ? 'spent' : null,
  title: attempts >= most ? t('console.redrive.spent') : null },
attempts >= most ? '! ' : '', `${attempts}/${most}`)

/** What a class of SQLSTATE means. @param {string} code */
function sqlstate(code) {
  const key = `console.sqlstate.${code.slice(0, 2)}`
  return h('span', { class: 'state' }, h('code', null, code), has(key) ? ` ${t(key)}`
    : has(`console.letter.${code}`) ? ` ${t(`console.letter.${code}`)}` : null)
}

/** @param {Letter[]} rows */
function letterTable(rows) {
  return h('div', { 'data-list': true }, table({ caption: t('console.letters'),
    class: 'compact letters cards',
    head: [t('console.letter_at'), t('console.reason'), t('console.group'), t('console.record'),
      t('console.key'), t('console.what'), t('console.time')] },
  rows.map(({ partition, offset, at, letter: told }) => [
    idChip(`${partition}/${offset}`, `/console/dead-letters/${partition}/${offset}`),
    sqlstate(String(told.reason ?? '')), h('code', null, String(told.group ?? '')),
    h('code', null, `${told.topic}/${told.partition}/${told.offset}`), clip(bytesText(told.key)),
    clip(String(told.detail ?? '')), when(at)])))
}

/** @param {string} text @param {string} [whole] */
const clip = (text, whole = text) => h('span', { class: 'clip', title: whole }, text)

/** The code has a column of its own, and the row that failed is told on the key's page. @param {string} detail */
const gist = (detail) => detail.replace(/^PostgreSQL \w+: (new row for )?/, '').replace(/; Failing row.*/s, '')

/* ---- one letter -------------------------------------------------------------------------------------------- */

/** @param {import('./main.js').Context} context */
export function letter({ root, params, signal }) {
  const place = params.join('/')
  const body = h('div', { class: 'stack' })
  replace(root, pageHead(t('console.letter'), idChip(place)), body)
  void fillWith(body, () => get(`/v1/admin/dead-letters/${place}`, { signal, timeoutMs: 40_000 }),
    (found) => letterOf(found, place), signal)
}

/** @param {Letter & { advice?: string, original?: string }} found @param {string} place */
function letterOf(found, place) {
  const told = found.letter
  const value = bytesText(found.original ?? told.value)
  return [
    h('div', { class: 'failure', role: 'note' }, h('p', null, h('strong', null,
      sqlstate(String(told.reason)))),
      h('p', { class: 'detail' }, String(told.detail ?? '')), found.advice
        ? h('p', null, found.advice) : h('p', null, t('console.letter_advice'))),
    section(t('console.record'), {}, facts([
      [t('console.record'), idChip(`${told.topic}/${told.partition}/${told.offset}`)],
      [t('console.group'), h('code', null, String(told.group ?? '–'))],
      [t('console.key'), keyOf(bytesText(told.key))], [t('console.time'), when(found.at)]]),
    headers(told.headers), h('h3', null, t('console.value')), h('pre', { class: 'value',
      tabindex: '0' }, pretty(value)),
    told.truncated ? h('p', { class: 'warning' }, t('console.cut')) : null),
    command(line('dead-letters', 'show', place)),
    command(`${line('dead-letters', 'show', place, '--value')} >event.json`,
      t('console.letter_bytes')),
    command(`${line('publish', String(told.topic))} <event.json`, t('console.letter_anew'))]
}

/** @param {string} key */
const keyOf = (key) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key) ? idChip(key,
  orderHref(key))
  : h('code', null, key || '–')

/** @param {any} list */
function headers(list) {
  if (!Array.isArray(list) || list.length === 0) return null
  return table({ caption: t('console.headers'), class: 'compact fields',
    head: [t('console.header'), t('console.value')] },
    list.map(({ name, value }) => [h('code', null, String(name)), h('code', null,
      bytesText(value))]))
}

/* ---- one parked key ---------------------------------------------------------------------------------------- */

/** @param {import('./main.js').Context} context */
export function parked({ root, params, signal }) {
  const [service = '', key = ''] = params
  const body = h('div', { class: 'stack' })
  const past = h('div', { class: 'stack' })
  const path = `${encodeURIComponent(service)}/${encodeURIComponent(key)}`
  const ask = () => {
    void fillWith(body, () => get(`/v1/admin/parked/${path}`, { signal, timeoutMs: 40_000 }),
      (answer) => parkedOf(linesOf(answer), service, key, ask, signal), signal)
    void fillWith(past, () =>
      get(`/v1/admin/dead-letters/history?${new URLSearchParams({ about: key, service })}`,
      { signal, timeoutMs: 40_000 }), (answer) => history(linesOf(answer), key), signal)
  }
  replace(root, pageHead(t('console.parked_key'), h('code', null, service), idChip(key)), body,
    past)
  ask()
}

/**
 * @param {ParkedEvent[]} events @param {string} service @param {string} key
 * @param {() => void} again @param {AbortSignal} signal
 */
function parkedOf(events, service, key, again, signal) {
  const first = events[0]
  const form = first ? section(t('console.redrive'), {}, h('p', { class: 'hint' },
    t('console.redrive.says')),
    redriveForm({ service, key, spent: first.attempts >= first.attempts_max, signal, again }))
      : null
  if (!first) return [empty(t('console.parked_no_more')), keyLink(key)]
  return [
    h('div', { class: 'failure', role: 'note' }, h('p', null, h('strong', null,
      sqlstate(first.reason)), ' ',
      tried(first.attempts, first.attempts_max)), h('p', { class: 'detail' }, first.detail)),
    form,
    section(t('console.parked_order', { n: number(events.length) }), {},
      h('ol', { class: 'parked-events' }, events.map(parkedEvent)), keyLink(key)),
    command(line('dead-letters', 'preview', key, '--service', service))]
}

/** @param {string} key */
const keyLink = (key) => /^[0-9a-f]{8}-/.test(key)
  ? h('p', null, h('a', { href: orderHref(key) }, t('console.to_order'))) : null

/** @param {ParkedEvent} event */
function parkedEvent(event) {
  const behind = event.reason === 'behind'
  return h('li', { class: behind ? 'behind' : 'head' },
    h('p', null, h('span', { class: 'nth' }, String(event.order)), ' ', h('strong', null,
      event.topic), ' ',
      idChip(`${event.topic}/${event.partition}/${event.offset}`), ' ', when(event.at)),
    h('p', { class: 'detail' }, behind ? t('console.behind_it')
      : h('span', null, sqlstate(event.reason), ' ', event.detail)),
    rawBlock(t('console.value'), pretty(event.value)), h('details', { class: 'raw' },
      h('summary', null, t('console.headers')), headers(event.record_headers) ?? '–'))
}

/** @param {any[]} rows @param {string} key */
function history(rows, key) {
  return section(t('console.history'), {}, rows.length ? table({ caption: t('console.history'),
    class: 'compact cards', head: [t('console.time'), t('console.what'), t('console.by'),
      t('console.reason'),
      t('console.event'), t('console.outcome')] },
  rows.map((row) => [when(row.at), has(`console.history.${row.action}`)
    ? t(`console.history.${row.action}`)
    : row.action, row.by, row.why, h('code', null, row.event || '–'),
  clip([row.reason, row.detail].filter(Boolean).join(' '))])) : empty(t('console.history_none')),
  command(line('dead-letters', 'history', key)))
}
