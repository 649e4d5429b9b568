/**
 * actions.js — who did what, why and when, from the console and from the command line alike.
 *
 * @typedef {import('./types.js').Action} Action
 */
import { get } from '/assets/common/api.js'
import { h, replace } from '/assets/common/dom.js'
import { has, t } from '/assets/common/i18n.js'
import { command, line } from './command.js'
import { copyButton, empty, fillWith, idChip, orderHref, pageHead, problem, table } from './kit.js'
import { when } from './time.js'

const PAGE = 50
const ORDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** @param {import('./main.js').Context} context */
export function actions({ root, query, signal }) {
  const target = query.get('target') ?? ''
  const list = h('div', { class: 'stack panel' })
  replace(root, pageHead(t('console.nav.actions'), target ? idChip(target) : null,
    target ? h('a', { href: '/console/actions' }, t('console.filter.clear')) : null),
  h('p', { class: 'hint' }, t('console.actions_say')), list,
  command(line('actions', target && '--target', target)))
  /** @type {Action[]} */
  const all = []
  const more = async (/** @type {string|null} */ after) => {
    const asked = new URLSearchParams({ limit: String(PAGE), ...(after ? { after } : {}),
      ...(target ? { target } : {}) })
    const { actions: rows, next } = await get(`/v1/admin/actions?${asked}`, { signal,
      timeoutMs: 40_000 })
    all.push(...rows)
    return /** @type {string|null} */ (next)
  }
  const draw = (/** @type {string|null} */ next) => [all.length ? actionTable(all)
    : empty(t('console.actions_none')),
    next ? h('button', { type: 'button', onclick: async () => {
      try {
        const following = await more(next)
        replace(list, ...draw(following))
      } catch (error) {
        list.append(problem(error))
      }
    } }, t('more')) : null]
  void fillWith(list, () => more(null), draw, signal)
}

/** @param {Action[]} rows */
function actionTable(rows) {
  return h('div', { 'data-list': true }, table({ caption: t('console.nav.actions'),
    class: 'compact actions cards',
    head: [t('console.time'), t('console.what'), t('console.by'), t('console.reason'),
      t('console.target'),
      t('console.outcome'), t('console.command')] },
  rows.map((row) => [when(row.at), has(`console.did.${row.kind}`) ? t(`console.did.${row.kind}`)
    : row.kind,
    row.by, row.why ?? '–', targetOf(row.target), outcomeOf(row),
    h('span', { class: 'cmd-cell' }, h('code', { title: row.command }, row.command),
      copyButton(row.command, t('console.copy_command')))])))
}

/** @param {string|null} target */
const targetOf = (target) => target && ORDER.test(target) ? idChip(target, orderHref(target))
  : h('code', null, target || '–')

const SIGNS = /** @type {Record<string, string>} */ ({ done: '✓', found: '!', failed: '✕',
  stopped: '■' })

/** @param {Action} action */
function outcomeOf({ outcome, detail, exit_status: status }) {
  const name = outcome ?? 'open'
  return h('span', { class: `outcome ${name}`, title: detail || null },
    h('span', { 'class': 'sign', 'aria-hidden': 'true' }, SIGNS[name] ?? '…'),
      t(`console.outcome.${name}`),
    status ? h('code', null, ` ${status}`) : null, detail ? h('span', { class: 'detail' }, detail)
      : null)
}
