// Covers: the smallest useful program: a fabric, its traffic, what to read off the result.
// Scenario: 4 leaves and 2 spines, web search flows among all hosts at half load.
import { leafSpine, region, scenario, traffic } from '@weft/scenarios'

const fabric = leafSpine({ leaves: 4, spines: 2, hostsPerLeaf: 8, hostLink: '25Gbps', fabricLink: '100Gbps' })
const result = await scenario({
  regions: { ord1: region({ fabric }) },
  traffic: [traffic.allToAll({ sizes: 'WebSearch', load: 0.5 })],
  run: { for: '5ms' },
}).run()
const [web] = result.flows
console.log(`${web!.completed} of ${web!.started} flows finished; median slowdown ${web!.all.slowdown.p50.value!.toFixed(2)}`)
console.log('packets:', result.packets)
