import { LONG_TIME_MAX, MS, SECOND, Simulation, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint, EventBlueprint, ReliabilityBlueprint } from '../src/blueprint/blueprint.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { failuresExpected, randomFailures } from '../src/clocks/random-failures.ts'
import { flowsOver } from './helpers/flow-lists.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'
import { Z_999 } from './helpers/statistics.ts'

const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

const draw = (reliability: readonly ReliabilityBlueprint[], untilPs: number, seed = 'random failures') =>
  randomFailures(reliability, new Simulation({ seed, timeMaxPs: LONG_TIME_MAX }), untilPs)

/** Picoseconds that a target was down until an instant. */
function downPs(events: readonly EventBlueprint[], target: string, untilPs: number): number {
  let [sum, sincePs] = [0, Infinity]
  for (const { atPs, action } of events.filter((event) => event.target === target)) {
    if (action === 'fail') sincePs = Math.min(sincePs, atPs)
    else {
      sum += Math.min(atPs, untilPs) - sincePs
      sincePs = Infinity
    }
  }
  return sum
}

describe('failures at random', () => {
  const targets = Array.from({ length: 200 }, (_, i) => `r/link-${i}`)
  const [mtbfPs, mttrPs, weeks] = [30 * HOUR, 4 * HOUR, 12 * 7 * DAY]
  const events = draw([{ targets, mtbfPs, mttrPs }], weeks)

  it('leave every component up for MTBF / (MTBF + MTTR) of the time', () => {
    const shares = targets.map((target) => 1 - downPs(events, target, weeks) / weeks)
    const mean = shares.reduce((a, b) => a + b) / shares.length
    // that all begin up adds MTBF MTTR^2 / (MTBF + MTTR)^2 of up time once (renewal theory)
    const sumPs = mtbfPs + mttrPs
    const expected = mtbfPs / sumPs + (mtbfPs * (mttrPs / sumPs) ** 2) / weeks
    const spread = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / 199 / 200)
    expect(spread).toBeLessThan(0.003)
    expect(Math.abs(mean - expected)).toBeLessThan(Z_999 * spread)
  })

  it('last as long, and are as far apart, as exponential times of these means', () => {
    const lasts: number[] = []
    const waits: number[] = []
    for (const target of targets) {
      const own = events.filter((event) => event.target === target)
      own.forEach(({ atPs, action }, i) => {
        const before = i === 0 ? 0 : own[i - 1]!.atPs
        if (action === 'fail') waits.push(atPs - before)
        else lasts.push(atPs - before)
      })
    }
    expect(lasts.length).toBe(waits.length)
    // repairs are all drawn; waits leave out the one that the end cuts off, which is longer than most
    for (const limit of [0.2, 1, 2]) {
      const p = Math.exp(-limit)
      const share = lasts.filter((last) => last > limit * mttrPs).length / lasts.length
      expect(Math.abs(share - p)).toBeLessThan(Z_999 * Math.sqrt((p * (1 - p)) / lasts.length))
    }
    const mean = waits.reduce((a, b) => a + b) / waits.length
    expect(mean / mtbfPs).toBeGreaterThan(0.95)
    expect(mean / mtbfPs).toBeLessThan(1.01)
  })

  it('are those of the seed and the target, whatever else may fail', () => {
    const some = draw([{ targets: targets.slice(3, 5), mtbfPs, mttrPs }], weeks)
    for (const target of targets.slice(3, 5)) {
      const own = (all: readonly EventBlueprint[]) => all.filter((event) => event.target === target)
      expect(own(some)).toEqual(own(events))
    }
    expect(draw([{ targets: ['r/link-3'], mtbfPs, mttrPs }], weeks, 'another seed')).not.toEqual(
      events.filter(({ target }) => target === 'r/link-3'),
    )
  })

  it('begin before the end and are all repaired', () => {
    const failed = events.filter(({ action }) => action === 'fail')
    expect(failed.every(({ atPs }) => atPs < weeks)).toBe(true)
    expect(events.length).toBe(2 * failed.length)
    expect(events.some(({ atPs }) => atPs >= weeks)).toBe(true)
  })

  it('are as many as the renewal function expects, from short runs to long ones', () => {
    for (const untilPs of [HOUR, 30 * HOUR, weeks]) {
      const count = draw([{ targets, mtbfPs, mttrPs }], untilPs).filter(
        ({ action }) => action === 'fail',
      ).length
      const expected = 200 * failuresExpected({ mtbfPs, mttrPs }, untilPs)
      expect(Math.abs(count - expected)).toBeLessThan(Z_999 * Math.sqrt(expected))
    }
    expect(failuresExpected({ mtbfPs, mttrPs }, MS) / (MS / mtbfPs)).toBeCloseTo(1, 6)
  })

  it('of a shared risk take all its parts at once', () => {
    const parts = ['r/a', 'r/b', 'r/c']
    const risk = draw([{ targets: [{ name: 'conduit', parts }], mtbfPs, mttrPs }], weeks)
    expect(risk.length).toBeGreaterThan(30)
    const [first, ...others] = parts.map((part) =>
      risk.filter(({ target }) => target === part).map(({ atPs, action, cause }) => [atPs, action, cause]),
    )
    for (const own of others) expect(own).toEqual(first)
    expect(first!.every(([, , cause]) => cause === 'conduit')).toBe(true)
  })

  it.each<[string, Partial<ReliabilityBlueprint>, RegExp]>([
    ['never', { mtbfPs: 0 }, /reliability.0.mtbfPs: got 0; expected picoseconds, more than 0/],
    ['for ever', { mttrPs: Infinity }, /reliability.0.mttrPs: got Infinity/],
    ['too often', { mtbfPs: 1, mttrPs: 1 }, /makes some .* failures and repairs until .*: fewer targets/],
    ['twice', { targets: ['a', 'b', 'a'] }, /reliability.0.targets: "a" stands here a second time/],
  ])('are refused: %s', (_, wrong, message) => {
    expect(() => draw([{ targets: ['a'], mtbfPs, mttrPs, ...wrong }], weeks)).toThrow(message)
  })
})

