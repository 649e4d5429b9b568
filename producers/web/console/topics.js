/**
 * topics.js — every topic with what it means, who publishes and who reads it, and how far it goes.
 */
import { get } from '/assets/common/api.js'
import { h, replace } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { t } from '/assets/common/i18n.js'
import { command, line } from './command.js'
import { fillWith, pageHead, table } from './kit.js'

/** @typedef {import('./types.js').Topic & Record<string, any>} Topic */

/** @param {import('./main.js').Context} context */
export function topics({ root, query, signal }) {
  const words = query.get('find') ?? ''
  const list = h('div', { class: 'stack' })
  const input = h('input', { 'type': 'search', 'value': words,
    'aria-label': t('console.topics_find'),
    'placeholder': t('console.topics_find') })
  input.addEventListener('input', () => {
    const text = input.value.trim().toLowerCase()
    for (const node of list.querySelectorAll('details.topic'))
      /** @type {HTMLElement} */ (node).hidden = !(node.textContent ?? '').toLowerCase().includes(text)
  })
  replace(root, pageHead(t('console.nav.topics')), h('div', { class: 'find' }, input), list)
  void fillWith(list, () => get('/v1/admin/topics', { signal }), (answer) => [
    ...answer.topics.map(topicOf), command('jumun topics')], signal)
}

/** @param {Topic} topic */
const nameOf = (topic) => String(topic.topic ?? topic.event ?? topic.name)

/** @param {Topic} topic @param {string[]} names */
const partiesOf = (topic, names) => names.map((name) => topic[name]).find((list) =>
  list !== undefined) ?? []

/** @param {any} end */
const endOf = (end) => typeof end === 'number' ? end : end?.end_offset ?? null

/** @param {Topic} topic */
function topicOf(topic) {
  const from = [partiesOf(topic, ['published_by', 'publishers', 'publisher'])].flat()
  const to = [partiesOf(topic, ['consumed_by', 'consumers'])].flat()
  const partitions = Array.isArray(topic.partitions) ? topic.partitions : topic.end_offsets ?? []
  const ends = partitions.map(endOf).filter((/** @type {any} */ end) => end !== null)
  const total = ends.reduce((/** @type {number} */ sum, /** @type {number} */ end) => sum + end, 0)
  return h('details', { class: 'topic' },
    h('summary', null, h('code', null, nameOf(topic)),
      h('span', { class: 'route' }, `${from.join(', ')} → ${to.join(', ')}`),
      h('span', { class: 'num' }, ends.length ? t('console.records', { n: number(total) }) : '–')),
    h('p', null, topic.description ?? ''),
    h('p', { class: 'hint' }, t('console.topic_key', { key: topic.key ?? '–' })),
    fieldsTable(topic), ends.length ? table({ caption: t('console.partitions'),
      class: 'compact narrow',
      head: [[t('console.partition'), 'num'], [t('console.end'), 'num']] },
    partitions.map((/** @type {any} */ one, /** @type {number} */ i) =>
      [String(one?.partition ?? i), number(endOf(one) ?? 0)])) : null,
    command(line('tail', nameOf(topic))))
}

/** @param {Topic} topic */
function fieldsTable({ fields }) {
  if (!fields || fields.length === 0) return null
  return table({ caption: t('console.fields'), class: 'compact', head: [t('console.field'),
    t('console.type'),
    t('console.required'), t('console.what')] },
  fields.map((field) => typeof field === 'string' ? [h('code', null, field), '', '', '']
    : [h('code', null, field.name), h('code', null, typeOf(field)), field.required ? '●' : '',
      field.description ?? '']))
}

/** @param {any} field */
const typeOf = ({ type, values, enum: choices }) => {
  const list = values ?? choices
  return Array.isArray(list) && list.length ? list.join(' | ') : String(type ?? '')
}
