/**
 * events_table.js — an order's events as a table: the timeline in words, and the same with everything that is known.
 *
 * @typedef {import('./story.js').Mark} Mark
 */
import { h } from '/assets/common/dom.js'
import { won } from '/assets/common/format.js'
import { t } from '/assets/common/i18n.js'
import { idChip, rawBlock, reasonWords, table } from './kit.js'
import { UNDO } from './story.js'
import { absolute, duration } from './time.js'

const SIGNS = /** @type {Record<string, string>} */ ({ ask: '○', step: '●', fail: '◆', end: '■',
  undo: '◀' })

/** What an event says that a reader of the story wants to know. @param {Mark} mark */
function gist({ event: { data = {} }, reason }) {
  const parts = [data.amount ?? data.subtotal, data.discount]
  return [reason ? reasonWords(reason) : null,
    typeof parts[0] === 'number' ? ` ${won(parts[0])}` : null,
    typeof parts[1] === 'number' && parts[1] > 0 ? ` (−${won(parts[1])})` : null,
    data.coupon_code ? h('code', null, ` ${data.coupon_code}`) : null,
    data.revision > 1 ? ` r${data.revision}` : null]
}

/** @param {Mark[]} marks */
export function eventsTable(marks) {
  const zero = marks[0]?.at ?? 0
  return table({ caption: t('console.timeline.table'), class: 'compact events cards',
    head: [t('console.time'), [t('console.since_start'), 'num'], [t('console.took'), 'num'],
      t('console.service'), t('console.event'), t('console.attempt'), t('console.what')] },
  marks.map((mark) => [
    h('span', { class: 'mono' }, absolute(mark.at, true)), `+${duration(mark.at - zero)}`,
    mark.since === null ? '' : duration(mark.at - mark.since), mark.service, eventName(mark),
    mark.attempt === null ? '' : `#${mark.attempt}`, h('span', null, ...gist(mark))]))
}

/** @param {Mark} mark */
export function eventName(mark) {
  return h('span', { class: `event ${mark.kind}` }, h('span', { 'class': 'sign',
    'aria-hidden': 'true' },
    SIGNS[mark.kind] ?? ''), mark.event.event, mark.lane === UNDO
    ? h('span', { class: 'undo-word' }, t('console.lane.compensation')) : null)
}

/** Where each record lies, what caused it, and its bytes. @param {Mark[]} marks */
export function rawEvents(marks) {
  return h('ol', { class: 'raw-events' }, marks.map((mark) => h('li', null, rawEvent(mark))))
}

/** @param {Mark} mark */
export function rawEvent({ event, cause, ...mark }) {
  const place = event.topic || event.offset !== null && event.offset !== undefined
    ? `${event.topic ?? event.event}/${event.partition}/${event.offset}` : null
  return h('article', null,
    h('h3', null, eventName({ event, cause, ...mark }), ' ',
      h('span', { class: 'mono' }, absolute(mark.at, true))),
    h('dl', { class: 'facts inline' },
      pair(t('console.record'), idChip(place)), pair('ce_id', idChip(event.event_id)),
      pair(t('console.caused_by'), cause ? `${cause.event.event} ${cause.event.partition ?? ''}` +
        `${typeof cause.event.offset === 'number' ? `/${cause.event.offset}` : ''}` : '–')),
    rawBlock('JSON', event.data ?? event))
}

/** @param {string} name @param {import('./kit.js').Child} value */
const pair = (name, value) => h('div', null, h('dt', null, name), h('dd', null, value))
