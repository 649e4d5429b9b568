/**
 * types.js — the shapes that the storefront reads, as schemas/openapi.yaml has them.  Nothing at run time.
 *
 * @typedef {{ product_id: string, name: string, unit_price: number, available: number }} Product
 * @typedef {{ coupon_code: string, status: 'AVAILABLE'|'USED', discount?: number, percent?: number,
 *   minimum_amount?: number, expires_at?: string }} Coupon
 * @typedef {{ customer_id: string, balance: number, coupons: Coupon[] }} Customer
 * @typedef {{ recipient: string, address: string, contact: string }} Shipping
 * @typedef {{ product_id: string, quantity: number }} CartLine
 * @typedef {{ product_id: string, requested: number, available: number }} ShortLine
 * @typedef {{ valid: boolean, discount: number|null, reason: string|null }} CouponCheck
 * @typedef {{ seq: number, event: string, event_id: string, at: string, data: any }} Happened
 * @typedef {'NONE'|'PENDING'|'DONE'} Undone
 * @typedef {{ order_id: string, customer_id: string,
 *   status: 'REQUESTED'|'SOLD_OUT'|'RESERVED'|'PENDING'|'PAID'|'CANCELLED',
 *   items: { product_id: string, quantity: number, unit_price: number|null }[]|null,
 *   subtotal: number|null, discount: number|null, amount: number|null,
 *   coupon: { coupon_code: string, status: 'SELECTED'|'APPLIED'|'REJECTED'|'RESTORED',
 *     reason: string|null }|null,
 *   shipping: Shipping|null, revision: number|null,
 *   payment: { status: 'REQUESTED'|'FAILED'|'COMPLETED'|'REFUNDED', attempt: number|null,
 *     reason: string|null }|null,
 *   compensation: { stock: Undone, coupon: Undone, payment: Undone },
 *   export: 'NONE'|'SENT'|'ACKNOWLEDGED',
 *   rejection: { reason: string, lines: ShortLine[]|null }|null, cancel_reason: string|null,
 *   deadline_at: string|null, at_rest: boolean, next: string[], timeline: Happened[] }} Order
 */
export {}
