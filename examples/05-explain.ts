// Covers: explain from a program: where a packet goes, over which ECMP members, and why it is lost.
// Scenario: a leaf loses one of its two spines at 1 ms; routes follow 1 ms later. The same connection is looked at before the
//   failure, in the black hole, and after.
import { fail, leafSpine, region, renderExplanation, scenario } from '@weft/scenarios'

const plan = scenario({
  name: 'black-hole',
  regions: {
    ord1: region({
      fabric: leafSpine({ leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '25Gbps', fabricLink: '100Gbps' }),
      routing: { detection: '300us', convergence: '700us' },
    }),
  },
  events: [fail('ord1/leaf-0:ord1/spine-1', '1ms')],
})

const connection = { from: 'ord1/leaf-0/host-0', to: 'ord1/leaf-1/host-1', port: 443 }
for (const at of ['0s', '1.5ms', '2.1ms']) {
  const explanation = plan.explain({ ...connection, at })
  console.log(`at ${at}: ${explanation.verdict}, ${Math.round(100 * explanation.delivered)} % of the ways`)
}

// of 1,000 connections, those whose source port leads into the black hole
let lost = 0
for (let sourcePort = 50_000; sourcePort < 51_000; sourcePort++) {
  if (plan.explain({ ...connection, sourcePort, at: '1.5ms' }).verdict === 'dropped') lost++
}
console.log(`${lost} of 1000 connections are cut off at 1.5 ms\n`)
console.log(renderExplanation(plan.explain({ ...connection, sourcePort: 50_000, at: '2.1ms' }), false))
