import { percent } from '../format.ts'
import { type Html, html } from '../html.ts'

export interface Bullet {
  /** Red beyond the first limit. */
  readonly value: number
  /** A paler bar behind it, such as under a failure. */
  readonly behind?: number | null
  /** Marks across: limits, shares of the rate. */
  readonly limits?: readonly number[]
  /** The right end. */
  readonly max: number
}

/** A bar in a table's cell, with another one behind it and limits marked. */
export function bullet({ value, behind, limits = [], max }: Bullet): Html {
  const width = (share: number) => `${Math.max(0, Math.min(100, (share / max) * 100)).toFixed(1)}%`
  const marks = limits.map((limit) => html`<b style="left:${width(limit)}"></b>`)
  const back = behind !== null && behind !== undefined && html`<s style="width:${width(behind)}"></s>`
  const title = limits.length > 0 && html` title="limits: ${limits.map(percent).join(', ')}"`
  const isOver = limits[0] !== undefined && value > limits[0]
  return html`<span class="bullet" aria-hidden="true"${title}>${back}<i${isOver && html` class="over"`} style="width:${width(value)}"></i>${marks}</span>`
}
