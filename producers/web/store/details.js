/**
 * details.js — coupon and shipping: what an order needs before it can be paid; and shipping again after a failure.
 *
 * @typedef {import('./types.js').Order} Order
 * @typedef {import('./types.js').Shipping} Shipping
 * @typedef {import('./order.js').Context} Context
 * @typedef {import('./order.js').Panel} Panel
 */
import { ApiError, asApiError, isAbort, put } from '../common/api.js'
import { h, newId } from '../common/dom.js'
import { fieldText, problemText, t } from '../common/i18n.js'
import { announce, busily } from '../common/ui.js'
import { couponSection } from './coupon.js'
import { cancelButton } from './cancel.js'
import { draft, keepShipping, lastShipping, setDraft } from './keep.js'
import { notice } from './parts.js'

const WAIT_S = 8
/** @type {{ name: keyof Shipping, length: number, complete: string, mode: string, rows: number }[]} */
const FIELDS = [
  { name: 'recipient', length: 100, complete: 'shipping name', mode: 'text', rows: 1 },
  { name: 'contact', length: 50, complete: 'shipping tel', mode: 'tel', rows: 1 },
  { name: 'address', length: 500, complete: 'shipping street-address', mode: 'text', rows: 2 }
]

/** @param {Context} context @returns {Panel} */
export function detailsPanel(context) {
  const { order, editing } = context
  const coupon = editing ? null : couponSection(context)
  const node = h(
    'div',
    { class: 'stack' },
    editing && order.payment?.status === 'FAILED'
      ? notice('info', h('p', null, t('retry.text')))
      : null,
    coupon?.node,
    shippingForm(context),
    h(
      'div',
      { class: 'actions end' },
      editing
        ? h(
            'button',
            { type: 'button', class: 'quiet', onclick: () => history.back() },
            t('shipping.back')
          )
        : null,
      cancelButton(context)
    )
  )
  return coupon ? { node, update: coupon.update } : { node }
}

/** @param {Context} context */
function shippingForm({ order, refresh, edit, editing }) {
  const kept = draft(order.order_id) ?? order.shipping ?? lastShipping() ?? {}
  const trouble = h('div', { role: 'alert' })
  const fields = FIELDS.map((field) => fieldOf(field, kept[field.name] ?? ''))
  const read = () =>
    /** @type {Shipping} */ (
      Object.fromEntries(fields.map(({ name, input }) => [name, input.value]))
    )
  const button = h(
    'button',
    { type: 'submit', class: 'primary wide', id: 'to-payment' },
    t('shipping.next')
  )

  async function submit() {
    trouble.replaceChildren()
    const shipping = read()
    if (!complete(fields)) return
    try {
      const answer = await put(`/v1/orders/${order.order_id}/shipping`, shipping, { wait: WAIT_S })
      keepShipping(shipping)
      setDraft(order.order_id, null)
      await refresh()
      if (editing && answer) edit(false)
    } catch (error) {
      if (!isAbort(error)) refused(asApiError(error))
    }
  }

  /** What was typed stays. @param {ApiError} error */
  function refused(error) {
    for (const { pointer, code } of error.errors)
      fields.find(({ name }) => pointer === `/${name}`)?.complain(fieldText(code))
    trouble.append(
      notice(
        'bad',
        h('p', null, problemText(error.code)),
        h('p', null, t(error.passing ? 'shipping.kept' : 'money.none'))
      )
    )
    if (error.status === 409) refresh()
  }

  return h(
    'form',
    {
      class: 'panel',
      novalidate: true,
      id: 'shipping',
      oninput: () => setDraft(order.order_id, read()),
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault()
        busily(button, submit)
      }
    },
    h('h2', null, t('shipping.title')),
    fields.map(({ node }) => node),
    trouble,
    button,
    h('p', { class: 'muted small' }, t('shipping.hint'))
  )
}

/** @param {typeof FIELDS[number]} field @param {string} value */
function fieldOf({ name, length, complete: autocomplete, mode, rows }, value) {
  const id = newId(name)
  const wrong = h('p', { class: 'wrong', id: `${id}-wrong` })
  const props = {
    id,
    name,
    autocomplete,
    'maxlength': length * 2,
    value,
    'required': true,
    'aria-describedby': wrong.id
  }
  const input = rows > 1 ? h('textarea', { ...props, rows }) : h('input', { ...props, type: mode })
  const complain = (/** @type {string} */ words) => {
    wrong.textContent = words
    input.setAttribute('aria-invalid', 'true')
  }
  input.addEventListener('input', () => {
    wrong.textContent = ''
    input.removeAttribute('aria-invalid')
  })
  return {
    name,
    input,
    complain,
    length,
    node: h('div', { class: 'field' }, h('label', { for: id }, t(`shipping.${name}`)), input, wrong)
  }
}

/** Counted as the server counts: code points. @param {ReturnType<typeof fieldOf>[]} fields */
function complete(fields) {
  const bad = fields.filter(({ input, length, complain }) => {
    const blank = input.value.trim() === ''
    if (blank) complain(fieldText('blank'))
    else if ([...input.value].length > length) complain(fieldText('too_long'))
    else return false
    return true
  })
  if (bad.length === 0) return true
  bad[0]?.input.focus()
  announce(problemText('invalid_request'))
  return false
}
