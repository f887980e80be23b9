// Covers: the smallest useful program: a fabric, its traffic, what to read off the result.
// Scenario: 4 leaves, 2 spines and 32 hosts; storage traffic among all of them at 30 % of their links.
import { leafSpine, region, scenario, traffic } from '@weft/scenarios'

const fabric = leafSpine({ leaves: 4, spines: 2, hostsPerLeaf: 8, hostLink: '25Gbps', fabricLink: '100Gbps' })
const result = await scenario({
  regions: { ord1: region({ fabric }) },
  traffic: [traffic.allToAll({ sizes: 'AliStorage2019', load: 0.3 })],
  run: { for: '5ms' },
}).run()
for (const { label, flows, slowdown } of result.flows[0]!.bins) {
  console.log(`${label.padEnd(12)} ${flows} flows, median slowdown ${slowdown.p50.value!.toFixed(2)}`)
}
