/**
 * store_words.test.mjs — every message in both languages, every code of the API among them, and the types of
 * all modules.
 * No browser: what is read are the sources.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ROOT } from './harness.mjs'
import { messages, WEB } from './words.mjs'

const PLACE = /\{(\w+)/g
const read = (/** @type {string} */ path) => readFile(join(ROOT, path), 'utf8')

/** @param {string} folder */
async function sources(folder) {
    const names = (await readdir(join(WEB, folder))).filter(
    (name) => name.endsWith('.js') && !name.startsWith('messages_'))
    return Promise.all(names.map((name) => readFile(join(WEB, folder, name), 'utf8')))
}

for (const folder of ['common', 'store']) {
    test(`${folder}: both languages say the same things, with the same values in them`, async () => {
        const [ko, en] = await Promise.all(
            ['ko', 'en'].map((l) => messages(`${folder}/messages_${l}.js`))
        )
        assert.deepEqual(Object.keys(ko).sort(), Object.keys(en).sort())
        for (const [key, words] of Object.entries(ko)) {
            assert.notEqual(words.trim(), '', key)
            const places = (/** @type {string} */ text) => [
                ...new Set([...text.matchAll(PLACE)].map(([, name]) => name))
            ]
            const extra = places(words).filter((name) => !places(en[key]).includes(name))
            assert.deepEqual(extra, [], `${key} in English`)
        }
    })
}

test('every message that is asked for by its whole name is there', async () => {
    const known = {
        ...(await messages('common/messages_ko.js')),
        ...(await messages('store/messages_ko.js'))
    }
    const texts = [...(await sources('common')), ...(await sources('store'))]
    const code = texts.map((text) => text.replace(/\/\*[\s\S]*?\*\//g, ''))
    const asked = code.flatMap((text) =>
        [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => key)
    )
    assert.ok(asked.length > 80)
    assert.deepEqual(
        asked.filter((key) => !(key in known)),
        []
    )
})

test('every message of the storefront is used somewhere', async () => {
    const own = Object.keys(await messages('store/messages_ko.js'))
    const text = (await sources('store')).join('\n')
    const composed = [...text.matchAll(/`([\w.]+\.)\$\{/g)].map(([, prefix]) => prefix)
    const unused = own.filter(
        (key) => !text.includes(`'${key}'`) && !composed.some((prefix) => key.startsWith(prefix))
    )
    assert.deepEqual(unused, [])
})

test('every code of a problem and of a field has its words', async () => {
    const yaml = await read('schemas/openapi.yaml')
    const list = /code:\n\s+enum:\n\s+\[([^\]]+)\]/.exec(yaml)?.[1] ?? ''
    const codes = list.split(',').map((code) => code.trim())
    const fields =
        /description: \|\n\s+(type missing[\s\S]*?)\n\s+type: string/.exec(yaml)?.[1] ?? ''
    const known = await messages('common/messages_ko.js')
    assert.ok(
        codes.length >= 21 && fields.split(/\s+/).length >= 16,
        'the document is read as it is written'
    )
    assert.deepEqual(
        codes.filter((code) => !(`problem.${code}` in known)),
        []
    )
    assert.deepEqual(
        fields.split(/\s+/).filter((code) => !(`field.${code}` in known)),
        []
    )
})

test('every reason of every event has its words', async () => {
    const { $defs } = JSON.parse(await read('schemas/common.schema.json'))
    const reasons = Object.entries($defs)
        .filter(([name]) => name.endsWith('_reason'))
        .flatMap(([, one]) => one['x-known'] ?? one.enum ?? [])
    const known = await messages('common/messages_ko.js')
    assert.ok(
        reasons.includes('SOLD_OUT') && reasons.includes('DEADLINE') && reasons.length >= 18,
        'found there'
    )
    assert.deepEqual(
        reasons.filter((reason) => !(`reason.${reason}` in known)),
        []
    )
})

test('types hold, strictly, in every module that is served', async () => {
    const tsc = join(ROOT, 'tests/browser/node_modules/typescript/bin/tsc')
    const { stdout } = await promisify(execFile)(process.execPath, [
        tsc,
        '-p',
        join(ROOT, 'tests/browser')
    ]).catch((error) => error)
    assert.equal(stdout, '')
})

test('nothing is made of markup, and nobody else is asked for anything', async () => {
    for (const folder of ['common', 'store', 'console'])
        for (const text of await sources(folder)) {
            assert.doesNotMatch(
                text,
                /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/
            )
            assert.doesNotMatch(
                text.replaceAll('http://www.w3.org/2000/svg', ''),
                /https?:\/\/|setAttribute\('style'/
            )
        }
})
