/**
 * harness.mjs — a real browser against a real stack (JUMUN_RUN names it), for the storefront's and the
 * console's tests.
 *
 *   stack      where it answers; calls of the command line; a product or a customer that only one test knows
 *   open       a page as one person has it: language, theme, width; what goes wrong in it fails the test
 *              that opened it
 *   axe        accessibility: serious and critical findings, by name and place
 *   bridge     killed and started again, by its pid and infra/dev
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CHROMIUM = process.env.JUMUN_CHROMIUM ?? '/usr/bin/chromium-headless-shell'
const RUN = process.env.JUMUN_RUN ?? join(ROOT, '.run')
export const BIN = process.env.JUMUN_BIN ?? join(ROOT, 'build/release/bin')
const run = promisify(execFile)

export const LANGUAGES = /** @type {const} */ (['ko', 'en'])
export const THEMES = /** @type {const} */ (['light', 'dark'])
export const WIDTHS = [320, 390, 1280]

/** A condition is waited for as long as a slow machine may need; a test that succeeds never waits for it. */
export const PATIENCE_MS = 60_000
const START_MS = 120_000
const HEIGHT = 900

// ---- stack

export const HTTP = process.env.JUMUN_HTTP ?? '127.0.0.1:8080'
export const address = (path = '/') => `http://${HTTP}${path}`

let names = 0
/** Unlike any name of another test or run. @param {string} prefix */
export const fresh = (prefix) =>
    `${prefix}-${process.pid.toString(36)}${Date.now().toString(36)}${(names++).toString(36)}`

/** The command line; returns what it printed. @param {...string} words */
export async function jumun(...words) {
    const { stdout } = await run(join(BIN, 'jumun'), words, { timeout: PATIENCE_MS })
    return stdout
}

/**
 * @param {{ name?: string, price?: number, stock?: number, id?: string }} [product]
 * @returns {Promise<string>} its id
 */
export async function product({
    name = '김치찌개 밀키트 2인분',
    price = 12_900,
    stock = 100,
    id = fresh('sku')
} = {}) {
    const units = stock > 0 ? ['--stock', String(stock)] : []
    await jumun('product', id, '--name', name, '--price', String(price), ...units)
    return id
}

/** Money and coupons are told by other topics than orders are, so they may be shown later. @param {string} id */
export const customerIs = (id, /** @type {(customer: any) => boolean} */ good) =>
    eventually(() => api(`/v1/customers/${id}`), good)

/** @param {string} id @param {number} balance */
export const balanceIs = (id, balance) => customerIs(id, (customer) => customer.balance === balance)

/** @param {string} id @param {number} units */
export const stockIs = (id, units) =>
    eventually(
        () => api(`/v1/products/${id}`),
        ({ available }) => available === units
    )

/** @param {number} balance @returns {Promise<string>} the customer's id */
export async function shopper(balance, id = fresh('minji')) {
    if (balance > 0) await jumun('credit', id, String(balance))
    return id
}

/** @param {string[]} options as of `jumun coupon` @returns {Promise<string>} its code */
export async function coupon(options, code = fresh('CODE')) {
    await jumun('coupon', code, ...options)
    return code
}

/** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
export async function api(path, init = {}) {
    const response = await fetch(address(path), {
        ...init,
        headers: { 'Content-Type': 'application/json', ...init.headers }
    })
    const text = await response.text()
    assert.ok(response.ok, `${init.method ?? 'GET'} ${path}: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
}

/** @template T @param {() => Promise<T>} look @param {(seen: T) => boolean} [good] @returns {Promise<T>} */
export async function eventually(look, good = Boolean, patience_ms = PATIENCE_MS) {
    const until = Date.now() + patience_ms
    for (;;) {
        const seen = await look()
        if (good(seen)) return seen
        assert.ok(Date.now() < until, `did not come: ${JSON.stringify(seen)}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
    }
}

// ---- browser

/** @type {Promise<import('playwright-core').Browser>|null} */
let browser = null

const launched = () =>
    (browser ??= chromium.launch({
        executablePath: CHROMIUM,
        args: [
            '--disable-dev-shm-usage',
            '--disable-gpu',
            ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])
        ]
    }))

export async function closeBrowser() {
    await (await browser)?.close()
    browser = null
}

/**
 * `context`: a further tab of that person; `anew`: but whatever their browser kept is forgotten.
 *
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').BrowserContext} BrowserContext
 * @typedef {{ language?: 'ko'|'en', theme?: 'light'|'dark', width?: number, height?: number,
 *   customer?: string|undefined, keeps?: Record<string, unknown>, path?: string, zoom?: number,
 *   context?: BrowserContext, anew?: boolean, expects?: RegExp[] }} As
 * @typedef {{ page: Page, context: BrowserContext, problems: string[], expects: RegExp[] }} Opened
 */

/** @type {Opened[]} */
const opened = []

/** @param {As} [as] @returns {Promise<Opened>} */
export async function open(as = {}) {
    const context = as.context ?? (await person(as))
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    if (as.context && as.width)
        await page.setViewportSize({ width: as.width, height: as.height ?? HEIGHT })
    if (!as.context || as.anew)
        await page.addInitScript(remember, { entries: entriesOf(as), anew: as.anew === true })
    const one = { page, context, problems: watch(page), expects: [...(as.expects ?? [])] }
    opened.push(one)
    await page.goto(address(as.path ?? '/'))
    return one
}

/** One person: how they see. @param {As} as */
export const person = async ({
    language = 'ko',
    theme = 'light',
    width = 1280,
    height = HEIGHT,
    zoom = 1
}) =>
    (await launched()).newContext({
        locale: language === 'ko' ? 'ko-KR' : 'en-US',
        colorScheme: theme,
        deviceScaleFactor: zoom,
        viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
        timezoneId: 'Asia/Seoul',
        reducedMotion: 'reduce'
    })

/** @param {As} as */
const entriesOf = ({ customer, keeps = {} }) =>
    customer ? { 'jumun.customer': customer, ...keeps } : keeps

/**
 * In the page, before its own scripts: what their browser kept from before. What the page keeps then is left alone.
 * @param {{ entries: Record<string, unknown>, anew: boolean }} kept
 */
function remember({ entries, anew }) {
    if (self.origin === 'null') return // a page of nobody, such as about:blank, keeps nothing
    if (anew && sessionStorage.getItem('begun') === null) {
        localStorage.clear()
        sessionStorage.setItem('begun', 'true') // what this page keeps survives its reload
    }
    for (const [name, value] of Object.entries(entries))
        if (localStorage.getItem(name) === null) localStorage.setItem(name, JSON.stringify(value))
}

/**
 * What must not happen in any page: an error, a refusal of the security policy, a request to anybody else.
 * @param {Page} page
 */
function watch(page) {
    /** @type {string[]} */
    const problems = []
    page.on('pageerror', (error) => problems.push(`error: ${error.stack ?? error.message}`))
    page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
            problems.push(`${message.type()}: ${message.text()} ${message.location().url}`)
    })
    page.on('request', (request) => {
        const url = new URL(request.url())
        if (!['data:', 'blob:'].includes(url.protocol) && url.host !== HTTP)
            problems.push(`request to ${url.host}`)
    })
    return problems
}

/**
 * What a test provokes on purpose: a lost connection is told by the browser as an error.
 * @param {Opened} one
 * @param {RegExp} pattern
 */
export const expectProblem = (one, pattern) => void one.expects.push(pattern)

/** What went wrong in a page that was not expected. @param {Opened} one */
const wrongIn = ({ problems, expects }) =>
    problems.filter((problem) => !expects.some((pattern) => pattern.test(problem)))

/** One page before the test is over, the person stays. @param {Opened} one @param {string} where */
export async function closePage(one, where) {
    await one.page.close()
    assert.deepEqual(wrongIn(one), [], where)
    one.problems.length = 0
}

/** After each test: everything that was opened is closed, and nothing may have gone wrong in it. */
export async function closePages() {
    const all = opened.splice(0)
    for (const { context } of all) await context.close()
    assert.deepEqual(all.flatMap(wrongIn), [])
}

// ---- accessibility

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
/** @type {string|null} */
let axeSource = null

/** Serious and critical findings, as lines. @param {Page} page @returns {Promise<string[]>} */
export async function axe(page) {
    axeSource ??= await readFile(AXE, 'utf8')
    if (!(await page.evaluate(() => 'axe' in globalThis)))
        await page.evaluate(axeSource) // by the debugger, which the page's policy does not bind
    return page.evaluate(async () => {
        const { violations } = await /** @type {any} */ (globalThis).axe.run(document, {
            resultTypes: ['violations']
        })
        return violations
            .filter((/** @type {any} */ { impact }) => ['serious', 'critical'].includes(impact))
            .flatMap((/** @type {any} */ { id, nodes }) =>
                nodes.map(
                    (/** @type {any} */ node) =>
                        `${id}: ${node.target.join(' ')}: ${node.any?.[0]?.message ?? node.failureSummary}`
                )
            )
    })
}

/** Nothing is wider than the window. @param {Page} page */
export const overflow = (page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/**
 * No serious or critical finding, and no sideways scrolling.
 * @param {Page} page
 * @param {string} where
 */
export async function assertSound(page, where) {
    assert.deepEqual(await axe(page), [], where)
    assert.ok(
        (await overflow(page)) <= 0,
        `${where}: ${await overflow(page)} px wider than the window`
    )
}

// ---- processes

/** @param {string} name as in `infra/dev status` */
async function pidOf(name) {
    return Number((await readFile(join(RUN, 'procs', name), 'utf8')).split(' ')[0])
}

let wounded = false

/** @param {string} name @param {NodeJS.Signals} [signal] */
export async function kill(name, signal = 'SIGKILL') {
    wounded = true
    const pid = await pidOf(name)
    process.kill(pid, signal)
    await eventually(async () => !alive(pid))
}

/** @param {number} pid */
function alive(pid) {
    try {
        process.kill(pid, 0)
        return true
    } catch {
        return false
    }
}

/**
 * Whatever of the stack is not running is started as its owner would, with the programs that run: nothing is
 * built meanwhile.
 */
export async function startAll() {
    const env = { ...process.env, JUMUN_BUILD: join(BIN, '..') }
    await eventually(
        () =>
            run(join(ROOT, 'infra/dev'), ['up'], { timeout: START_MS, env }).then(
                () => true,
                () => false
            ),
        Boolean,
        2 * START_MS
    )
    wounded = false
}

/** After each test: what it killed and did not start again, because it failed, is there for the next. */
export async function heal() {
    if (wounded) await startAll()
}
