// Covers: a fat-tree, a permutation, and the four ways in which a switch may choose among equal paths.
// Scenario: every host of a 4-ary fat-tree sends 2 MB to exactly one other. The tree could carry all of them at full rate;
//   how much of it they get is a matter of which flows share a path. Spraying shares evenly but reorders, so it needs a
//   sender that does not take the first three duplicate acknowledgements for a loss.
import { fatTree, region, scenario } from '@weft/scenarios'

type Ecmp = NonNullable<Parameters<typeof fatTree>[0]['ecmp']>
const modes: readonly (readonly [name: string, ecmp: Ecmp, duplicateAcks: number])[] = [
  ['five-tuple', 'five-tuple', 3],
  ['resilient', 'resilient', 3],
  ['flowlet', { mode: 'flowlet', flowletGap: '20us' }, 3],
  ['spray', 'spray', 3],
  ['spray, patient', 'spray', 300],
]

console.log('mode            median ms  worst ms  fullest link  retransmitted')
for (const [name, ecmp, duplicateAcks] of modes) {
  const fabric = fatTree({
    k: 4,
    hostLink: '25Gbps',
    fabricLink: '25Gbps',
    queue: { capacity: '256 packets', ecnThreshold: '65 packets' },
    ecmp,
  })
  const result = await scenario({
    seed: 'one-permutation',
    regions: { ord1: region({ fabric }) },
    traffic: [
      { permutation: 'all hosts', burst: '2MB', transport: { dctcp: { minRto: '1ms', duplicateAcks } } },
    ],
    run: { for: '10ms' },
  }).run()
  const [flows] = result.flows
  const { p50, p99 } = flows!.all.fctPs
  const fullest = Math.max(
    ...result.links.filter(({ tier }) => tier !== 'host').map(({ wireBytes }) => wireBytes),
  )
  const row = [
    name.padEnd(14),
    (p50.value! / 1e9).toFixed(3).padStart(9),
    (p99.value! / 1e9).toFixed(3).padStart(8),
    `${(fullest / 1e6).toFixed(1)} MB`.padStart(12),
    String(flows!.retransmissions).padStart(13),
  ]
  console.log(row.join('  '))
}
