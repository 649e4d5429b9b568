/**
 * live.js — what the bridge tells by itself, drawn at most once for each frame however much of it comes.
 *
 * @typedef {import('./types.js').Stats} Stats
 * @typedef {import('./types.js').Lag} Lag
 * @typedef {import('./types.js').Job} Job
 * @typedef {'stats'|'lag'|'job'} Name
 */
import { follow } from '/assets/common/connection.js'

export const live = {
  /** @type {Stats|null} */ stats: null,
  /** @type {Lag|null} */ lag: null,
  /** @type {Map<string, Job>} */ jobs: new Map(),
}

/** @type {Set<{ names: Name[], draw: () => void }>} */
const listeners = new Set()
/** @type {Set<Name>} */
const changed = new Set()
let frame = 0

/**
 * @param {Name[]} names
 * @param {() => void} draw
 * @param {AbortSignal} signal ends it
 */
export function onLive(names, draw, signal) {
  const listener = { names, draw }
  listeners.add(listener)
  signal.addEventListener('abort', () => listeners.delete(listener))
}

/** @param {Name} name */
function tell(name) {
  changed.add(name)
  frame ||= requestAnimationFrame(() => {
    frame = 0
    const now = [...changed]
    changed.clear()
    for (const { names, draw } of [...listeners]) if (now.some((one) => names.includes(one))) draw()
  })
}

/** @param {string} name @param {any} data */
function keep(name, data) {
  if (name === 'stats') live.stats = data
  else if (name === 'lag') live.lag = data
  else if (name === 'job') live.jobs.set(data.job_id, { ...live.jobs.get(data.job_id), ...data })
  tell(/** @type {Name} */ (name))
}

/**
 * @param {() => void} onReopen a connection stands, again perhaps: what was missed can be asked for
 */
export function startLive(onReopen) {
  follow('/v1/admin/stream', { names: ['stats', 'lag', 'job'], onEvent: keep, onReopen })
}
