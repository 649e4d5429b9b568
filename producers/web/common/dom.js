/**
 * dom.js — elements from words: children are text or nodes, never markup, so that what people typed stays text.
 *
 * h('button', { class: 'primary', onclick: pay, disabled: busy }, t('pay'))
 * Names that begin with `on` are listeners; true and false set and leave out an attribute; null is left out.
 *
 * @typedef {Node|string|number|null|undefined|false} Child
 * @typedef {Record<string, any>} Props
 */
const SVG = 'http://www.w3.org/2000/svg'

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Props|null} [props] @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children)
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Props|null} [props] @param {...(Child|Child[])} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children)
}

/**
 * @template {Element} E
 * @param {E} element @param {Props|null|undefined} props @param {(Child|Child[])[]} children
 */
function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'value') /** @type {any} */ (element).value = value
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value != null) element.setAttribute(name, String(value))
  }
  element.append(...nodes(children))
  return element
}

/** @param {(Child|Child[])[]} children */
const nodes = (children) =>
  children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) =>
      typeof child === 'number' ? String(child) : /** @type {Node|string} */ (child)
    )

/** Everything within is these from now on. @param {Element} element @param {...(Child|Child[])} children */
export function replace(element, ...children) {
  element.replaceChildren(...nodes(children))
}

/**
 * @template {Element} [E=HTMLElement]
 * @param {string} selector @param {ParentNode} [within] @returns {E|null}
 */
export const find = (selector, within = document) =>
  /** @type {E|null} */ (within.querySelector(selector))

let ids = 0
/** For labels and what they describe. @param {string} [prefix] */
export const newId = (prefix = 'id') => `${prefix}-${++ids}`
