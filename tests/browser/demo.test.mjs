/**
 * demo.test.mjs — the first thing that anybody does: `infra/dev demo`, then the addresses it prints, in a browser.
 *
 * A stack of its own, as it is on a machine where nobody has set anything.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { BIN, PATIENCE_MS, ROOT, closeBrowser, person } from './harness.mjs'

const DEMO_MS = 300_000
const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'jumun-demo-'))
const nobodys = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('JUMUN_')))
const env = { ...nobodys, JUMUN_RUN: join(folder, 'run'), JUMUN_BUILD: join(BIN, '..') }
/** @param {string[]} words */
const dev = (...words) => run(join(ROOT, 'infra/dev'), words, { env, timeout: DEMO_MS })

after(async () => {
  await closeBrowser()
  await dev('reset', '--yes')
  await rm(folder, { recursive: true })
})

/** @param {string} url @param {(page: import('playwright-core').Page) => Promise<unknown>} look */
async function visit(url, look) {
  const context = await person({})
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  /** @type {string[]} */
  const problems = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  const answer = await page.goto(url)
  assert.equal(answer?.status(), 200, url)
  await look(page)
  assert.deepEqual(problems, [], url)
  await context.close()
}

test('infra/dev demo prints the addresses of storefront and console, and each works at once', async () => {
  const { stdout } = await dev('demo')
  const [store, console_] = ['storefront', 'console'].map((name) =>
    new RegExp(`${name} +(http://\\S+)`).exec(stdout)?.[1] ?? assert.fail(stdout))
  await visit(store, async (page) => {
    await page.getByText('김치찌개').first().waitFor() // what the demo sells
  })
  await visit(console_, async (page) => {
    await page.waitForSelector('.verdict .sign')
    await page.getByText('품절').first().waitFor() // one of the six orders is sold out
  })
})
