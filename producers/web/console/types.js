/**
 * types.js — the shapes that the console reads, as schemas/openapi.yaml has them.  Nothing at run time.
 *
 * @typedef {{ event: string, event_id: string, at: string, seq?: number, service?: string|null,
 *   topic?: string|null, partition?: number|null, offset?: number|null, cause?: string|null,
 *   attempt?: number|null, data?: Record<string, any> }} OrderEvent
 *
 * @typedef {{ order_id: string, customer_id: string, status: string, at_rest: boolean,
 *   items: {product_id: string, quantity: number, unit_price: number|null}[]|null,
 *   subtotal: number|null, discount: number|null, amount: number|null,
 *   coupon: {coupon_code: string, status: string, reason: string|null}|null,
 *   shipping: {recipient: string, address: string, contact: string}|null, revision: number|null,
 *   payment: {status: string, attempt: number|null, reason: string|null}|null,
 *   compensation: Record<'stock'|'coupon'|'payment', 'NONE'|'PENDING'|'DONE'>,
 *   export: string, cancel_reason: string|null, deadline_at: string|null, next: string[],
 *   rejection: {reason: string, lines: {product_id: string, requested: number,
 *     available: number}[]|null}|null, timeline: OrderEvent[] }} Order
 *
 * @typedef {{ order_id: string, customer_id: string, status: string, at_rest: boolean,
 *   amount: number|null, created_at: string, cancel_reason: string|null, coupon_code: string|null,
 *   export: string|null, payment: {status: string, attempt: number|null, reason: string|null}|null
 * }} OrderRow
 *
 * @typedef {{ at: string, requested: number, paid: number, cancelled: number, sold_out: number
 * }} RatePoint
 * @typedef {{ at: string, orders: Record<string, number>, at_rest: number, in_flight: number,
 *   oldest_in_flight: {order_id: string, created_at: string}|null,
 *   rates: {window_s: number, points: RatePoint[]} }} Stats
 *
 * @typedef {{ group: string, service: string, messages: number|null, seconds: number|null,
 *   unpublished: number|null, up: boolean|null }} GroupLag
 * @typedef {{ at: string, groups: GroupLag[] }} Lag
 *
 * @typedef {{ event?: string|null, events?: string[], service: string|null, group: string|null,
 *   since: string|null, says: string, parked?: boolean|null, deadline_at?: string|null,
 *   caused_by: {event: string, topic?: string|null, partition: number|null,
 *     offset: number|null, event_id: string}|null,
 *   position: {next_offset: number|null, end_offset: number|null, behind: number|null,
 *     members: number|null}|null }} Wait
 *
 * @typedef {{ job_id: string, kind: string, by: string|null, reason: string|null, command: string,
 *   state: 'RUNNING'|'DONE'|'FOUND'|'FAILED'|'STOPPED', started_at: string,
 *   ended_at: string|null, exit_status: number|null, lines?: any[], redrive_id?: string|null,
 *   progress: {done: number|null, total: number|null, text: string|null}|null }} Job
 *
 * @typedef {{ kind: string, service: string, key: string, key_kind: string, events: number,
 *   since: string, reason: string, detail: string, attempts: number, attempts_max: number,
 *   job: string }} ParkedKey
 * @typedef {{ kind: 'letter', partition: number, offset: number, at: string,
 *   letter: Record<string, any> }} Letter
 * @typedef {{ service: string, key: string, key_kind: string, order: number, topic: string,
 *   partition: number, offset: number, at: string, parked_at: string, reason: string,
 *   detail: string, attempts: number, attempts_max: number, tried_at: string|null,
 *   value: string, record_headers: {name: string, value: string}[] }} ParkedEvent
 *
 * @typedef {{ id: number, at: string, kind: string, by: string, why: string|null, target: string|null,
 *   command: string, outcome: string|null, ended_at: string|null, exit_status: number|null,
 *   detail: string|null }} Action
 *
 * @typedef {{ event: string, topic: string, description: string, key: string,
 *   published_by: string[], consumed_by: string[], fields: TopicField[],
 *   partitions: {partition: number, first_offset: number, end_offset: number}[] }} Topic
 * @typedef {{ name: string, type: string|null, json: string, required: boolean,
 *   description: string, values?: string[] }} TopicField
 */
export {}