describe('parts that are down for several reasons', () => {
  const wire = plainLink(10e9, US)
  const network = leafSpineNetwork(
    { hostLink: wire, fabricLink: wire },
    { detectionPs: US, convergencePs: US },
  )
  const target = 'ord1/spine-1'
  const events: EventBlueprint[] = [
    { atPs: 2 * MS, action: 'fail', target },
    { atPs: 6 * MS, action: 'repair', target },
  ]
  const at = (ms: number, action: 'fail' | 'repair', cause: string): EventBlueprint => {
    return { atPs: ms * MS, action, target, cause }
  }

  it.each<[string, EventBlueprint[], (readonly [number, string])[]]>([
    [
      'planned alone',
      [],
      [
        [2, 'fail'],
        [6, 'repair'],
      ],
    ],
    [
      'failed before',
      [at(1, 'fail', target), at(3, 'repair', target)],
      [
        [1, 'fail'],
        [6, 'repair'],
      ],
    ],
    [
      'failed meanwhile',
      [at(3, 'fail', target), at(4, 'repair', target)],
      [
        [2, 'fail'],
        [6, 'repair'],
      ],
    ],
    [
      'not repaired in time',
      [at(5, 'fail', target), at(9, 'repair', target)],
      [
        [2, 'fail'],
        [9, 'repair'],
      ],
    ],
    [
      'with its risk, and by itself',
      [at(5, 'fail', target), at(9, 'repair', target), at(8, 'fail', 'feed'), at(11, 'repair', 'feed')],
      [
        [2, 'fail'],
        [11, 'repair'],
      ],
    ],
    [
      'at one instant',
      [at(6, 'fail', target), at(7, 'repair', target)],
      [
        [2, 'fail'],
        [7, 'repair'],
      ],
    ],
  ])('are up when none is left: %s', (_, random, expected) => {
    const run = new FlowRun(
      { ...flowsOver(network, []), events: [...events, ...random] },
      { arrivalsEndPs: MS },
    )
    run.sim.run(20 * MS)
    const happened = run.failures.changes.filter(({ idle }) => !idle)
    expect(happened.map(({ atPs, action }) => [atPs / MS, action])).toEqual(expected)
    expect(run.failures.isUp(target)).toBe(true)
  })
})

