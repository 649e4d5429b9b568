/**
 * waits.js — what an order that is not over waits for: which answer, of which service, and where that one stands.
 *
 * @typedef {import('./types.js').Wait} Wait
 */
import { h } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { has, t } from '/assets/common/i18n.js'
import { command, line } from './command.js'
import { badge, facts, section } from './kit.js'
import { when } from './time.js'

/** @param {Wait} wait */
export const answersOf = (wait) => (wait.events?.length ? wait.events : [wait.event
  ?? '?']).join(' | ')

/** @param {Wait} wait */
function words(wait) {
  const key = `console.waits.${wait.says}`
  const behind = wait.position?.behind
  return has(key) ? t(key, { service: wait.service ?? '', n: behind === null || behind === undefined
    ? '?' : number(behind) })
    : wait.says
}

/** @param {Wait[]} waits @param {string} orderId */
export function waitsPanel(waits, orderId) {
  return section(t('console.waits'), { class: 'waits' }, ...waits.map((wait) => one(wait, orderId)))
}

/** @param {Wait} wait @param {string} orderId */
function one(wait, orderId) {
  const { position, caused_by: cause } = wait
  const calm = wait.says === 'shopper'
  return h('div', { class: calm ? 'wait calm' : 'wait', 'data-says': wait.says },
    h('p', { class: 'wait-title' }, calm ? null : h('strong', null, answersOf(wait)),
      calm ? null : h('span', null, ' ', t('console.waits.of', { service: wait.service ?? '' })),
        ' ',
      h('span', { class: 'wait-says' }, words(wait))),
    facts([
      [t('console.waits.since'), when(wait.since ?? null)],
      ...(calm ? [pair(t('console.deadline'), when(wait.deadline_at ?? null))] : [
        pair(t('console.caused_by'), cause ? h('code', null,
          `${cause.event} ${cause.topic && cause.topic !== cause.event ? `${cause.topic} ` : ''}` +
          `${cause.partition ?? '?'}/${cause.offset ?? '?'}`) : '–'),
        pair(t('console.group'), wait.group ? h('code', null, wait.group) : '–'),
        pair(t('console.waits.position'), position
          ? `${shown(position.next_offset)} / ${shown(position.end_offset)}` : '–'),
        pair(t('console.waits.behind'), position ? shown(position.behind) : '–'),
        pair(t('console.waits.members'), position ? shown(position.members) : '–')]),
    ]),
    wait.says === 'parked' && wait.service ? h('p', null, badge('FAILED', 'job'), ' ',
      h('a', { href: `/console/parked/${wait.service}/${orderId}` }, t('console.waits.see_parked')))
        : null,
    command(wait.says === 'parked' ? line('dead-letters', 'preview', orderId)
      : line('waits', orderId)))
}

/**
 * @param {string} name @param {import('./kit.js').Child} value
 * @returns {[string, import('./kit.js').Child]}
 */
const pair = (name, value) => [name, value]

/** @param {number|null|undefined} n */
const shown = (n) => n === null || n === undefined ? '–' : number(n)
