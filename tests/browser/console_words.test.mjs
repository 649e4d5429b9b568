/**
 * console_words.test.mjs — the console's words are complete, used, and those of all codes that it shows.
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from './harness.mjs'

const CONSOLE = join(ROOT, 'producers/web/console')
const read = (/** @type {string} */ name) => readFile(join(CONSOLE, name), 'utf8')
const encoded = (/** @type {string} */ text) => `data:text/javascript,${encodeURIComponent(text)}`
const helper = encoded(await read('both.js'))

/** @param {string} name @param {string} what */
async function catalogue(name, what) {
  const source = (await read(name)).replace('./both.js', helper)
  return (await import(encoded(source)))[what]
}

const parts = await Promise.all([catalogue('messages.js', 'messages'),
  catalogue('messages_more.js', 'more'), catalogue('messages_jobs.js', 'jobWords')])
const ko = Object.assign({}, ...parts.map((part) => part.ko))
const en = Object.assign({}, ...parts.map((part) => part.en))
const names = (await readdir(CONSOLE)).filter((name) => name.endsWith('.js')
  && !name.startsWith('messages'))
const text = (await Promise.all(names.map(read))).join('\n')

test('both languages say the same things, with the same values in them', () => {
  const places = (/** @type {string} */ words) => new Set([...words.matchAll(/\{(\w+)/g)].map(([,
    name]) => name))
  for (const [key, words] of Object.entries(ko)) {
    assert.ok(words.trim() && en[key]?.trim(), key)
    assert.deepEqual([...places(words)].sort(), [...places(en[key])].sort(), key)
  }
})

test('no message stands in two files', () => {
  assert.equal(Object.keys(ko).length, parts.reduce((sum, part) => sum
    + Object.keys(part.ko).length, 0))
})

test('every message that is asked for is there', () => {
  const asked = [...text.matchAll(/'(console\.[\w.]+)'/g)].map(([, key]) =>
    /** @type {string} */ (key))
  assert.ok(asked.length > 150)
  assert.deepEqual(asked.filter((key) => !(key in ko)), [])
})

test('every message is used somewhere', () => {
  const composed = [...text.matchAll(/`(console\.[\w.]*)\$\{/g)].map(([, prefix]) => /** @type {string} */ (prefix))
    .filter((prefix) => prefix !== 'console.')
  assert.deepEqual(Object.keys(ko).filter((key) => !text.includes(`'${key}'`)
    && !composed.some((prefix) => key.startsWith(prefix))), [])
})

test('every state, kind and outcome of the API has its words', async () => {
  const yaml = await readFile(join(ROOT, 'schemas/openapi.yaml'), 'utf8')
  const list = (/** @type {RegExp} */ where) => (where.exec(yaml)?.[1]
    ?? '').split(',').map((one) => one.trim())
    .filter((one) => one && one !== 'null')
  const groups = {
    status: list(/status: \{ enum: \[(REQUESTED,[^\]]+)\]/),
    job: list(/enum: \[(RUNNING,[^\]]+)\]/),
    kind_of: list(/kind: \{ enum: \[(audit,[^\]]+)\]/),
    outcome: list(/enum: \[(done, found[^\]]+)\]/),
    export: list(/export: \{ enum: \[([^\]]+)\]/),
    payment: list(/status: \{ enum: \[(REQUESTED, FAILED[^\]]+)\]/),
    coupon: list(/status: \{ enum: \[(SELECTED[^\]]+)\]/),
    did: (/kind: \{ description: "([^"]+)"/.exec(yaml)?.[1] ?? '').split(', '),
  }
  for (const [group, values] of Object.entries(groups)) {
    assert.ok(values.length > 2, group)
    for (const value of values) assert.ok(`console.${group}.${value}` in ko,
      `console.${group}.${value}`)
  }
})
