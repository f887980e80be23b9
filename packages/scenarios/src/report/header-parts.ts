import { type Html, html } from './html.ts'
import type { Verdict } from './verdict.ts'

export interface PageHeader {
  /** What the page is: `Weft capacity plan`. */
  readonly kicker: string
  readonly name: string
  readonly verdict: Verdict
  readonly banners: readonly Html[]
  readonly facts: readonly (readonly [name: string, value: Html | string])[]
  readonly tiles: readonly Html[]
}

/** Name, verdict, what was asked and what it rests on, and the few numbers that everybody asks for first. */
export function pageHeader({ kicker, name, verdict, banners, facts, tiles }: PageHeader): Html {
  return html`<header>
<p class="kicker">${kicker}</p>
<h1>${name}</h1>
<div class="verdict ${verdict.state}"><span class="mark" aria-hidden="true">${verdict.mark}</span>
<div><strong>${verdict.title}</strong><p>${verdict.detail}</p></div></div>
${banners}
<dl class="facts">${facts.map(fact)}</dl>
<div class="tiles">${tiles}</div>
</header>`
}

const fact = ([name, value]: readonly [string, Html | string]) =>
  html`<div><dt>${name}</dt><dd>${value}</dd></div>`

export const tile = (name: string, value: string, detail: string) =>
  html`<div class="tile"><span>${name}</span><b>${value}</b><small>${detail}</small></div>`
