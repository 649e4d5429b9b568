/**
 * cancel.js — giving an order up, after asking once.
 *
 * @typedef {import('./order.js').Context} Context
 */
import { asApiError, isAbort, post } from '../common/api.js'
import { h } from '../common/dom.js'
import { t } from '../common/i18n.js'
import { busily, dialog } from '../common/ui.js'
import { complain } from './parts.js'

/** @param {Context} context @param {string} [kind] */
export function cancelButton(context, kind = 'quiet') {
  if (!context.order.next.includes('cancel')) return null
  return h(
    'button',
    { type: 'button', class: kind, id: 'cancel', onclick: () => ask(context) },
    t('order.cancel')
  )
}

/** @param {Context} context */
function ask({ order, refresh }) {
  dialog(t('cancel.title'), (close) => {
    const yes = h(
      'button',
      {
        type: 'button',
        class: 'danger',
        id: 'cancel-yes',
        onclick: () =>
          busily(yes, async () => {
            try {
              await post(`/v1/orders/${order.order_id}/cancel`, {}, { safe: true }) // the same event each time
              await refresh()
            } catch (error) {
              complain(error)
              if (!isAbort(error) && asApiError(error).status === 409) await refresh()
            }
            close()
          })
      },
      t('cancel.yes')
    )
    return [
      h('p', null, t('cancel.text')),
      h(
        'div',
        { class: 'actions' },
        yes,
        h('button', { type: 'button', autofocus: true, onclick: close }, t('cancel.no'))
      )
    ]
  })
}
