/**
 * api.js — the HTTP API: JSON in and out, refusals as ApiError with the API's stable code.
 *
 * A call is repeated by itself only where that can do nothing twice: what only reads, and what says `safe` (an
 * Idempotency-Key, or a call that is the same event when it is sent again). A payment is not: between two
 * sendings the first
 * attempt may have failed, and the second would be a new one. Whoever calls looks at the order instead.
 *
 * @typedef {{ pointer: string, code: string }} FieldError
 * @typedef {{ key?: string, wait?: number, safe?: boolean, timeoutMs?: number, signal?: AbortSignal,
 *   tries?: number }} Options
 */
export const TIMEOUT_MS = 10_000
const TRIES = 3
const PAUSE_MS = 400
const PAUSE_MS_MAX = 4_000

let skewMs = 0

/** The server's clock, by the Date of its last answer: deadlines are its, and clocks of phones go wrong. */
export const serverNow = () => Date.now() + skewMs

/** Codes of our own, where no answer of the API came. */
export const OFFLINE = 'offline'
export const TIMEOUT = 'timeout'
export const BAD_ANSWER = 'bad_answer'

/** Date has whole seconds: less is no difference. */
const SKEW_MS_MIN = 2_000
const AGAIN = new Set([
  OFFLINE,
  TIMEOUT,
  'broker_unavailable',
  'read_model_unavailable',
  'server_unavailable',
  'too_many_requests'
])

export class ApiError extends Error {
  /** @param {string} code @param {number} status @param {any} [problem] @param {number} [retryAfterS] */
  constructor(code, status, problem, retryAfterS) {
    super(problem?.detail ?? code)
    this.name = 'ApiError'
    this.code = code
    this.status = status
    /** @type {FieldError[]} */
    this.errors = Array.isArray(problem?.errors) ? problem.errors : []
    this.retryAfterS = retryAfterS
  }

  /** Nothing is wrong with what was asked: it may be asked again. */
  get passing() {
    return AGAIN.has(this.code)
  }
}

/** @param {unknown} error @returns {ApiError} */
export const asApiError = (error) =>
  error instanceof ApiError ? error : new ApiError(BAD_ANSWER, 0, { detail: String(error) })

/** Somebody did not want the answer any more. @param {unknown} error */
export const isAbort = (error) => error instanceof DOMException && error.name === 'AbortError'

/** @param {string} path @param {Options} [options] @returns {Promise<any>} */
export const get = (path, options = {}) => call('GET', path, undefined, { safe: true, ...options })

/** @param {string} path @param {unknown} body @param {Options} [options] @returns {Promise<any>} */
export const post = (path, body, options = {}) =>
  call('POST', path, body, { safe: options.key !== undefined, ...options })

/** @param {string} path @param {unknown} body @param {Options} [options] @returns {Promise<any>} */
export const put = (path, body, options = {}) => call('PUT', path, body, { safe: true, ...options })

/** @param {string} path @param {Options} [options] @returns {Promise<any>} */
export const del = (path, options = {}) => call('DELETE', path, undefined, options)

/** @param {string} method @param {string} path @param {unknown} body @param {Options} options */
async function call(method, path, body, options) {
  const tries = options.safe ? (options.tries ?? TRIES) : 1
  for (let tried = 1; ; tried++) {
    try {
      return await once(method, path, body, options)
    } catch (error) {
      if (isAbort(error) || !(error instanceof ApiError) || !error.passing || tried >= tries)
        throw error
      await pause(
        Math.min((error.retryAfterS ?? 0) * 1000 || PAUSE_MS * 2 ** tried, PAUSE_MS_MAX),
        options.signal
      )
    }
  }
}

/** @param {string} method @param {string} path @param {unknown} body @param {Options} options */
async function once(method, path, body, { key, wait, timeoutMs, signal }) {
  const headers = new Headers({ Accept: 'application/json, application/problem+json' })
  if (body !== undefined) headers.set('Content-Type', 'application/json')
  if (key !== undefined) headers.set('Idempotency-Key', key)
  if (wait !== undefined) headers.set('Prefer', `wait=${wait}`)
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), (timeoutMs ?? TIMEOUT_MS) + (wait ?? 0) * 1000)
  const forward = () => limit.abort()
  signal?.addEventListener('abort', forward)
  try {
    signal?.throwIfAborted()
    const response = await fetch(path, {
      method,
      headers,
      signal: limit.signal,
      cache: 'no-store',
      body: body === undefined ? null : JSON.stringify(body)
    })
    return await answerOf(response)
  } catch (error) {
    if (signal?.aborted) throw new DOMException('', 'AbortError')
    if (error instanceof ApiError) throw error
    if (limit.signal.aborted) throw new ApiError(TIMEOUT, 0)
    throw new ApiError(OFFLINE, 0)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', forward)
  }
}

/** @param {Response} response */
async function answerOf(response) {
  const at = Date.parse(response.headers.get('Date') ?? '')
  if (Math.abs(at - Date.now()) > SKEW_MS_MIN) skewMs = at - Date.now()
  else if (!Number.isNaN(at)) skewMs = 0
  const text = await response.text()
  const body = parsed(text)
  if (response.ok && (body !== undefined || text === '')) return body ?? null
  if (response.ok) throw new ApiError(BAD_ANSWER, response.status)
  const after = Number(response.headers.get('Retry-After') ?? NaN)
  throw new ApiError(
    typeof body?.code === 'string' ? body.code : BAD_ANSWER,
    response.status,
    body,
    Number.isFinite(after) ? after : undefined
  )
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @param {number} ms @param {AbortSignal} [signal] @returns {Promise<void>} */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(new DOMException('', 'AbortError'))
      },
      { once: true }
    )
  })
}
