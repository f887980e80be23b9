// Covers: a property-based test: fast-check draws fabrics, failures and traffic, and shrinks what breaks the promise.
// Scenario: "we survive the loss of any one spine": no packet is ever without a route, nothing is lost once routing
//   has converged, and every flow ends. It holds with two spines or more, and the second property finds out why not with one.
import { fail, leafSpine, region, scenario, traffic } from '@weft/scenarios'
import fc from 'fast-check'

interface Design {
  leaves: number
  spines: number
  hostsPerLeaf: number
  /** Which spine dies, counted modulo their number. */
  victim: number
  failAtUs: number
  seed: number
}

const designs = (spinesMin: number): fc.Arbitrary<Design> =>
  fc.record({
    leaves: fc.integer({ min: 2, max: 4 }),
    spines: fc.integer({ min: spinesMin, max: 4 }),
    hostsPerLeaf: fc.integer({ min: 1, max: 4 }),
    victim: fc.nat(3),
    failAtUs: fc.integer({ min: 0, max: 400 }),
    seed: fc.nat(1000),
  })

async function survives({ leaves, spines, hostsPerLeaf, victim, failAtUs, seed }: Design): Promise<boolean> {
  const convergedUs = failAtUs + 200
  const { pass } = await scenario({
    seed,
    regions: {
      ord1: region({
        fabric: leafSpine({ leaves, spines, hostsPerLeaf, hostLink: '25Gbps', fabricLink: '100Gbps' }),
        routing: { detection: '100us', convergence: '100us' },
      }),
    },
    traffic: [
      traffic.permutation({
        sizes: '20kB',
        flowRate: '4000/s',
        transport: { newreno: { minRto: '1ms', initialRto: '1ms' } },
      }),
    ],
    events: [fail(`ord1/spine-${victim % spines}`, `${failAtUs}us`)],
    expect: [
      { metric: 'drops', reason: 'no-route', equals: 0 },
      { metric: 'drops', reason: 'link-down', from: `${convergedUs + 1}us`, equals: 0 },
      { metric: 'flow.unfinished', equals: 0 },
    ],
    run: { for: '800us', drain: '200ms' },
  }).check()
  return pass
}

const options = { seed: 42, numRuns: 50 }
const redundant = await fc.check(fc.asyncProperty(designs(2), survives), options)
console.log(`two spines or more: ${redundant.failed ? 'broken' : 'held'} in ${redundant.numRuns} designs`)

const any = await fc.check(fc.asyncProperty(designs(1), survives), options)
const smallest = any.counterexample?.[0]
console.log(
  `any number of spines: ${any.failed ? 'broken' : 'held'}; the smallest design that breaks, after ${any.numShrinks} shrinks:`,
)
console.log(smallest)
