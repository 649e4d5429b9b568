/**
 * outcome.js — what came of an order, and always whether money was taken.
 *
 * @typedef {import('./types.js').Order} Order
 * @typedef {import('./order.js').Context} Context
 * @typedef {import('./order.js').Panel} Panel
 */
import { h, replace } from '../common/dom.js'
import { number, won } from '../common/format.js'
import { reasonText, t } from '../common/i18n.js'
import { announce } from '../common/ui.js'
import { cancelButton } from './cancel.js'
import { loadCustomer, nameOf } from './catalogue.js'
import { topUp } from './customer.js'
import { refillCart } from './keep.js'
import { navigate } from './navigate.js'
import { notice, wordsOf } from './parts.js'
import { moneyOf, phaseOf } from './phase.js'

/** @param {Order} order */
export function moneyLine(order) {
  const amount = won(order.amount ?? 0)
  return h(
    'p',
    { 'class': 'money', 'id': 'money', 'data-money': moneyOf(order) },
    t(`money.${moneyOf(order)}`, { amount })
  )
}

/**
 * A panel whose words follow the order.
 * @param {Context} context
 * @param {(order: Order) => Element} draw
 * @returns {Panel}
 */
function following(context, draw) {
  const node = h('section', { class: 'stack' })
  let said = ''
  const update = (/** @type {Order} */ order) => {
    const drawn = draw(order)
    const words = wordsOf(drawn)
    if (words === said) return
    if (said !== '') announce(words)
    said = words
    replace(node, drawn)
  }
  update(context.order)
  return { node, update }
}

/** @param {Context} context @returns {Panel} */
export function checkingPanel(context) {
  const phase = phaseOf(context.order) === 'cancelling' ? 'cancelling' : 'checking'
  return following(context, (order) =>
    h(
      'div',
      { class: 'panel' },
      h('h2', { class: 'doing' }, t(`doing.${phase}.title`)),
      h('p', null, t(`doing.${phase}.text`)),
      moneyLine(order)
    )
  )
}

/** @param {Context} context @returns {Panel} */
export function soldOutPanel({ order }) {
  const reason = order.rejection?.reason ?? 'SOLD_OUT'
  const lines = order.rejection?.lines ?? []
  return {
    node: notice(
      'bad',
      h('h2', null, reasonText(reason)),
      reason === 'SOLD_OUT'
        ? h(
            'ul',
            { class: 'plain' },
            lines.map(({ product_id, available }) =>
              h(
                'li',
                null,
                t(available === 0 ? 'soldout.none' : 'soldout.left', {
                  name: nameOf(product_id),
                  n: number(available)
                })
              )
            )
          )
        : null,
      moneyLine(order),
      h(
        'div',
        { class: 'actions' },
        h('a', { class: 'button primary', href: '/cart' }, t('nav.cart')),
        h('a', { class: 'button', href: '/' }, t('nav.products'))
      )
    )
  }
}

/** @param {Context} context @returns {Panel} */
export function failedPanel(context) {
  const { order, edit } = context
  const reason = order.payment?.reason
  const wanting = h('div')
  if (reason === 'INSUFFICIENT_BALANCE') lacking(wanting, context)
  return {
    node: h(
      'div',
      { class: 'stack' },
      notice(
        'bad',
        h('h2', null, reasonText(reason)),
        moneyLine(order)
      ),
      h(
        'section',
        { class: 'panel' },
        h('h2', null, t('failed.choice')),
        wanting,
        h('p', null, t('failed.text')),
        h(
          'div',
          { class: 'actions' },
          order.next.includes('shipping')
            ? h(
                'button',
                { type: 'button', class: 'primary', id: 'retry', onclick: () => edit(true) },
                t('failed.retry')
              )
            : null,
          cancelButton(context, 'button')
        )
      )
    )
  }
}

/** @param {HTMLElement} at @param {Context} context */
async function lacking(at, { order, signal }) {
  const draw = (/** @type {import('./types.js').Customer} */ { balance }) => {
    const missing = (order.amount ?? 0) - balance
    replace(
      at,
      missing > 0
        ? h(
            'div',
            { class: 'offer' },
            h('p', null, t('failed.lacking', { balance: won(balance), amount: won(missing) })),
            h(
              'button',
              { type: 'button', id: 'top-up', onclick: () => topUp(missing, draw) },
              t('topup.title')
            )
          )
        : notice('good', h('p', null, t('failed.enough', { balance: won(balance) })))
    )
  }
  try {
    draw(await loadCustomer(order.customer_id, signal))
  } catch {
    /* the choice stands without it */
  }
}

/** @param {Context} context @returns {Panel} */
export function paidPanel(context) {
  return following(context, (order) =>
    h(
      'div',
      { class: 'stack' },
      notice(
        'good',
        h('h2', null, t('paid.title')),
        moneyLine(order),
        h('p', { 'id': 'export', 'data-export': order.export }, t(`export.${order.export}`))
      ),
      h(
        'div',
        { class: 'actions' },
        h('a', { class: 'button primary', href: '/' }, t('paid.more')),
        h('a', { class: 'button', href: '/orders' }, t('nav.orders'))
      )
    )
  )
}

/** @param {Context} context @returns {Panel} */
export function cancelledPanel(context) {
  return following(context, (order) => {
    const { compensation, cancel_reason, at_rest } = order
    const given = /** @type {const} */ (['stock', 'coupon', 'payment']).filter(
      (what) => compensation[what] !== 'NONE' && (what !== 'payment' || moneyOf(order) !== 'none')
    )
    return h(
      'div',
      { class: 'stack' },
      notice(
        'info',
        h('h2', null, cancel_reason === 'CUSTOMER' ? t('cancelled.asked') : reasonText(cancel_reason)),
        moneyLine(order)
      ),
      given.length > 0
        ? h(
            'section',
            { class: 'panel' },
            h('h2', null, t(at_rest ? 'given.title' : 'given.doing')),
            h(
              'ul',
              { class: 'given' },
              given.map((what) =>
                h(
                  'li',
                  {
                    'class': compensation[what].toLowerCase(),
                    'data-given': what,
                    'data-state': compensation[what]
                  },
                  h(
                    'span',
                    { 'class': 'given-sign', 'aria-hidden': 'true' },
                    compensation[what] === 'DONE' ? '✓' : '…'
                  ),
                  h(
                    'span',
                    null,
                    t(`given.${what}.${compensation[what]}`, {
                      code: order.coupon?.coupon_code ?? ''
                    })
                  )
                )
              )
            )
          )
        : null,
      h(
        'div',
        { class: 'actions' },
        h('a', { class: 'button primary', href: '/' }, t('paid.more')),
        h('button', { type: 'button', onclick: () => refill(order) }, t('cancelled.again'))
      )
    )
  })
}

/** @param {Order} order */
function refill({ items }) {
  refillCart((items ?? []).map(({ product_id, quantity }) => ({ product_id, quantity })))
  navigate('/cart')
}
