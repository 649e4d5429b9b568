/**
 * both.js — a table of messages, Korean beside English, as the two catalogues that i18n.js wants.
 */

/** @param {Record<string, [ko: string, en: string]>} table every key without its `console.` */
export function both(table) {
  const of = (/** @type {0|1} */ which) => Object.fromEntries(Object.entries(table)
    .map(([key, words]) => [`console.${key}`, words[which]]))
  return { ko: of(0), en: of(1) }
}
