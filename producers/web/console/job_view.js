/**
 * job_view.js — one run of the command line: how far it is, and what came of it in a form that people read.
 *
 * @typedef {import('./types.js').Job} Job
 */
import { del, get } from '/assets/common/api.js'
import { h, replace } from '/assets/common/dom.js'
import { number } from '/assets/common/format.js'
import { addMessages, has, t } from '/assets/common/i18n.js'
import { announce, dialog } from '/assets/common/ui.js'
import { meter } from './chart.js'
import { actionForm, command, line, whoAndWhy } from './command.js'
import { badge, facts, idChip, orderHref, problem, rawBlock, table } from './kit.js'
import { live, onLive } from './live.js'
import { jobWords } from './messages_jobs.js'
import { redraw } from './redraw.js'
import { duration, when } from './time.js'

addMessages(jobWords)

const LOOK_MS = 1500
const PROMISES = ['P2', 'P3', 'P4', 'P5', 'P6', 'P7']

/**
 * Keeps `place` up to date until the job has ended. What the stream tells is drawn at once; its lines, and what
 * the stream left out, are asked for.
 * @param {Element} place @param {string} id @param {AbortSignal} signal @param {(job: Job) => void} [onEnd]
 */
export function watchJob(place, id, signal, onEnd) {
  const status = h('div', null)
  const result = h('div', { class: 'stack' })
  let state = ''
  let timer = 0
  replace(place, status, result)
  const draw = (/** @type {Job} */ job) => {
    redraw(status, headOf(job))
    if (job.state === state) return
    state = job.state
    if (state === 'RUNNING') return
    announce(`${t(`console.kind_of.${job.kind}`)}: ${t(`console.job.${state}`)}`)
  }
  const ask = async () => {
    clearTimeout(timer)
    try {
      const job = /** @type {Job} */ (await get(`/v1/admin/jobs/${id}`, { signal }))
      if (signal.aborted) return
      draw(job)
      if (job.state === 'RUNNING') {
        timer = window.setTimeout(ask, LOOK_MS)
      } else {
        replace(result, ...resultOf(job))
        onEnd?.(job)
      }
    } catch (error) {
      if (signal.aborted) return
      replace(result, problem(error))
      timer = window.setTimeout(ask, LOOK_MS * 2)
    }
  }
  onLive(['job'], () => {
    const told = live.jobs.get(id)
    if (!told || (state && state !== 'RUNNING')) return
    if (told.state === 'RUNNING') draw(told)
    else void ask()
  }, signal)
  signal.addEventListener('abort', () => clearTimeout(timer))
  void ask()
}

/** @param {Job} job */
function headOf(job) {
  const running = job.state === 'RUNNING'
  const { done = null, total = null, text = null } = job.progress ?? {}
  const known = total !== null && total > 0
  return h('div', { class: 'job' },
    h('p', null, badge(job.state, 'job'), ' ', h('strong', null, t(`console.kind_of.${job.kind}`)),
      ' ',
      location.pathname.endsWith(job.job_id) ? null
        : h('a', { href: `/console/jobs/${job.job_id}` }, t('console.job')), running
        ? h('button', { type: 'button', class: 'small danger', onclick: () => stopDialog(job) },
          t('console.job_stop')) : null),
    running ? h('div', { class: 'progress' }, meter(known ? done : null, known ? total : null,
      t(`console.kind_of.${job.kind}`)), h('span', null, text ?? '', known
      ? ` ${number(done ?? 0)} / ${number(total ?? 0)}` : done ? ` ${number(done)}` : '')) : null,
    facts([[t('console.by'), job.by ?? '–'], [t('console.reason'), job.reason ?? '–'],
      [t('console.started'), when(job.started_at)],
      ...(job.ended_at ? [/** @type {[string, string]} */ ([t('console.took'),
        duration(Date.parse(job.ended_at) - Date.parse(job.started_at))])] : []),
      ...(job.exit_status === null || job.exit_status === undefined ? []
        : [/** @type {[string, string]} */ ([t('console.exit'), String(job.exit_status)])])]),
    command(job.command))
}

/** @param {Job} job */
function stopDialog({ job_id: id, redrive_id: redrive }) {
  const box = dialog(t('console.job_stop'), (close) => [actionForm({ fields: whoAndWhy(),
    submit: t('console.job_stop'), danger: true,
    command: ({ reason, by }) => redrive ? line('dead-letters', 'stop', redrive, '--reason',
      String(reason || '…'),
      '--by', String(by || '…')) : '',
    act: async ({ reason, by }) => {
      const query = new URLSearchParams({ by: String(by), reason: String(reason) })
      await del(`/v1/admin/jobs/${id}?${query}`)
      close()
    } })])
  box.querySelector('input')?.focus()
}

/* ---- what came of it --------------------------------------------------------------------------------------- */

/** @param {Job} job @returns {import('./kit.js').Child[]} */
export function resultOf(job) {
  const lines = (job.lines ?? []).filter((one) => one && typeof one === 'object'
    && !('progress' in one))
  const shown = job.kind === 'audit' ? auditResult(lines, job)
    : job.kind === 'rebuild_compare' ? compareResult(lines, job) : redriveResult(lines)
  return [...shown, lines.length ? rawBlock(t('console.output', { n: number(lines.length) }),
    lines.map((one) => JSON.stringify(one)).join('\n')) : null]
}

