import { createHash } from 'node:crypto'
import { drawTopology } from '../draw/topology.ts'
import type { ScenarioResult } from '../result/result.ts'
import { type Html, html, trusted } from './html.ts'
import { pageScript } from './page-script.ts'
import type { PlotReading } from './plots/time-plot.ts'
import { dropsSection } from './sections/drops.ts'
import { expectationsSection } from './sections/expectations.ts'
import { header } from './sections/header.ts'
import { leftOutSection } from './sections/left-out.ts'
import { linksSection } from './sections/links.ts'
import { methodSection } from './sections/method.ts'
import { networkSection } from './sections/network.ts'
import { seriesSection } from './sections/series.ts'
import { slowdownSection } from './sections/slowdown.ts'
import { styleSheet } from './style-sheet.ts'

type Section = readonly [id: string, title: string, body: Html]

/**
 * The report of a run: one HTML file that needs no other, no server and no network, and whose policy forbids
 * it to ask for any. The same result gives the same bytes.
 */
export async function renderReport(result: ScenarioResult): Promise<string> {
  const series = seriesSection(result)
  const sections: readonly Section[] = [
    ['expectations', 'Expectations', expectationsSection(result)],
    ['topology', 'Topology', await topologySection(result)],
    ['time', 'Over time', series.html],
    ['slowdown', 'Flow completion', slowdownSection(result)],
    ['links', 'Hottest links', linksSection(result)],
    lossSection(result),
    ['network', 'Network', networkSection(result)],
    ['method', 'Method', methodSection(result)],
  ]
  const links = sections.map(([id, title]) => html`<a href="#${id}">${title}</a>`)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Weft ${result.weft}">
<link rel="icon" href="data:,">
<title>${result.name} · Weft report</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
${header(result)}
<nav aria-label="Sections"><div>${links}</div></nav>
<main>
${sections.map(([id, title, body]) => html`<section id="${id}"><h2>${title}</h2>${body}</section>\n`)}
</main>
<footer>Made by Weft ${result.weft} with the ${result.clock} clock. This file is complete in itself
and asks the network for nothing.</footer>
<script type="application/json" id="readings">${readingsOf(result, series.readings)}</script>
<script>${trusted(pageScript)}</script>
</body>
</html>
`
  return page.text
}

function lossSection(result: ScenarioResult): Section {
  const { drops, packets } = result
  return drops === null || packets === null
    ? ['left-out', 'Left out', leftOutSection(result)]
    : ['drops', 'Lost packets', dropsSection(drops, packets)]
}

async function topologySection({ network, links, changes, name }: ScenarioResult): Promise<Html> {
  if (network.nodes.length === 0) return html`<p class="empty">The network has no nodes.</p>`
  const title = `Topology of ${name}, links coloured by mean utilisation`
  const svg = await drawTopology(network, { loads: links, changes, title, isInline: true })
  return html`<div class="topology">${trusted(svg)}</div>`
}

/** Nothing may be fetched; the one script is allowed by its hash, so markup that slipped in could not run. */
function policy(): string {
  const hash = createHash('sha256').update(pageScript).digest('base64')
  const allowed = [`script-src 'sha256-${hash}'`, "style-src 'unsafe-inline'", 'img-src data:']
  return ["default-src 'none'", ...allowed, "base-uri 'none'", "form-action 'none'"].join('; ')
}

/** JSON that cannot end its script element. */
function readingsOf({ series }: ScenarioResult, plots: readonly PlotReading[]): Html {
  const { startPs, windowPs } = series
  return trusted(JSON.stringify({ startPs, windowPs, plots }).replaceAll('<', '\\u003c'))
}
