/**
 * navigate.js — going from one view to another without loading the page anew; links stay links.
 */

/** @type {(arrived: boolean) => void} */
let show = () => {}

/** @param {(arrived: boolean) => void} listener */
export function onNavigate(listener) {
  show = listener
  window.addEventListener('popstate', () => show(true))
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || event.defaultPrevented || !ours(link, event)) return
    event.preventDefault()
    navigate(link.pathname)
  })
}

/** @param {HTMLAnchorElement} link @param {MouseEvent} event */
const ours = (link, event) =>
  link.origin === location.origin &&
  !link.hash &&
  !link.target &&
  !link.pathname.startsWith('/console') &&
  !link.hasAttribute('download') &&
  event.button === 0 &&
  !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)

/**
 * @param {string} path
 * @param {{ replace?: boolean, state?: Record<string, unknown> }} [how] `replace`: Back does not come here again
 */
export function navigate(path, { replace = false, state = {} } = {}) {
  if (replace) history.replaceState(state, '', path)
  else history.pushState(state, '', path)
  show(true)
}

/** The same view again, because something else than its address changed. */
export const redraw = () => show(false)
