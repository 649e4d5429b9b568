/**
 * coupon.js — which coupon, and what it takes off, before it is used; a refused one says why, and the order goes on.
 *
 * @typedef {import('./types.js').Order} Order
 * @typedef {import('./types.js').Coupon} Coupon
 * @typedef {import('./types.js').CouponCheck} CouponCheck
 * @typedef {import('./order.js').Context} Context
 * @typedef {import('./order.js').Panel} Panel
 */
import { asApiError, get, isAbort, put } from '../common/api.js'
import { h, newId, replace } from '../common/dom.js'
import { date, won } from '../common/format.js'
import { problemText, reasonText, t } from '../common/i18n.js'
import { announce, busily } from '../common/ui.js'
import { loadCustomer } from './catalogue.js'
import { complain, notice, waiting } from './parts.js'

const WAIT_S = 8
const CODE = /^[A-Za-z0-9._:-]{1,64}$/

/** @param {Context} context @returns {Panel & { update: (order: Order) => void }} */
export function couponSection(context) {
  const body = h('div', { class: 'stack' })
  const node = h(
    'section',
    { class: 'panel', id: 'coupon' },
    h('h2', null, t('coupon.title')),
    body
  )
  let drawn = ''
  const update = (/** @type {Order} */ order) => {
    const state = `${order.coupon?.coupon_code} ${order.coupon?.status}`
    if (state === drawn) return
    drawn = state
    draw(body, { ...context, order })
  }
  update(context.order)
  return { node, update }
}

/** @param {HTMLElement} at @param {Context} context */
function draw(at, context) {
  const { order } = context
  const { coupon } = order
  if (coupon?.status === 'APPLIED') {
    const words = t('coupon.applied', {
      code: coupon.coupon_code,
      amount: won(order.discount ?? 0)
    })
    announce(words)
    return replace(at, notice('good', h('p', null, words)))
  }
  if (coupon?.status === 'SELECTED')
    return replace(
      at,
      notice('wait', h('p', { class: 'doing' }, t('coupon.checking', { code: coupon.coupon_code })))
    )
  const list = h('div', null, waiting(2))
  replace(at, coupon?.status === 'REJECTED' ? refused(coupon) : null, list, codeForm(context))
  offer(list, context)
}

/** @param {{ coupon_code: string, reason: string|null }} coupon */
function refused({ coupon_code, reason }) {
  announce(reasonText(reason))
  return notice(
    'bad',
    h(
      'p',
      null,
      h('strong', null, t('coupon.refused', { code: coupon_code })),
      ' ',
      reasonText(reason)
    ),
    h('p', null, t('coupon.without'))
  )
}

/** Those of the customer, each asked what it would take off. @param {HTMLElement} at @param {Context} context */
async function offer(at, context) {
  const { order, signal } = context
  try {
    const { coupons } = await loadCustomer(order.customer_id, signal)
    const mine = coupons.filter(({ status }) => status === 'AVAILABLE')
    const checks = await Promise.all(
      mine.map(({ coupon_code }) => check(order, coupon_code, signal))
    )
    if (signal.aborted) return
    const rows = mine
      .map((coupon, i) => ({ coupon, check: /** @type {CouponCheck} */ (checks[i]) }))
      .sort((a, b) => (b.check.discount ?? -1) - (a.check.discount ?? -1))
    replace(
      at,
      rows.length > 0
        ? h(
            'ul',
            { class: 'coupons' },
            rows.map((row) => couponRow(row, context))
          )
        : h('p', { class: 'muted' }, t('coupon.none'))
    )
  } catch (error) {
    if (!isAbort(error))
      replace(at, h('p', { class: 'muted' }, problemText(asApiError(error).code)))
  }
}

/** @param {Order} order @param {string} code @param {AbortSignal} signal @returns {Promise<CouponCheck>} */
const check = (order, code, signal) =>
  get(`/v1/orders/${order.order_id}/coupon-check?coupon_code=${encodeURIComponent(code)}`, {
    signal
  })

/** @param {{ coupon: Coupon, check: CouponCheck }} row @param {Context} context */
function couponRow({ coupon, check: { valid, discount, reason } }, context) {
  const { coupon_code, minimum_amount, expires_at } = coupon
  return h(
    'li',
    { class: valid ? 'coupon' : 'coupon off' },
    h(
      'div',
      { class: 'coupon-text' },
      h('p', { class: 'coupon-worth' }, worth(coupon)),
      h('p', { class: 'muted small' }, coupon_code),
      h(
        'p',
        { class: 'muted small' },
        [
          minimum_amount ? t('coupon.minimum', { amount: won(minimum_amount) }) : '',
          expires_at ? t('coupon.expires', { date: date(expires_at) }) : ''
        ]
          .filter(Boolean)
          .join(' · ')
      )
    ),
    valid
      ? useButton(context, coupon_code, discount ?? 0)
      : h('p', { class: 'coupon-why small' }, reasonText(reason))
  )
}

/** @param {Coupon} coupon */
const worth = ({ discount, percent }) =>
  percent !== undefined
    ? t('coupon.percent', { percent })
    : t('coupon.discount', { amount: won(discount ?? 0) })

/** @param {Context} context @param {string} code @param {number} discount */
function useButton({ order, refresh }, code, discount) {
  const button = h(
    'button',
    {
      'type': 'button',
      'class': 'small',
      'data-coupon': code,
      'onclick': () =>
        busily(button, async () => {
          try {
            await put(
              `/v1/orders/${order.order_id}/coupon`,
              { coupon_code: code },
              { wait: WAIT_S }
            )
          } catch (error) {
            complain(error)
          }
          await refresh()
        })
    },
    t('coupon.use', { amount: won(discount) })
  )
  return button
}

/** @param {Context} context */
function codeForm(context) {
  const id = newId('coupon')
  const result = h('div', { 'class': 'stack', 'aria-live': 'polite' })
  const input = h('input', {
    id,
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    maxlength: 64
  })
  const button = h('button', { type: 'submit' }, t('coupon.check'))
  const look = async () => {
    const code = input.value.trim()
    if (code === '') return input.focus()
    try {
      const found = CODE.test(code)
        ? await check(context.order, code, context.signal)
        : { valid: false, discount: null, reason: 'UNKNOWN' }
      replace(
        result,
        found.valid
          ? h(
              'div',
              { class: 'coupon' },
              h(
                'div',
                { class: 'coupon-text' },
                h(
                  'p',
                  { class: 'coupon-worth' },
                  t('coupon.discount', { amount: won(found.discount ?? 0) })
                ),
                h('p', { class: 'muted small' }, code)
              ),
              useButton(context, code, found.discount ?? 0)
            )
          : h('p', { class: 'wrong' }, reasonText(found.reason))
      )
    } catch (error) {
      if (!isAbort(error))
        replace(result, h('p', { class: 'wrong' }, problemText(asApiError(error).code)))
    }
  }
  return h(
    'form',
    {
      class: 'field',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault()
        busily(button, look)
      }
    },
    h('label', { for: id }, t('coupon.code')),
    h('div', { class: 'beside' }, input, button),
    result
  )
}
