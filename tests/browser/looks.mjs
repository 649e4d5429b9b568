/**
 * looks.mjs FOLDER [WORD…] — a picture of every state of both pages on a running stack (`. $JUMUN_RUN/env`), for people who
 * judge them: phone and desk, light and dark, both languages, each pairing once. WORD: only states whose name has it.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { closeBrowser, closePage, open, person } from './harness.mjs'
import { consoleStates, look } from './console_states.mjs'
import { states, visit } from './states.mjs'

const HEIGHT_MAX = 2400
/** @type {import('./harness.mjs').As[]} */
const LOOKS = [
  { width: 320, height: 700, language: 'ko', theme: 'light' },
  { width: 320, height: 700, language: 'en', theme: 'dark' },
  { width: 360, height: 780, language: 'en', theme: 'light' },
  { width: 360, height: 780, language: 'ko', theme: 'dark' },
  { width: 1280, height: 860, language: 'ko', theme: 'light' },
  { width: 1280, height: 860, language: 'en', theme: 'dark' },
  { width: 1600, height: 1000, language: 'en', theme: 'light' },
  { width: 1600, height: 1000, language: 'ko', theme: 'dark' },
]

const [folder = 'looks', ...words] = process.argv.slice(2)
const wanted = (/** @type {string} */ name) => words.length === 0
  || words.some((word) => name.includes(word))

/** @param {import('playwright-core').Page} page @param {string} name @param {import('./harness.mjs').As} as */
async function picture(page, name, { width = 0, language, theme }) {
  const height = Math.min(HEIGHT_MAX, await page.evaluate(() => document.documentElement.scrollHeight))
  const modal = await page.locator('dialog[open]').count() > 0
  await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, '-')}_${width}_${language}_${theme}.png`),
    ...modal ? {} : { fullPage: true, clip: { x: 0, y: 0, width, height } } })
}

await mkdir(folder, { recursive: true })
const store = await states()
const { views, mend } = await consoleStates()
try {
  for (const as of LOOKS) {
    const context = await person(as)
    for (const state of store.filter(({ name }) => wanted(`store ${name}`))) {
      const one = await visit(state, { context, anew: true })
      await picture(one.page, `store ${state.name}`, as)
      await closePage(one, state.name)
    }
    for (const view of views.filter(({ name }) => wanted(`console ${name}`))) {
      const one = await open({ context, path: view.path, expects: [/404/] })
      await look(one.page, view)
      await picture(one.page, `console ${view.name}`, as)
      await closePage(one, view.name)
    }
    await context.close()
  }
} finally {
  await mend()
  await closeBrowser()
}