describe('under both clocks', () => {
  const ROUTING = { detectionPs: 10 * US, convergencePs: 20 * US }
  const wire = plainLink(10e9, US)
  const network = leafSpineNetwork({ hostLink: wire, fabricLink: wire }, ROUTING)
  const fabric = network.links.filter(({ tier }) => tier === 'fabric').map(({ name }) => name)
  const flows = Array.from({ length: 20 }, (_, i) => ({
    startPs: i * MS,
    from: 'ord1/leaf-0/host-0',
    to: 'ord1/leaf-1/host-1',
    bytes: 100_000,
  }))
  const blueprint: Blueprint = {
    ...flowsOver(network, flows),
    reliability: [{ targets: fabric, mtbfPs: 5 * MS, mttrPs: MS }],
  }

  it('the same links fail at the same instants, and all flows end once they are repaired', () => {
    const packets = new PacketRun(blueprint, { arrivalsEndPs: 20 * MS })
    const fluid = new FlowRun(blueprint, { arrivalsEndPs: 20 * MS })
    packets.sim.run(10 * SECOND)
    fluid.sim.run()
    expect(fluid.failures.changes.length).toBeGreaterThan(10)
    expect(fluid.failures.changes).toEqual(packets.failures.changes)
    expect(packets.flows.completed).toBe(20)
    expect(fluid.flows.completed).toBe(20)
  })

  it('traffic that follows a profile starts the same flows', () => {
    const base = flowsOver(network, [])
    const profile = { kind: 'sinusoidal', periodPs: 5 * MS, swing: 1, peakPs: MS } as const
    const sizes = { kind: 'exponential', meanBytes: 5000 } as const
    const offered = { kind: 'flows', sizes, rate: { load: 0.05 }, profile, startPs: 0 } as const
    const daily = { ...base, traffic: [{ ...base.traffic[0]!, offered }] }
    const starts = (run: PacketRun | FlowRun) => {
      run.sim.run(20 * MS)
      const { startPs, bytes, sourcePort, size } = run.flows
      return Array.from({ length: size }, (_, row) => [startPs[row], bytes[row], sourcePort[row]])
    }
    const seen = starts(new FlowRun(daily, { arrivalsEndPs: 20 * MS }))
    expect(seen).toEqual(starts(new PacketRun(daily, { arrivalsEndPs: 20 * MS })))
    // 4 hosts of 10 Gbit/s at 5 % make 1,000 flows in 20 ms, most of them about the peaks
    expect(Math.abs(seen.length - 1000)).toBeLessThan(Z_999 * Math.sqrt(1000))
    const nearPeak = seen.filter(([startPs]) => Math.cos((2 * Math.PI * (startPs! - MS)) / (5 * MS)) > 0)
    const share = 0.5 + 1 / Math.PI
    const spread = Math.sqrt((share * (1 - share)) / seen.length)
    expect(Math.abs(nearPeak.length / seen.length - share)).toBeLessThan(Z_999 * spread)
  })

  it('a link that is the only way carries for its availability of the time', () => {
    const [host] = network.links.filter(({ name }) => name.includes('leaf-0/host-0'))
    const [mtbfPs, mttrPs, untilPs] = [6 * HOUR, HOUR, 28 * DAY]
    const endless = [{ startPs: 0, from: 'ord1/leaf-0/host-0', to: 'ord1/leaf-1/host-1', bytes: 1e18 }]
    const reliability = [{ targets: [host!.name], mtbfPs, mttrPs }]
    const run = new FlowRun(
      { ...flowsOver(network, endless), reliability },
      { arrivalsEndPs: untilPs, model: PURE_SHARING },
    )
    run.sim.run(untilPs)
    run.clock.bookAll()
    const events = randomFailures(
      reliability,
      new Simulation({ seed: 'flows', timeMaxPs: LONG_TIME_MAX }),
      untilPs,
    )
    const up = 1 - downPs(events, host!.name, untilPs) / untilPs
    const carried = (run.flows.bytesDelivered[0]! * 8) / (10e9 * (untilPs / SECOND))
    // each repair waits for routes
    expect(up - carried).toBeGreaterThanOrEqual(0)
    expect(up - carried).toBeLessThan((events.length * 31 * US) / untilPs)
    expect(up).toBeGreaterThan(0.75)
    expect(up).toBeLessThan(0.95)
  })
})
