/**
 * console_views.test.mjs — every view of the console, in both languages and themes and three widths: no serious
 * finding, nothing wider than the window, no message in another language's words, what a page may weigh and when it paints.
 */
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { LANGUAGES, THEMES, WIDTHS, address, api, assertSound, closeBrowser, closePages, eventually,
  open, overflow }
  from './harness.mjs'
import { consoleStates, look } from './console_states.mjs'

const PAGE_BYTES_MAX = 150 * 1024
const PAINT_MS_MAX = 1_000
const PHONE = 390

/** @type {import('./console_states.mjs').View[]} */
let views = []
/** @type {() => Promise<unknown>} */
let mend = async () => {}

before(async () => {
  ({ views, mend } = await consoleStates())
})
afterEach(closePages)
after(async () => {
  await mend()
  await closeBrowser()
})

/**
 * Every view at every width; the slow look at each in one of them, and another one in each language and theme.
 */
const LOOKS = LANGUAGES.flatMap((language) => THEMES.map((theme) => ({ language, theme })))
LOOKS.forEach(({ language, theme }, turn) => {
  test(`every view is sound: ${language}, ${theme}`, async () => {
    const { page } = await open({ language, theme, path: '/console' })
    for (const [nth, view] of views.entries()) {
      const { name } = view
      await page.goto(address(view.path))
      await look(page, view)
      assert.equal(await page.locator('h1').count(), 1, name)
      assert.match(await page.title(), /.+ · jumun/, name)
      if (language === 'en') assert.doesNotMatch(await ownWords(page), /[가-힣]/, name)
      for (const [i, width] of WIDTHS.entries()) {
        await page.setViewportSize({ width, height: 900 })
        if ((nth + turn) % WIDTHS.length === i) await assertSound(page, `${name}, ${width} px`)
        else assert.ok(await overflow(page) <= 0,
          `${name}, ${width} px: ${await overflow(page)} px too wide`)
        if (width <= PHONE) assert.deepEqual(await hidden(page), [], `${name}, ${width} px`)
      }
    }
  })
})

/**
 * Tables that go on beyond the edge of a phone: all that is told stands in a list there. A timeline is gone along.
 * @param {import('playwright-core').Page} page
 */
const hidden = (page) => page.$$eval('.table-wrap, .tl-name, .tile', (places) => places.filter((place) =>
  place.scrollWidth > place.clientWidth).map((place) => `${place.className}: ${place.textContent}`))

/**
 * What the page itself says: headings, labels, buttons; not what people typed.
 * @param {import('playwright-core').Page} page
 */
const ownWords = (page) =>
  page.$$eval('h1, h2, th, dt, label, nav a, button:not(#language), summary, .hint',
  (nodes) => nodes.map((node) => node.textContent).join(' '))

test('language and theme are switched where one stands, and kept', async () => {
  const { page } = await open({ path: '/console/topics' })
  await page.waitForSelector('.topic')
  assert.equal(await page.textContent('h1'), '토픽')
  await page.click('#language')
  await page.waitForSelector('h1:text-is("Topics")') // drawn anew: its rows are read again
  assert.equal(await page.getAttribute('html', 'lang'), 'en')
  await page.click('#theme')
  await page.click('#theme')
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark')
  await page.reload()
  await page.waitForSelector('.topic')
  assert.equal(await page.textContent('h1'), 'Topics')
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark')
})

/** What a browser that was never here before sees, and when it first paints. @param {import('./console_states.mjs').View} view */
async function firstVisit({ path, ready }) {
  await closePages() // each has a stream
  const { page } = await open({ path })
  await page.waitForSelector(ready)
  return { page, paint: await page.evaluate(() =>
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN) }
}

test('whatever address is opened, everything it loads weighs no more than 150 KB, and it paints within a second', async () => {
  for (const view of views) {
    const { name } = view
    const { page } = await eventually(() => firstVisit(view), // again where the machine was busy with something else
      ({ paint }) => paint < PAINT_MS_MAX)
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource')
      .map((entry) => entry.name).filter((url) => url.includes('/assets/')))
    assert.ok(loaded.length > 10, name)
    const sizes = await Promise.all([address('/console'), ...loaded].map(async (url) =>
      (await (await fetch(url)).arrayBuffer()).byteLength))
    const bytes = sizes.reduce((sum, one) => sum + one, 0)
    assert.ok(bytes <= PAGE_BYTES_MAX, `${name}: ${bytes} bytes`)
  }
})

test('at 200 % the console is as wide as its window', async () => {
  const { page } = await open({ width: 1280, zoom: 2, path: '/console' })
  for (const { name, path, ready } of views.filter(({ open: button }) => !button)) {
    await page.goto(address(path))
    await page.waitForSelector(ready)
    assert.ok(await overflow(page) <= 0, `${name}: ${await overflow(page)} px too wide`)
  }
})

test('what the console reads is there for nobody from another site', async () => {
  const response = await fetch(address('/v1/admin/stats'),
    { headers: { Origin: 'http://evil.example' } })
  assert.equal(response.status, 403)
  assert.equal((await api('/v1/admin/stats')).rates.window_s > 0, true)
})