/** @param {any[]} lines @param {Job} job */
function auditResult(lines, job) {
  const ways = lines.filter((one) => one.broken)
  const findings = lines.filter((one) => one.finding)
  const word = job.state === 'DONE' ? h('p', { class: 'verdict good' },
    h('span', { 'class': 'sign', 'aria-hidden': 'true' }, '✓'), t('console.audit_good'))
    : job.state === 'FOUND' ? h('p', { class: 'verdict bad' },
      h('span', { 'class': 'sign', 'aria-hidden': 'true' }, '!'),
      t('console.audit_bad', { n: number(findings.length) })) : null
  return [word,
    ways.length ? table({ caption: t('console.promises'), class: 'compact audit',
      head: [t('console.promise'),
      ...ways.map(({ way }) => /** @type {[string, string]} */ ([t(`console.way.${way}`),
        'num']))] },
    PROMISES.map((promise) => [h('span', null, h('code', null, promise),
      ` ${t(`console.promise.${promise}`)}`),
      ...ways.map(({ broken }) => broken[promise] === undefined ? '–'
        : verdictOf(broken[promise]))])) : null,
    ways.length ? ordersSeen(ways.filter((way) => way.orders !== undefined)) : null,
    findings.length ? table({ caption: t('console.findings'), class: 'compact cards',
      head: [t('console.promise'),
      t('console.where'), t('console.key'), t('console.what')] },
    findings.map((one) => [h('code', null, one.finding), `${one.way} · ${one.subject}`,
      one.subject === 'order' ? idChip(one.key, orderHref(one.key)) : h('code', null, one.key),
        one.detail])) : null,
    errorsOf(lines)]
}

/** @param {number} broken */
const verdictOf = (broken) => h('span', { class: broken ? 'bad' : 'good' }, broken
  ? `! ${number(broken)}` : '✓ 0')

/** @param {any[]} ways */
function ordersSeen(ways) {
  const names = ['orders', 'paid', 'cancelled', 'refused', 'open', 'in_flight', 'parked']
  return table({ caption: t('console.orders_seen'), class: 'compact narrow', head: [t('console.orders_seen'),
    ...ways.map(({ way }) => /** @type {[string, string]} */ ([t(`console.way.${way}`), 'num']))] },
  names.map((name) => [t(`console.seen.${name}`), ...ways.map((way) => number(way[name] ?? 0))]))
}

/** @param {any[]} lines @param {Job} job */
function compareResult(lines, job) {
  const differences = lines.filter((one) => one.difference)
  const bad = differences.length > 0 || job.state !== 'DONE'
  return [h('p', { class: `verdict ${bad ? 'bad' : 'good'}` },
    h('span', { 'class': 'sign', 'aria-hidden': 'true' }, bad ? '!' : '✓'), job.state === 'DONE' ? t('console.compare_good') : differences.length
      ? t('console.compare_bad', { n: number(differences.length) })
        : t(`console.job.${job.state}`)),
  differences.length ? table({ caption: t('console.differences'), class: 'compact cards',
    head: [t('console.service'),
    t('console.where'), t('console.key'), t('console.column'), t('console.what')] },
  differences.map((one) => [one.service, one.table, h('code', null, one.key), one.column,
    one.difference])) : null,
  errorsOf(lines)]
}

/** What would run (a dry run), or what became of each key. @param {any[]} lines */
function redriveResult(lines) {
  const outcomes = lines.filter((one) => one.outcome)
  const events = lines.filter((one) => one.topic && one.order !== undefined && !one.outcome)
  return [
    outcomes.length ? table({ caption: t('console.outcome'), class: 'compact cards',
      head: [t('console.key'),
      t('console.service'), t('console.outcome'), t('console.what')] },
    outcomes.map((one) => [idChip(one.key), one.service, outcome(one.outcome), one.detail ?? '']))
      : null,
    events.length ? h('p', null, t('console.redrive.would', { n: number(events.length),
      keys: number(new Set(events.map(({ service, key }) => `${service} ${key}`)).size) })) : null,
    events.length ? table({ caption: t('console.redrive.dry'), class: 'compact cards',
      head: [t('console.key'),
      ['#', 'num'], t('console.record'), t('console.reason'), t('console.tried')] },
    events.map((one) => [idChip(one.key), String(one.order), h('code', null,
      `${one.topic}/${one.partition}/${one.offset}`), h('code', null, one.reason),
    `${one.attempts}/${one.attempts_max}`])) : null,
    errorsOf(lines)]
}

/** @param {string} name */
const outcome = (name) => h('span', { class: name === 'done' ? 'good' : name === 'asked' ? ''
  : 'bad' },
  name === 'done' ? '✓ ' : name === 'asked' ? '… ' : '! ', has(`console.history.${name}`)
    ? t(`console.history.${name}`) : name)

/** @param {any[]} lines */
function errorsOf(lines) {
  const said = lines.map((one) => one.error && (one.error.message ?? one.message ?? one.detail
    ?? one.error))
    .filter((text) => typeof text === 'string')
  return said.length ? h('div', { class: 'problem' }, said.map((text) => h('p', null, text))) : null
}
