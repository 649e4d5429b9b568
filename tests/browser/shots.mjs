/**
 * shots.mjs [FOLDER] — the storefront's pictures for the README, in both languages, on a running stack
 * (`. $JUMUN_RUN/env`) that is fresh.
 *
 *   store-paid.png       an order that went well: its four steps, its bill
 *   store-sold-out.png   more wanted than there is, on a phone: what is left, and that no money was taken
 */
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { closeBrowser, closePages, LANGUAGES, ROOT } from './harness.mjs'
import { states, visit } from './states.mjs'

const KB_MAX = 150
const WANTED = /** @type {const} */ ([
    ['paid', 'store-paid', { width: 1280, height: 860 }],
    ['cart-sold-out', 'store-sold-out', { width: 390, height: 844 }]
])

const folder = process.argv[2] ?? join(ROOT, 'docs/screenshots')
await mkdir(folder, { recursive: true })
const all = await states((name) => name)
for (const language of LANGUAGES)
    for (const [name, file, as] of WANTED) {
        const state = all.find((one) => one.name === name)
        if (!state) throw new Error(`there is no state ${name}`)
        const { page } = await visit(state, { ...as, language })
        const path = join(folder, `${file}${language === 'ko' ? '' : `-${language}`}.png`)
        await page.screenshot({ path })
        const { size } = await stat(path)
        if (size > KB_MAX * 1024) throw new Error(`${path} has ${size} bytes`)
        await closePages()
    }
await closeBrowser()
