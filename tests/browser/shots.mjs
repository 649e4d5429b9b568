/**
 * shots.mjs [FOLDER] — the storefront's pictures for the README, on a running stack (`. $JUMUN_RUN/env`) that
 * is fresh.
 *
 *   store-checkout.png   the way to pay: coupon taken, steps, the whole bill
 *   store-sold-out.png   sold out on a phone, with what is left
 */
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { closeBrowser, closePages, ROOT } from './harness.mjs'
import { states, visit } from './states.mjs'

const KB_MAX = 150
const WANTED = /** @type {const} */ ([
    ['products', 'store-products', { width: 1280, height: 800, language: 'ko' }],
    ['pay', 'store-checkout', { width: 1280, height: 860, language: 'ko' }],
    ['paid', 'store-paid', { width: 390, height: 844, language: 'ko' }],
    ['cart-sold-out', 'store-sold-out', { width: 390, height: 844, language: 'ko' }]
])

const folder = process.argv[2] ?? join(ROOT, 'docs/screenshots')
await mkdir(folder, { recursive: true })
const all = await states()
for (const [name, file, as] of WANTED) {
    const state = all.find((one) => one.name === name)
    if (!state) throw new Error(`there is no state ${name}`)
    const { page } = await visit(state, as)
    const path = join(folder, `${file}.png`)
    await page.screenshot({ path })
    const { size } = await stat(path)
    if (size > KB_MAX * 1024) throw new Error(`${path} has ${size} bytes`)
    await closePages()
}
await closeBrowser()
