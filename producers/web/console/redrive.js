/**
 * redrive.js — handing parked events back, as a job that tells how far it is; first without doing it, who wants.
 *
 * @typedef {import('./types.js').ParkedKey} ParkedKey
 * @typedef {import('./command.js').Values} Values
 */
import { post } from '/assets/common/api.js'
import { h, replace } from '/assets/common/dom.js'
import { t } from '/assets/common/i18n.js'
import { actionForm, line, whoAndWhy } from './command.js'
import { watchJob } from './job_view.js'
import { go } from './main.js'

/** Only what was filled in. @param {Record<string, any>} body */
const filled = (body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== ''
  && value !== false))

/** @param {Record<string, any>} body */
export async function startJob(body) {
  const { job_id: id } = await post('/v1/admin/jobs', filled(body))
  return /** @type {string} */ (id)
}

/** @param {Values} values @returns {(string|false)[]} */
const tail = ({ reason, by, force, dry_run: dry }) => [...(dry ? ['--dry-run'] : []),
  ...(force ? ['--force'] : []), '--reason', String(reason) || '…', '--by', String(by) || '…']

/** @param {boolean} spent @returns {import('./command.js').Field[]} */
const forceField = (spent) => spent ? [{ name: 'force', type: 'check',
  label: t('console.redrive.force'),
  hint: t('console.redrive.spent') }] : []

/**
 * One key: the job is shown right below.
 * @param {{ service: string, key: string, spent: boolean, signal: AbortSignal, again: () => void }} options
 */
export function redriveForm({ service, key, spent, signal, again }) {
  const shown = h('div', { class: 'stack' })
  return h('div', { class: 'stack' }, actionForm({
    fields: [...whoAndWhy(), ...forceField(spent)], submit: t('console.redrive.submit'),
    other: { label: t('console.redrive.dry'), value: { dry_run: true } },
    command: (values) => line('dead-letters', 'redrive', key, '--service', service,
      ...tail(values)),
    act: async (values) => {
      const id = await startJob({ kind: 'redrive', service, key, ...values, by: values.by
        || 'console' })
      const run = h('div', { class: 'stack' })
      replace(shown, run)
      watchJob(run, id, signal, (job) => {
        if (job.state === 'DONE' && !values.dry_run)
          run.append(h('p', null, h('button', { type: 'button', class: 'small', onclick: again },
            t('console.redrive.look'))))
      })
    } }), shown)
}

/**
 * Many keys: those that are alike. The job has a page of its own.
 * @param {ParkedKey[]} rows @param {string} service @param {() => void} _again
 */
export function redriveSelectionForm(rows, service, _again) {
  const of = (/** @type {string[]} */ values) => [['', t('console.filter.any')],
    ...[...new Set(values)].sort().map((value) => [value, value])]
  const options = /** @type {(all: string[][]) => [string, string][]} */ ((all) =>
    /** @type {any} */ (all))
  return actionForm({
    fields: [
      { name: 'service', type: 'select', label: t('console.service'), value: service,
        options: options(of(rows.map((row) => row.service))) },
      { name: 'sqlstate', type: 'select', label: 'SQLSTATE', options: options(of(rows.map((row) =>
        row.reason))) },
      ...whoAndWhy(), ...forceField(rows.some((row) => row.attempts >= row.attempts_max))],
    submit: t('console.redrive.submit_many'),
    other: { label: t('console.redrive.dry'), value: { dry_run: true } },
    command: (values) => line('dead-letters', 'redrive', ...selection(values), ...tail(values)),
    act: async (values) => {
      const all = !values.sqlstate
      const by = values.by || 'console'
      go(`/console/jobs/${await startJob({ kind: 'redrive', ...values, all, by })}`)
    } })
}

/** @param {Values} values */
const selection = ({ service, sqlstate }) => [sqlstate ? '' : '--all', ...(service ? ['--service',
  String(service)] : []),
  ...(sqlstate ? ['--sqlstate', String(sqlstate)] : [])]
