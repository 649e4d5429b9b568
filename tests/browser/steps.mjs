/**
 * steps.mjs — what a shopper does, by what they see: buttons by their names, in either language.
 *
 * @typedef {import('playwright-core').Page} Page
 */
import assert from 'node:assert/strict'
import { catalogue } from './words.mjs'
import { SHIPPING } from './states.mjs'

/** @param {Page} page @param {string} id @param {number} [count] */
export async function putInCart(page, id, count = 1) {
    await page.click(`[data-product="${id}"] .card-foot button`)
    for (let i = 1; i < count; i++) await page.click(`[data-product="${id}"] [data-step="1"]`)
}

/** From the products to the order's first page. @param {Page} page @param {string} id @param {number} [count] */
export async function order(page, id, count = 1) {
    await page.waitForSelector(`[data-product="${id}"]`)
    await putInCart(page, id, count)
    await page.click('nav a[href="/cart"]')
    await page.click('#order')
}

/** @param {Page} page @param {Partial<typeof SHIPPING>} [shipping] */
export async function ship(page, shipping = {}) {
    await page.waitForSelector('#shipping')
    for (const [name, value] of Object.entries({ ...SHIPPING, ...shipping }))
        await page.fill(`[name=${name}]`, value)
    await page.click('#to-payment')
    await page.waitForSelector('#pay')
}

/** @param {Page} page */
export async function pay(page) {
    await page.waitForSelector('#balance dl')
    await page.click('#pay')
}

/** @param {Page} page */
export const orderId = (page) => new URL(page.url()).pathname.split('/')[2] ?? ''

/** @param {Page} page @param {string} words */
export const seen = (page, words) => page.getByText(words).first().waitFor()

/**
 * The last word about the money: until payment has spoken, a page rightly says that it is not decided.
 * @param {Page} page
 * @param {'none'|'taken'|'returned'} money
 * @param {string} words
 */
export async function moneySaid(page, money, words) {
    await page.waitForSelector(`#money[data-money=${money}]`)
    assert.equal(await page.locator('#money').innerText(), words)
}

/** A message in a language, with its values. @param {'ko'|'en'} language */
export const say =
    (language) =>
    (/** @type {string} */ key, values = {}) => {
        const message = catalogue[language][key]
        if (message === undefined) throw new Error(`no message ${key}`)
        return Object.entries(values).reduce(
            (text, [name, value]) => text.replaceAll(`{${name}}`, String(value)),
            message
        )
    }
