/**
 * topics.js — every topic with what it means, its fields, who publishes and who reads it, and how far it goes.
 *
 * @typedef {import('./types.js').Topic} Topic
 */
import { get } from '/assets/common/api.js'
import { h, replace } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { t } from '/assets/common/i18n.js'
import { command, line } from './command.js'
import { fillWith, pageHead, table } from './kit.js'

/** @param {import('./main.js').Context} context */
export function topics({ root, query, signal }) {
  const words = query.get('find') ?? ''
  const list = h('div', { class: 'stack topics' })
  const input = h('input', { 'type': 'search', 'value': words,
    'aria-label': t('console.topics_find'),
    'placeholder': t('console.topics_find') })
  const find = () => {
    const text = input.value.trim().toLowerCase()
    for (const node of list.querySelectorAll('details.topic'))
      /** @type {HTMLElement} */ (node).hidden = !(node.textContent ?? '').toLowerCase().includes(text)
  }
  input.addEventListener('input', find)
  replace(root, pageHead(t('console.nav.topics')), h('div', { class: 'find' }, input), list)
  void fillWith(list, () => get('/v1/admin/topics', { signal }), (answer) => [
    ...answer.topics.map(topicOf), command(line('topics', 'list'))], signal).then(find)
}

/** @param {Topic} topic */
function topicOf(topic) {
  const { partitions } = topic
  const records = partitions.reduce((sum, { first_offset: first, end_offset: end }) =>
    sum + end - first, 0)
  return h('details', { class: 'topic' },
    h('summary', null, h('code', null, topic.topic),
      h('span', { class: 'route' },
        `${topic.published_by.join(', ')} → ${topic.consumed_by.join(', ')}`),
      h('span', { class: 'num' }, t('console.records', { n: number(records) }))),
    h('p', { lang: 'en' }, topic.description), // the schemas speak English
    h('p', { class: 'hint' }, t('console.topic_key', { key: topic.key })),
    fieldsTable(topic), table({ caption: t('console.partitions'), class: 'compact narrow',
      head: [[t('console.partition'), 'num'], [t('console.first'), 'num'],
        [t('console.end'), 'num']] },
    partitions.map((one) => [String(one.partition), number(one.first_offset),
      number(one.end_offset)])),
    command(line('tail', topic.topic)))
}

/** @param {Topic} topic */
const fieldsTable = ({ fields }) => table({ caption: t('console.fields'), class: 'compact fields',
  head: [t('console.field'), t('console.type'), t('console.what')] },
fields.map((field) => [
  h('span', { class: 'field' }, h('code', null, field.name),
    field.required ? null : h('span', { class: 'hint' }, t('console.optional'))),
  h('code', null, field.json),
  h('span', { class: 'meaning', lang: 'en' }, field.description, field.values
    ? h('span', { class: 'values' }, field.values.map((value) => h('code', null, value))) : null)]))
