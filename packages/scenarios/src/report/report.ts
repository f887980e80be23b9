import { drawTopology } from '../draw/topology.ts'
import { outagesOf } from '../result/change-words.ts'
import type { ScenarioResult } from '../result/result.ts'
import { type Html, html, trusted } from './html.ts'
import { renderPage, type Section } from './page.ts'
import { dropsSection } from './sections/drops.ts'
import { expectationsSection } from './sections/expectations.ts'
import { header } from './sections/header.ts'
import { leftOutSection } from './sections/left-out.ts'
import { linksSection } from './sections/links.ts'
import { methodSection } from './sections/method.ts'
import { natSection } from './sections/nat.ts'
import { networkSection } from './sections/network.ts'
import { byPoolKind, POOL_WORDS, shownPools } from './pool-words.ts'
import { ingressSection } from './sections/ingress.ts'
import { namesSection } from './sections/names.ts'
import { poolsSection } from './sections/pools.ts'
import { seriesSection } from './sections/series.ts'
import { slowdownSection } from './sections/slowdown.ts'
import { steadySection } from './sections/steady.ts'

/** The report of a run, one HTML file; the same result gives the same bytes. */
export async function renderReport(result: ScenarioResult): Promise<string> {
  const series = seriesSection(result)
  const sections: readonly Section[] = [
    ['expectations', 'Expectations', expectationsSection(result)],
    ['topology', 'Topology', await topologySection(result)],
    ['time', 'Over time', series.html],
    result.steady === null
      ? ['slowdown', 'Flow completion', slowdownSection(result)]
      : ['demand', 'Demand', steadySection(result.steady, result)],
    ['links', 'Hottest links', linksSection(result)],
    ...byPoolKind(shownPools(result.pools)).map(
      ([kind, pools]) => [`pools-${kind}`, POOL_WORDS[kind].title, poolsSection(kind, pools)] as const,
    ),
    ...(result.nat.length === 0 ? [] : [['nat', 'NAT by workload', natSection(result.nat)] as const]),
    ...result.ingress.map(
      (each, index) =>
        [`ingress-${index}`, `Ingress ${each.controller}`, ingressSection(each, index)] as const,
    ),
    ...(result.names === null ? [] : [['names', 'Names', namesSection(result.names)] as const]),
    ...lossSections(result),
    ['network', 'Network', networkSection(result)],
    ['method', 'Method', methodSection(result)],
  ]
  const { startPs, windowPs } = result.series
  return renderPage({
    title: `${result.name} · Weft report`,
    header: header(result),
    sections,
    by: `with the ${result.clock} clock`,
    weft: result.weft,
    readings: { startPs, windowPs, plots: series.readings },
  })
}

function lossSections(result: ScenarioResult): Section[] {
  const { drops, packets, notModelled } = result
  const sections: Section[] = []
  if (drops !== null && packets !== null)
    sections.push(['drops', 'Lost packets', dropsSection(drops, packets)])
  if (notModelled.length > 0) sections.push(['left-out', 'Left out', leftOutSection(result)])
  return sections
}

async function topologySection({ network, links, changes, name }: ScenarioResult): Promise<Html> {
  if (network.nodes.length === 0) return html`<p class="empty">The network has no nodes.</p>`
  const title = `Topology of ${name}, links coloured by mean utilisation`
  const svg = await drawTopology(network, {
    loads: links,
    changes: outagesOf(changes),
    title,
    isInline: true,
  })
  return html`<div class="topology">${trusted(svg)}</div>`
}
