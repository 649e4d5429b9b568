/**
 * place.js — the order goes to the server, under the cart's key: loaded again in the middle, it is the same order.
 *
 * @typedef {import('./types.js').Order} Order
 */
import { asApiError, isAbort, post } from '../common/api.js'
import { h, replace } from '../common/dom.js'
import { problemText, t } from '../common/i18n.js'
import { announce } from '../common/ui.js'
import { cartPlaced, placing, renewCart, setPlacing, settleCart } from './keep.js'
import { navigate } from './navigate.js'
import { heading, notice } from './parts.js'

const WAIT_S = 5

/** @type {import('./main.js').View} */
export function placeView(main, signal) {
  const order = placing()
  const body = h('div', { id: 'placing' })
  replace(main, heading(t('place.title')), body)
  if (order) send(body, signal, order)
  else
    queueMicrotask(() => {
      if (!signal.aborted) navigate('/cart', { replace: true })
    })
  return t('place.title')
}

/** @param {HTMLElement} at @param {AbortSignal} signal @param {import('./keep.js').Placing} order */
async function send(at, signal, order) {
  replace(at, notice('wait', h('p', { class: 'doing' }, t('place.text'))))
  try {
    const { key, ...body } = order
    const answer = await post(
      '/v1/orders',
      { ...body, on_coupon_rejected: 'wait' },
      { key, wait: WAIT_S, signal }
    )
    arrived(key, answer)
  } catch (error) {
    if (isAbort(error)) return
    refused(at, signal, order, asApiError(error))
  }
}

/** @param {string} key @param {Order} answer without `items` while nothing is decided yet */
function arrived(key, answer) {
  setPlacing(null)
  cartPlaced(key, answer.order_id)
  if (answer.items !== undefined) settleCart(answer)
  if (answer.status !== 'SOLD_OUT') return navigate(`/orders/${answer.order_id}`, { replace: true })
  navigate('/cart', { replace: true })
  announce(t('soldout.title'))
}

/**
 * @param {HTMLElement} at
 * @param {AbortSignal} signal
 * @param {import('./keep.js').Placing} order
 * @param {import('../common/api.js').ApiError} error
 */
function refused(at, signal, order, error) {
  if (!error.passing) {
    setPlacing(null)
    renewCart()
  }
  const again = () => send(at, signal, order)
  replace(
    at,
    notice(
      'bad',
      h('p', { role: 'alert' }, problemText(error.code)),
      h('p', { class: 'money' }, t('place.money')),
      h(
        'div',
        { class: 'actions' },
        error.passing
          ? h('button', { type: 'button', class: 'primary', onclick: again }, t('again'))
          : null,
        h('a', { class: 'button', href: '/cart' }, t('nav.cart'))
      )
    )
  )
}
