import type { ScenarioResult } from '../../result/result.ts'
import { count, duration, rate, significant } from '../format.ts'
import { type Html, html } from '../html.ts'

/** What was simulated: nodes and links by tier, and how far each tier is oversubscribed. */
export function networkSection({ network }: ScenarioResult): Html {
  const switchesFirst = [...network.nodes].sort(
    (a, b) => Number(a.kind === 'host') - Number(b.kind === 'host'),
  )
  const nodes = tally(switchesFirst, ({ kind, tier }) => (kind === 'host' ? 'hosts' : `${tier} switches`))
  const links = tally(network.links, ({ tier, rateBps, delayPs }) =>
    JSON.stringify([tier, rate(rateBps), duration(delayPs)]),
  )
  const nodeRows = nodes.map(([name, number]) => {
    const facts = html`<td>${count(number)}</td><td>${ratio(network, name)}</td>`
    return html`<tr><th scope="row">${name}</th>${facts}</tr>`
  })
  const linkRows = links.map(([key, number]) => {
    const [tier, ...rest] = JSON.parse(key) as string[]
    const cells = rest.map((text) => html`<td>${text}</td>`)
    return html`<tr><th scope="row">${tier}</th><td>${count(number)}</td>${cells}</tr>`
  })
  return html`<div class="pair"><div class="scroll"><table class="numbers">
<thead><tr><th>Nodes</th><th>Number</th><th>Oversubscription</th></tr></thead>
<tbody>${nodeRows}</tbody></table></div>
<div class="scroll"><table class="numbers">
<thead><tr><th>Links</th><th>Number</th><th>Rate</th><th>Delay</th></tr></thead>
<tbody>${linkRows}</tbody></table></div>
</div>
<p class="note">Oversubscription: capacity towards the hosts over capacity away from them; 1:1 is
non-blocking. Delay: propagation of one direction.</p>`
}

function ratio({ oversubscription }: ScenarioResult['network'], name: string): string {
  const own = oversubscription.find(({ tier }) => `${tier} switches` === name)
  if (own === undefined) return '–'
  const { min, max } = own
  return min === max ? `${significant(min)}:1` : `${significant(min)}:1 to ${significant(max)}:1`
}

function tally<Item>(items: readonly Item[], key: (item: Item) => string): [string, number][] {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return [...counts]
}
