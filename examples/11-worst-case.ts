// Covers: worst-case traffic: of all matrices that keep hosts' limits, the one that loads a link most, with its proof.
// Scenario: four leaves with eight hosts of 100 Gbit/s and four spines: 2:1. Whoever talks to whom, no fabric link gets more
//   than twice its rate; with any one spine down a third more. If hosts are held to a third, one spine may fail.
import { leafSpine, region, renderWorstCase, scenario, worstCase } from '@weft/scenarios'

const fabric = leafSpine({
  leaves: 4,
  spines: 4,
  hostsPerLeaf: 8,
  hostLink: '100Gbps',
  fabricLink: '100Gbps',
})
const { network } = scenario({ regions: { ord1: region({ fabric }) } }).blueprint

console.log(renderWorstCase(await worstCase(network), 'everything up', false))

const any = { count: 1, of: 'switch/spine' }
const worst = await worstCase(network, { links: ['ord1/leaf-*:ord1/spine-*'], any })
console.log(renderWorstCase(worst, 'any one spine down', false))
console.log(`The matrix: ${worst.witness.length} demands, such as`, worst.witness[0])

const third = { share: 1 / 3 }
const held = await worstCase(network, { limits: [{ hosts: '**', send: third, receive: third }], any })
console.log(`Held to a third: ${(100 * held.directions[0]!.utilization).toFixed(1)} % at worst`)
