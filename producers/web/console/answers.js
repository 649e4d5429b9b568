/**
 * answers.js — what answers of the command line mean, wherever they come from: a list, or the lines of a job.
 */

/** Rows of what lists: under whatever name the list stands. @param {any} answer @returns {any[]} */
export function linesOf(answer) {
  if (Array.isArray(answer)) return answer
  const list = Object.values(answer ?? {}).find(Array.isArray)
  return list ?? []
}

/**
 * Bytes as text where they are text; else as hexadecimal digits.
 * @param {string|null|undefined} base64
 */
export function bytesText(base64) {
  if (!base64) return ''
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    }
  } catch {
    return base64
  }
}

/** Indented where it is JSON; else as it is. @param {string} text */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
