/** a_fresh_shop.test.mjs — the storefront before anybody has listed a product; the first file, so that nobody has. */
import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { api, assertSound, closeBrowser, closePages, open, product } from './harness.mjs'

afterEach(closePages)
after(closeBrowser)

for (const language of /** @type {const} */ (['ko', 'en'])) {
    test(`a shop without products says so, and shows the first as soon as it is there (${language})`, async (t) => {
        if ((await api('/v1/products')).length > 0)
            return t.skip('others have filled this catalogue')
        const { page } = await open({ language })
        await page.waitForSelector('.empty')
        await assertSound(page, 'empty shop')
        if (language === 'ko') return
        const id = await product({ name: '첫 상품' })
        await page.waitForSelector(`[data-product="${id}"]`)
        assert.equal(await page.locator('.empty').count(), 0)
    })
}
