/**
 * payment.js — paying from the balance: the whole bill, one button, and what is known while it is decided.
 *
 * A payment is never sent again by itself. Where its answer was lost, the order tells whether it arrived.
 *
 * @typedef {import('./types.js').Order} Order
 * @typedef {import('./types.js').Customer} Customer
 * @typedef {import('./order.js').Context} Context
 * @typedef {import('./order.js').Panel} Panel
 */
import { asApiError, isAbort, post } from '../common/api.js'
import { h, replace } from '../common/dom.js'
import { won } from '../common/format.js'
import { problemText, t } from '../common/i18n.js'
import { busily } from '../common/ui.js'
import { cancelButton } from './cancel.js'
import { loadCustomer } from './catalogue.js'
import { topUp } from './customer.js'
import { billLine, loadInto, notice, waiting } from './parts.js'

/** @param {Context} context @returns {Panel} */
export function payPanel(context) {
  const { order, signal } = context
  const trouble = h('div', { role: 'alert' })
  const balance = h('div', { id: 'balance' }, waiting(2))
  const button = h(
    'button',
    {
      type: 'button',
      class: 'primary wide',
      id: 'pay',
      onclick: () => busily(button, () => pay(context, trouble))
    },
    t('pay.do', { amount: won(order.amount ?? 0) })
  )
  showBalance(balance, context)
  return {
    node: h(
      'div',
      { class: 'stack' },
      h(
        'section',
        { class: 'panel' },
        h('h2', null, t('pay.title')),
        parcel(context),
        balance,
        trouble,
        button,
        h('p', { class: 'muted small' }, t('pay.hint'))
      ),
      h('div', { class: 'actions end' }, cancelButton(context))
    ),
    update: () => {
      if (!signal.aborted && trouble.childElementCount > 0) showBalance(balance, context)
    }
  }
}

/** @param {Context} context */
function parcel({ order, edit }) {
  const { recipient, address, contact } = order.shipping ?? {
    recipient: '',
    address: '',
    contact: ''
  }
  return h(
    'div',
    { class: 'to' },
    h('div', null, h('p', null, h('strong', null, recipient), ' ', contact), h('p', null, address)),
    order.next.includes('shipping')
      ? h(
          'button',
          { type: 'button', class: 'small', id: 'edit-shipping', onclick: () => edit(true) },
          t('shipping.change')
        )
      : null
  )
}

/** @param {HTMLElement} at @param {Context} context */
export function showBalance(at, { order, signal }) {
  const draw = (/** @type {Customer} */ { balance }) => {
    const left = balance - (order.amount ?? 0)
    replace(
      at,
      h(
        'dl',
        null,
        billLine(t('pay.balance'), won(balance)),
        billLine(t('pay.amount'), won(-(order.amount ?? 0))),
        left >= 0
          ? billLine(t('pay.after'), won(left), 'total')
          : billLine(t('pay.lacking'), won(-left), 'total lacking')
      ),
      left < 0
        ? h(
            'button',
            { type: 'button', class: 'wide', id: 'top-up', onclick: () => topUp(-left, draw) },
            t('topup.title')
          )
        : null
    )
  }
  loadInto(at, signal, { load: () => loadCustomer(order.customer_id, signal), show: draw })
}

/** @param {Context} context @param {HTMLElement} trouble */
async function pay({ order, refresh, pending }, trouble) {
  replace(trouble)
  try {
    pending.payment = true
    await post(`/v1/orders/${order.order_id}/payment`, { expected_amount: order.amount ?? 0 })
  } catch (error) {
    pending.payment = false
    if (!isAbort(error))
      replace(
        trouble,
        notice(
          'bad',
          h('p', null, problemText(asApiError(error).code)),
          h('p', { class: 'money' }, t(asApiError(error).passing ? 'pay.unsure' : 'money.none'))
        )
      )
  }
  await refresh()
}

/** @returns {Panel} */
export function payingPanel() {
  return {
    node: h(
      'section',
      { class: 'panel' },
      h('h2', { class: 'doing' }, t('paying.title')),
      h('p', null, t('paying.text')),
      h('p', { class: 'money' }, t('money.open'))
    )
  }
}
