import { VERSION } from '../../version.ts'
import { type Html, html } from '../html.ts'

/** What an answer rests on beside itself: for its report's head, and for whoever wants the same again. */
export interface ReportAbout {
  readonly name: string
  /** The command line that asks again; null where the question came from TypeScript. */
  readonly command: string | null
  /** Files that were read, with the SHA-256 of their bytes. */
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[]
  readonly seed: string
  readonly warnings: readonly string[]
}

/** Clock, seed and version, behind facts of the answer's own. */
export function aboutFacts({ seed }: ReportAbout): (readonly [string, Html | string])[] {
  return [
    ['Clock', 'steady'],
    ['Seed', html`<code>${seed}</code>`],
    ['Weft', VERSION],
  ]
}

export function aboutBanners({ warnings }: ReportAbout, partial: string | null): Html[] {
  const lines = warnings.map((warning) => html`<p class="banner">${warning}</p>`)
  return partial === null
    ? lines
    : [html`<p class="banner bad"><b>Partial result.</b> ${partial}</p>`, ...lines]
}

/** What every answer of the steady clock rests on, where the answer itself does not say. */
export const STEADY_ASSUMPTIONS = [
  'Expected loads of the steady clock: ECMP splits by weight, as if flows were many and small.',
  'Loads are offered ones, with headers and framing: nothing slows down, nothing is sent again.',
  'Routing has converged on what is up; what happens until then is left out.',
] as const

const DRAWN =
  "The seed decides on permutations and receivers of the scenario's traffic alone; the steady clock itself draws nothing."

/** Assumptions and limits, and how to get the same answer again. */
export function aboutSection({ command, inputs }: ReportAbout, assumptions: readonly string[]): Html {
  const hashes = inputs.map(
    ({ file, sha256 }) => html`<dt>SHA-256 of ${file}</dt><dd><code>${sha256}</code></dd>`,
  )
  return html`<div class="pair"><div><h3>Assumptions and limits</h3>
<ul class="plain">${[...assumptions.map(sentence), DRAWN].map((line) => html`<li>${line}</li>`)}</ul></div>
<div><h3>Ask again</h3>${command !== null && html`<pre><code>${command}</code></pre>`}
<p class="note">The same inputs and version of Weft give the same answer on any machine.</p>
<dl class="hashes"><dt>Version of Weft</dt><dd><code>${VERSION}</code></dd>${hashes}</dl></div></div>`
}

const sentence = (text: string): string =>
  `${text[0]!.toUpperCase()}${text.slice(1)}${/[.?]$/.test(text) ? '' : '.'}`
