/**
 * redraw.js — what is told anew every second is brought up to date in place: a node that is still wanted stays the node
 * that it was, so that a focus, a selection and a press that has begun are not lost under somebody's hands.
 *
 * Nodes are compared by their place; one with a `data-key` by that as well. A button that says the same does the same.
 *
 * @typedef {import('/assets/common/dom.js').Child} Child
 */
import { h, replace } from '/assets/common/dom.js'

/** What a person did to a node, or a script to its state, and no picture of it knows. */
const THEIRS = ['open', 'data-state']

/** As `replace`. @param {Element} place @param {...(Child|Child[])} children */
export function redraw(place, ...children) {
  const wanted = h('div', null)
  replace(wanted, ...children)
  bring(place, wanted)
}

/** @param {Element} place @param {Element} wanted its children are taken over */
function bring(place, wanted) {
  const before = [...place.childNodes]
  const after = [...wanted.childNodes]
  after.forEach((node, i) => {
    const old = before[i]
    if (!old) place.append(node)
    else if (!isAlike(old, node)) old.replaceWith(node)
    else if (old instanceof Element) {
      copyAttributes(old, /** @type {Element} */ (node))
      bring(old, /** @type {Element} */ (node))
    } else if (old.nodeValue !== node.nodeValue) old.nodeValue = node.nodeValue
  })
  for (const rest of before.slice(after.length)) rest.remove()
}

/** @param {Node} old @param {Node} node */
function isAlike(old, node) {
  if (old.nodeName !== node.nodeName) return false
  if (!(old instanceof Element) || !(node instanceof Element)) return true
  if (old.getAttribute('data-key') !== node.getAttribute('data-key')) return false
  return old.nodeName !== 'BUTTON' || old.getAttribute('aria-label') === node.getAttribute('aria-label')
    && old.textContent === node.textContent
}

/** @param {Element} old @param {Element} node */
function copyAttributes(old, node) {
  for (const { name } of [...old.attributes])
    if (!node.hasAttribute(name) && !THEIRS.includes(name)) old.removeAttribute(name)
  for (const { name, value } of [...node.attributes])
    if (old.getAttribute(name) !== value) old.setAttribute(name, value)
}
