import fc from 'fast-check'
import { fail, repair } from '../builders/events.ts'
import type { ScenarioOptions } from '../builders/scenario.ts'
import { traffic } from '../builders/traffic.ts'
import { type SmallFabric, smallFabric } from './fabrics.ts'

type Traffic = NonNullable<ScenarioOptions['traffic']>
type Events = NonNullable<ScenarioOptions['events']>

const ARRIVALS_US = 200

/** Timers short enough for loss to be mended within a small run. */
const transport = fc.constantFrom(
  { newreno: { minRto: '200us', initialRto: '500us' } },
  { dctcp: { minRto: '200us', initialRto: '500us' } },
  { newreno: { minRto: '200us', initialRto: '500us', sack: false, timestamps: false } },
)
const sizes = fc.constantFrom(
  '200B',
  '5kB',
  '40kB',
  { exponential: '10kB' },
  { uniform: { min: '1B', max: '90kB' } },
)
const micros = (max: number) => fc.integer({ min: 0, max }).map((us) => `${us}us`)

/** One to three kinds of traffic between these hosts, each with a name. */
export function smallTraffic(hosts: readonly string[]): fc.Arbitrary<Traffic> {
  const pair = fc.shuffledSubarray([...hosts], { minLength: 2, maxLength: 2 }) as fc.Arbitrary<
    [string, string]
  >
  const some = fc.shuffledSubarray([...hosts], {
    minLength: 2,
    maxLength: Math.min(hosts.length, 9),
  }) as fc.Arbitrary<[string, ...string[]]>
  const load = fc.constantFrom('5%', '30%', '90%')
  const flow = fc
    .record({ at: micros(ARRIVALS_US - 1), pair, size: fc.constantFrom('1B', '3kB', '60kB') })
    .map(({ at, pair: [from, to], size }) => ({ at, from, to, size }))
  const kinds = fc.oneof(
    fc.record({ sizes, load, transport }).map((options) => traffic.allToAll(options)),
    fc.record({ sizes, load, transport }).map((options) => traffic.permutation(options)),
    fc
      .record({ some, size: fc.constantFrom('2kB', '30kB'), transport })
      .map(({ some: [to, ...from], ...rest }) => traffic.incast({ from, to, ...rest })),
    fc
      .record({
        pair,
        process: fc.constantFrom('constant', 'poisson'),
        rate: fc.constantFrom('100Mbps', '3Gbps'),
      })
      .map(({ pair: [from, to], ...rest }) => traffic.stream({ from, to, packet: '1200B', ...rest })),
    fc.array(flow, { minLength: 1, maxLength: 5 }).map((list) => traffic.flows(list)),
  )
  return fc
    .array(kinds, { minLength: 1, maxLength: 3 })
    .map((list) => list.map((each, i) => ({ name: `t${i}`, ...each })))
}

/** Up to three failures of these parts; most are mended. */
export function smallFailures(parts: readonly string[]): fc.Arbitrary<Events> {
  const outage = fc.record({
    target: fc.constantFrom(...parts),
    at: fc.integer({ min: 0, max: 150 }),
    lasts: fc.option(fc.integer({ min: 1, max: 200 })),
  })
  return fc.uniqueArray(outage, { maxLength: 3, selector: ({ target }) => target }).map((outages) =>
    outages.flatMap(({ target, at, lasts }) => {
      const failure = fail(target, `${at}us`)
      return lasts === null ? [failure] : [failure, repair(target, `${at + lasts}us`)]
    }),
  )
}

/** Whole scenarios that run in some tens of milliseconds: 200 us of arrivals, then at most 3 ms of draining. */
export function smallScenario(
  fabric: fc.Arbitrary<SmallFabric> = smallFabric(),
): fc.Arbitrary<ScenarioOptions> {
  return fabric.chain(({ regions, hosts, parts }) =>
    fc.record({
      regions: fc.constant(regions),
      seed: fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }),
      traffic: smallTraffic(hosts),
      events: smallFailures(parts),
      run: fc.constant({ for: `${ARRIVALS_US}us`, window: '50us', drain: '3ms' }),
    }),
  )
}
