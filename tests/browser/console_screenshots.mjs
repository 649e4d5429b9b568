/**
 * console_screenshots.mjs — the console's pictures of the README, made from real orders: `node console_screenshots.mjs`
 * with the addresses of a stack in the environment (`. .run/env`). Writes docs/screenshots.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, closeBrowser, open } from './harness.mjs'
import { compensated, letter, park } from './console_support.mjs'

const FOLDER = join(ROOT, 'docs/screenshots')

/** @param {string} name @param {string} path @param {string} ready @param {import('./harness.mjs').As} as */
async function picture(name, path, ready, as) {
  const { page } = await open({ theme: 'dark', width: 1280, height: 860, ...as, path })
  await page.waitForSelector(ready)
  await page.screenshot({ path: join(FOLDER, `${name}.png`) })
}

await mkdir(FOLDER, { recursive: true })
const [order, poisoned] = await Promise.all([compensated(), park()])
try {
  await letter('{"not": json')
  for (const language of /** @type {const} */ (['ko', 'en'])) {
    const end = language === 'ko' ? '' : '-en'
    await picture(`console-timeline${end}`, `/console/orders/${order}`, '.tl-mark.undo', { language })
    await picture(`console-dead-letters${end}`, '/console/dead-letters', 'table.letters', { language, height: 760 })
  }
} finally {
  await poisoned.mend()
  await closeBrowser()
}
