import { createHash } from 'node:crypto'
import { VERSION } from '../version.ts'
import { type Html, html, trusted } from './html.ts'
import { pageScript } from './page-script.ts'
import { styleSheet } from './style-sheet.ts'

export type Section = readonly [id: string, title: string, body: Html]

export interface Page {
  readonly title: string
  readonly header: Html
  readonly sections: readonly Section[]
  /** What made it, for the last line: `with the packet clock`. */
  readonly by: string
  /** The version of Weft that answered; absent: this one. */
  readonly weft?: string
  /** What the page's script reads values from. */
  readonly readings: object
}

/**
 * One HTML file that needs no other, no server and no network, and whose policy forbids it to ask for any. The same page
 * gives the same bytes.
 */
export function renderPage({ title, header, sections, by, weft = VERSION, readings }: Page): string {
  const links = sections.map(([id, name]) => html`<a href="#${id}">${name}</a>`)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Weft ${weft}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
${header}
<nav aria-label="Sections"><div>${links}</div></nav>
<main>
${sections.map(([id, name, body]) => html`<section id="${id}"><h2>${name}</h2>${body}</section>\n`)}
</main>
<footer>Made by Weft ${weft} ${by}. This file is complete in itself
and asks the network for nothing.</footer>
<script type="application/json" id="readings">${inScript(readings)}</script>
<script>${trusted(pageScript)}</script>
</body>
</html>
`
  return page.text
}

/** Nothing may be fetched; the one script is allowed by its hash, so markup that slipped in could not run. */
function policy(): string {
  const hash = createHash('sha256').update(pageScript).digest('base64')
  const allowed = [`script-src 'sha256-${hash}'`, "style-src 'unsafe-inline'", 'img-src data:']
  return ["default-src 'none'", ...allowed, "base-uri 'none'", "form-action 'none'"].join('; ')
}

/** JSON that cannot end its script element. */
const inScript = (readings: object): Html => trusted(JSON.stringify(readings).replaceAll('<', '\\u003c'))
