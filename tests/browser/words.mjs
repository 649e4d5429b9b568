/**
 * words.mjs — the storefront's messages, read from the sources: a catalogue imports nothing, so it is loaded as
 * it lies.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './harness.mjs'

export const WEB = join(ROOT, 'producers/web')

/** @param {string} file under producers/web @returns {Promise<Record<string, string>>} */
export async function messages(file) {
    const source = await readFile(join(WEB, file), 'utf8')
    return (await import(`data:text/javascript,${encodeURIComponent(source)}`)).default
}

const both = async (/** @type {string} */ language) => ({
    ...(await messages(`common/messages_${language}.js`)),
    ...(await messages(`store/messages_${language}.js`))
})

/** @type {Record<string, Record<string, string>>} */
export const catalogue = { ko: await both('ko'), en: await both('en') }
