/**
 * jobs.js — audit, comparison and redrives: started here, run by the bridge as the command line, kept in the list.
 */
import { get } from '/assets/common/api.js'
import { h, replace } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { t } from '/assets/common/i18n.js'
import { meter } from './chart.js'
import { actionForm, line, signed, whoAndWhy } from './command.js'
import { badge, empty, idChip, pageHead, problem, section, table } from './kit.js'
import { watchJob } from './job_view.js'
import { live, onLive } from './live.js'
import { go } from './main.js'
import { redraw } from './redraw.js'
import { startJob } from './redrive.js'
import { duration, when } from './time.js'

const SERVICES = ['all', 'stock', 'coupon', 'order', 'payment', 'export', 'timeline', 'partner']
const LOOK_MS = 3000

/** @typedef {import('./types.js').Job} Job */

/** @param {import('./main.js').Context} context */
export function jobs({ root, signal }) {
  const list = h('div', null)
  /** @type {Job[]} */
  let known = []
  const draw = () => redraw(list, known.length ? jobTable(known.map((job) =>
    ({ ...job, ...newer(job) }))) : empty(t('console.jobs_none')))
  const ask = async () => {
    try {
      known = (await get('/v1/admin/jobs', { signal })).jobs
      draw()
    } catch (error) {
      if (!signal.aborted) replace(list, problem(error, () => void ask()))
    }
  }
  onLive(['job'], () => {
    if ([...live.jobs.keys()].some((id) => !known.some(({ job_id: one }) => one === id))) void ask()
    else draw()
  }, signal)
  const timer = setInterval(() => { if (known.some(({ state }) =>
    state === 'RUNNING')) void ask() }, LOOK_MS)
  signal.addEventListener('abort', () => clearInterval(timer))
  replace(root, pageHead(t('console.nav.jobs')),
    h('div', { class: 'grid two even' }, section(t('console.kind_of.audit'), {},
      h('p', { class: 'hint' }, t('console.audit_says')), auditForm()),
    section(t('console.kind_of.rebuild_compare'), {}, h('p', { class: 'hint' },
      t('console.compare_says')),
      compareForm())),
    section(t('console.jobs'), {}, list))
  void ask()
}

/** What the stream told since; an end is not undone by an older answer. @param {Job} job */
function newer(job) {
  const told = live.jobs.get(job.job_id)
  return told && job.state === 'RUNNING' ? told : {}
}

const auditForm = () => actionForm({
  fields: [{ name: 'only', type: 'select', label: t('console.audit_ways'), options: [
    ['', t('console.audit_both')], ['tables', t('console.way.tables')], ['topics',
      t('console.way.topics')]] },
  ...whoAndWhy(false)],
  submit: t('console.audit_run'),
  command: ({ only, ...values }) => line('audit', only && `--${only}`, ...signed(values)),
  act: async ({ only, reason, by }) =>
    go(`/console/jobs/${await startJob({ kind: 'audit', only, reason, by })}`) })

const compareForm = () => actionForm({
  fields: [{ name: 'service', type: 'select', label: t('console.service'),
    options: SERVICES.map((name) => [name, name === 'all' ? t('console.filter.any') : name]) },
      ...whoAndWhy(false)],
  submit: t('console.compare_run'),
  command: ({ service, ...values }) => line('rebuild', String(service), '--compare',
    ...signed(values)),
  act: async ({ service, reason, by }) =>
    go(`/console/jobs/${await startJob({ kind: 'rebuild_compare', service, reason, by })}`) })

/** @param {Job[]} rows */
function jobTable(rows) {
  return h('div', { 'data-list': true }, table({ caption: t('console.jobs'), class: 'compact cards',
    head: [t('console.what'), t('console.state'), t('console.progress'), t('console.by'),
      t('console.reason'),
      t('console.started'), [t('console.took'), 'num'], t('console.command')] },
  rows.map((job) => [h('a', { href: `/console/jobs/${job.job_id}` },
    t(`console.kind_of.${job.kind}`)),
    badge(job.state, 'job'), progress(job), job.by ?? '–', job.reason ?? '–', when(job.started_at),
    job.ended_at ? duration(Date.parse(job.ended_at) - Date.parse(job.started_at)) : '–',
    h('code', { class: 'clip', title: job.command }, job.command)])))
}

/** @param {Job} job */
function progress({ state, progress: far }) {
  if (state !== 'RUNNING') return far?.done ? number(far.done) : '–'
  const known = far?.total !== null && far?.total !== undefined && far.total > 0
  return meter(known ? far?.done ?? 0 : null, known ? far?.total ?? null : null, far?.text
    ?? t('console.progress'))
}

/** @param {import('./main.js').Context} context */
export function job({ root, params, signal }) {
  const body = h('div', { class: 'stack panel' })
  replace(root, pageHead(t('console.job'), idChip(params[0] ?? '')), body)
  watchJob(body, params[0] ?? '', signal)
}
