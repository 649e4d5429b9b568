/**
 * customer.js — who is shopping: a picker of demo customers stands in for a login; and their balance, which can
 * be topped up.
 *
 * @typedef {import('./types.js').Customer} Customer
 */
import { get, pause, post } from '../common/api.js'
import { h, newId, replace } from '../common/dom.js'
import { won } from '../common/format.js'
import { onLanguage, t } from '../common/i18n.js'
import { busily, dialog, toast } from '../common/ui.js'
import { loadCustomer } from './catalogue.js'
import { customer, newKey, onKept, setCustomer } from './keep.js'
import { redraw } from './navigate.js'
import { complain, loadInto, waiting } from './parts.js'

const PAGE = 20
const TOP_UPS = [10_000, 50_000, 100_000, 500_000]
const ID = /^[A-Za-z0-9._:-]{1,64}$/
const ARRIVAL_MS = 300
const ARRIVAL_TRIES = 30

/** In the head of the page: the name, and what they have. */
export function customerButton() {
  const button = h('button', {
    class: 'quiet customer',
    type: 'button',
    id: 'customer',
    onclick: () => pickCustomer()
  })
  const show = () => {
    const id = customer()
    replace(
      button,
      h('span', { 'class': 'face', 'aria-hidden': 'true' }, id ? [...id][0]?.toUpperCase() : '?'),
      h('span', { class: 'customer-name' }, id ?? t('customer.none'))
    )
    button.setAttribute('aria-label', id ? t('customer.is', { id }) : t('customer.pick'))
  }
  onKept(show)
  onLanguage(show)
  show()
  return button
}

/** @param {() => void} [then] what the shopper was about to do */
export function pickCustomer(then) {
  dialog(t('customer.pick'), (close) => {
    const list = h('div', { class: 'pick' }, waiting(3))
    const picked = (/** @type {string} */ id) => {
      close()
      setCustomer(id)
      then ? then() : redraw()
    }
    const ending = new AbortController()
    loadPage(list, ending.signal, picked, '')
    return [h('p', { class: 'muted' }, t('customer.text')), list, anotherForm(picked)]
  })
}

/** @param {Element} at @param {AbortSignal} signal @param {(id: string) => void} picked @param {string} after */
function loadPage(at, signal, picked, after) {
  return loadInto(at, signal, {
    load: () =>
      get(`/v1/customers?limit=${PAGE}${after && `&after=${encodeURIComponent(after)}`}`, {
        signal
      }),
    show: ({ customers, next }) => drawPage(at, signal, picked, customers, next),
    missing: (code) =>
      code === 'not_found' ? h('p', { class: 'muted' }, t('customer.unlisted')) : null
  })
}

/**
 * @param {Element} at
 * @param {AbortSignal} signal
 * @param {(id: string) => void} picked
 * @param {Customer[]} customers
 * @param {string|null} next
 */
function drawPage(at, signal, picked, customers, next) {
  const rows = customers.map(({ customer_id, balance }) =>
    h(
      'li',
      null,
      h(
        'button',
        {
          'type': 'button',
          'class': 'row',
          'onclick': () => picked(customer_id),
          'aria-current': customer_id === customer() ? 'true' : null
        },
        h('span', { class: 'name' }, customer_id),
        h('span', { class: 'muted' }, won(balance))
      )
    )
  )
  const rest = h('div')
  replace(
    at,
    customers.length > 0
      ? h('ul', { class: 'rows' }, rows)
      : h('p', { class: 'muted' }, t('customer.empty')),
    next && rest
  )
  if (next)
    replace(
      rest,
      h(
        'button',
        {
          type: 'button',
          class: 'quiet small',
          onclick: () => {
            replace(rest, waiting(1))
            loadPage(rest, signal, picked, next)
          }
        },
        t('more')
      )
    )
}

/** @param {(id: string) => void} picked */
function anotherForm(picked) {
  const id = newId('customer')
  const wrong = h('p', { class: 'wrong', id: `${id}-wrong`, role: 'alert' })
  const input = h('input', {
    id,
    'autocomplete': 'off',
    'autocapitalize': 'off',
    'spellcheck': 'false',
    'maxlength': 64,
    'aria-describedby': wrong.id
  })
  return h(
    'form',
    {
      class: 'another',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault()
        if (ID.test(input.value.trim())) return picked(input.value.trim())
        input.setAttribute('aria-invalid', 'true')
        wrong.textContent = t('customer.wrong')
        input.focus()
      }
    },
    h(
      'div',
      { class: 'field' },
      h('label', { for: id }, t('customer.another')),
      h('div', { class: 'beside' }, input, h('button', { type: 'submit' }, t('customer.take'))),
      wrong
    )
  )
}

/**
 * @param {number} lacking what is missing for the order at hand
 * @param {(customer: Customer) => void} then when it has arrived
 */
export function topUp(lacking, then) {
  const id = customer()
  if (!id) return
  const key = newKey() // one for the dialog: pressed again after a lost answer, it counts once
  dialog(t('topup.title'), (close) => {
    const sums = TOP_UPS.map((sum) => ({ sum, enough: sum >= lacking }))
    const first = sums.find(({ enough }) => enough) ?? sums[sums.length - 1]
    const button = h('button', { type: 'submit', class: 'primary wide' }, t('topup.do'))
    const form = h(
      'form',
      {
        class: 'stack',
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault()
          const amount = Number(new FormData(form).get('sum'))
          busily(button, async () => {
            try {
              const arrived = await credit(id, amount, key)
              close()
              toast(t('topup.done', { amount: won(amount) }))
              then(arrived)
            } catch (error) {
              complain(error)
            }
          })
        }
      },
      h(
        'fieldset',
        { class: 'choices' },
        h('legend', { class: 'visually-hidden' }, t('topup.sum')),
        sums.map(({ sum }) =>
          h(
            'label',
            { class: 'choice' },
            h('input', { type: 'radio', name: 'sum', value: sum, checked: sum === first?.sum }),
            h('span', null, won(sum))
          )
        )
      ),
      button
    )
    return [
      h(
        'p',
        { class: 'muted' },
        lacking > 0 ? t('topup.lacking', { amount: won(lacking) }) : t('topup.text')
      ),
      form
    ]
  })
}

/**
 * Accepted is not arrived: the balance is looked at until it holds it.
 * @param {string} id
 * @param {number} amount
 * @param {string} key
 * @returns {Promise<Customer>}
 */
async function credit(id, amount, key) {
  const before = await loadCustomer(id)
  await post(
    `/v1/customers/${encodeURIComponent(id)}/credits`,
    { amount },
    { key: `${key}-${amount}` }
  )
  for (let tried = 0; ; tried++) {
    const now = await loadCustomer(id)
    if (now.balance >= before.balance + amount || tried === ARRIVAL_TRIES) return now
    await pause(ARRIVAL_MS)
  }
}
