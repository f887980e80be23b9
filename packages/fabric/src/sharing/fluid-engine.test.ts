import { randomStream } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowSpec } from './flow-spec.ts'
import { FluidEngine, NO_COMPLETION } from './fluid-engine.ts'
import { flowOf, mixed } from './sharing-model.fixture.ts'
import { type OracleFlow, waterFill } from './water-filling.oracle.ts'

function specOf({ weight, cap, path }: OracleFlow): FlowSpec {
  const spec = new FlowSpec()
  spec.weight = weight
  spec.cap = cap
  for (const [resource, cost] of path) spec.cross(resource, cost)
  return spec
}

const plain = (...resources: number[]): FlowSpec =>
  specOf({ weight: 1, cap: Infinity, path: resources.map((resource) => [resource, 1] as const) })

function start(engine: FluidEngine, spec: FlowSpec, amount: number): number {
  engine.amount = amount
  return engine.start(spec)
}

/** Lets the next flow complete. */
function complete(engine: FluidEngine): void {
  engine.now = engine.nextTime
  engine.stop(engine.nextFlow)
  engine.settle()
}

describe('FluidEngine', () => {
  it('two flows over one link: the shorter ends at twice its own time, the longer with the sum', () => {
    const engine = new FluidEngine()
    engine.solver.addResource(10)
    const long = start(engine, plain(0), 100)
    engine.settle()
    expect([engine.nextTime, engine.nextFlow]).toEqual([10, long])
    engine.now = 4
    const short = start(engine, plain(0), 20)
    engine.settle()
    expect([engine.nextTime, engine.nextFlow]).toEqual([8, short])
    engine.now = 6
    expect([engine.leftOf(long), engine.leftOf(short)]).toEqual([50, 10])
    complete(engine)
    expect([engine.nextTime, engine.nextFlow]).toEqual([12, long])
    complete(engine)
    expect([engine.nextTime, engine.nextFlow]).toEqual([Infinity, NO_COMPLETION])
  })

  it('a flow may end between leaving its crowd and the next settlement', () => {
    const engine = new FluidEngine(2)
    engine.solver.addResource(10)
    engine.solver.addResource(1000)
    const flows = [1, 2, 3, 4].map(() => start(engine, plain(0, 1), 100))
    engine.settle()
    // a crowd pays where a link has been full often enough
    for (let now = 1; now < 20 && engine.solver.rowOf(flows[0]!) === flows[0]; now++) {
      engine.now = now / 10
      engine.stop(start(engine, plain(0), 100))
      engine.settle()
    }
    expect(engine.solver.rowOf(flows[0]!)).not.toBe(flows[0])
    engine.solver.setCapacity(1, 1)
    engine.stop(flows[0]!)
    engine.settle()
    expect(flows.slice(1).map((flow) => engine.solver.rateOf(flow))).toEqual([1 / 3, 1 / 3, 1 / 3])
  })

  it('failures, repairs, caps and new paths take effect when they happen', () => {
    const engine = new FluidEngine()
    engine.solver.addResource(10)
    engine.solver.addResource(5)
    const flow = start(engine, plain(0), 100)
    engine.settle()
    const at = (now: number, change: () => void) => {
      engine.now = now
      change()
      engine.settle()
    }
    at(2, () => engine.solver.setCapacity(0, 0))
    expect(engine.nextTime).toBe(Infinity)
    at(5, () => engine.solver.setCapacity(0, 10))
    expect(engine.nextTime).toBe(13)
    at(6, () => engine.solver.reroute(flow, plain(1)))
    expect(engine.nextTime).toBe(20)
    at(10, () => engine.solver.setCap(flow, 1))
    expect(engine.nextTime).toBe(60)
  })

  it('an empty flow is over at once, and flows that end together end at one instant', () => {
    const engine = new FluidEngine()
    engine.solver.addResource(8)
    engine.now = 3
    start(engine, plain(0), 0)
    engine.settle()
    expect(engine.nextTime).toBe(3)
    complete(engine)
    for (let i = 0; i < 4; i++) start(engine, plain(0), 2)
    engine.settle()
    const ends: number[] = []
    while (engine.nextTime < Infinity) {
      ends.push(engine.nextTime)
      complete(engine)
    }
    expect(ends).toEqual([4, 4, 4, 4])
  })

  it('keeps times fine when the origin moves along', () => {
    const engine = new FluidEngine()
    engine.solver.addResource(1)
    const YEAR = 2 ** 55
    for (let i = 0; i < 3; i++) {
      engine.now = YEAR
      engine.settle()
      engine.moveOrigin(YEAR)
      expect(engine.now).toBe(0)
    }
    start(engine, plain(0), 0.75)
    start(engine, plain(0), 0.25)
    engine.settle()
    engine.now = 0.125
    engine.settle()
    engine.moveOrigin(0.125)
    expect(engine.nextTime).toBe(0.375)
    complete(engine)
    expect(engine.nextTime).toBe(0.875)
  })

  it('refuses times that run backwards or past a completion, and amounts that are none', () => {
    const engine = new FluidEngine()
    engine.solver.addResource(1)
    engine.now = 1
    start(engine, plain(0), 1)
    engine.settle()
    engine.now = 2.5
    expect(() => engine.settle()).toThrow('no further than the next completion at 2, got 2.5')
    engine.now = 0.5
    expect(() => engine.settle()).toThrow('time goes from 1 on')
    expect(() => start(engine, plain(0), Number.NaN)).toThrow(
      'the amount of a flow is 0 or more and finite, got NaN',
    )
  })
})

describe('FluidEngine, overload', () => {
  /** Many more flows over one link, from a hundred sources, than it can carry. */
  function overload(crowdMin: number | undefined, sources: number, flows: number) {
    const engine = new FluidEngine(crowdMin)
    const { solver } = engine
    solver.addResource(1000)
    for (let source = 0; source < sources; source++) solver.addResource(900)
    const random = randomStream('overload', 'sources')
    const ends = new Float64Array(flows)
    const indexOf = new Map<number, number>()
    let touched = 0
    const settle = () => {
      engine.settle()
      touched += solver.flowsTouched
    }
    for (let next = 0, ended = 0; ended < flows; ) {
      const arrival = next * 0.01
      if (next < flows && arrival <= engine.nextTime) {
        engine.now = arrival
        indexOf.set(start(engine, plain(0, 1 + random.int(sources)), 10 + 10 * random.next()), next++)
      } else {
        engine.now = engine.nextTime
        ends[indexOf.get(engine.nextFlow)!] = engine.now
        engine.stop(engine.nextFlow)
        ended++
      }
      settle()
    }
    return { ends, touchedPerEvent: touched / (2 * flows) }
  }

  it('a full link with hundreds of flows costs tens at each event, and completion times are those without crowds', () => {
    const single = overload(Infinity, 100, 2_000)
    const crowds = overload(undefined, 100, 2_000)
    crowds.ends.forEach((time, flow) => {
      expect(time / single.ends[flow]!).toBeCloseTo(1, 11)
    })
    expect(single.touchedPerEvent).toBeGreaterThan(300)
    expect(crowds.touchedPerEvent).toBeLessThan(50)
  })

  it('a crowd comes apart when a source fails, and goes on when it is back', () => {
    const engine = new FluidEngine(2)
    const { solver } = engine
    solver.addResource(8)
    for (let source = 0; source < 2; source++) solver.addResource(100)
    const flows = [0, 1, 0, 1].map((source) => start(engine, plain(0, 1 + source), 16))
    for (let i = 0; i < 8; i++) {
      engine.now = i / 8
      engine.solver.setCapacity(0, 8 + (i % 2))
      engine.solver.setCapacity(0, 8)
      solver.setCap(flows[0]!, 100 + i)
      engine.settle()
    }
    expect(flows.filter((flow) => solver.rowOf(flow) !== flow).length).toBeGreaterThan(1)
    engine.now = 1
    solver.setCapacity(1, 0)
    engine.settle()
    expect(flows.map((flow) => solver.rateOf(flow))).toEqual([0, 4, 0, 4])
    engine.now = 2
    solver.setCapacity(1, 100)
    engine.settle()
    expect(flows.map((flow) => engine.leftOf(flow))).toEqual([14, 10, 14, 10])
    const ends: number[] = []
    while (engine.nextTime < Infinity) {
      ends.push(engine.nextTime)
      complete(engine)
    }
    expect(ends).toEqual([7, 7, 8, 8])
  })
})

describe('FluidEngine, against flows drained one step at a time', () => {
  const RESOURCES = 6
  const arrival = fc.record({
    gap: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true })),
    amount: fc.double({ min: 0.1, max: 40, noNaN: true }),
    flow: flowOf(mixed, RESOURCES).map((flow) => ({ ...flow, cap: Math.max(flow.cap, 0.1) })),
  })
  const capacities = fc.array(fc.double({ min: 1, max: 20, noNaN: true }), {
    minLength: RESOURCES,
    maxLength: RESOURCES,
  })

  it.each([
    ['one by one', undefined],
    ['in crowds', 2],
  ])('gives the same completion times, %s', (_, crowdMin) => {
    fc.assert(
      fc.property(capacities, fc.array(arrival, { maxLength: 25, size: 'max' }), (caps, arrivals) => {
        let at = 0
        const flows = arrivals.map(({ gap, amount, flow }) => {
          at += gap
          return { at, amount, flow }
        })
        const wanted = drain(caps, flows)
        const got = run(caps, flows, crowdMin)
        got.forEach((time, i) => {
          expect(Math.abs(time - wanted[i]!)).toBeLessThan(1e-10 * Math.max(1, time))
        })
      }),
    )
  })
})

interface Arrival {
  readonly at: number
  readonly amount: number
  readonly flow: OracleFlow
}

function run(capacities: readonly number[], arrivals: readonly Arrival[], crowdMin?: number): number[] {
  const engine = new FluidEngine(crowdMin)
  for (const capacity of capacities) engine.solver.addResource(capacity)
  const ends: number[] = []
  const indexOf = new Map<number, number>()
  let next = 0
  for (let ended = 0; ended < arrivals.length; ) {
    if (next < arrivals.length && arrivals[next]!.at <= engine.nextTime) {
      engine.now = arrivals[next]!.at
      indexOf.set(start(engine, specOf(arrivals[next]!.flow), arrivals[next]!.amount), next++)
      engine.settle()
    } else {
      ends[indexOf.get(engine.nextFlow)!] = engine.nextTime
      ended++
      complete(engine)
    }
  }
  return ends
}

/** The same from the definition: all rates by the oracle after every event, all amounts brought down by every step. */
function drain(capacities: readonly number[], arrivals: readonly Arrival[]): number[] {
  const left = arrivals.map(({ amount }) => amount)
  const ends: number[] = []
  let now = 0
  let next = 0
  let active: number[] = []
  while (next < arrivals.length || active.length > 0) {
    const rates = waterFill(
      capacities,
      active.map((i) => arrivals[i]!.flow),
    )
    const completions = active.map((i, place) => now + left[i]! / rates[place]!)
    const until = Math.min(arrivals[next]?.at ?? Infinity, ...completions)
    active.forEach((i, place) => {
      left[i] = left[i]! - rates[place]! * (until - now)
    })
    now = until
    const over = active.filter((_, place) => completions[place] === until)
    for (const i of over) ends[i] = now
    active = active.filter((i) => !over.includes(i))
    while (next < arrivals.length && arrivals[next]!.at === now) active.push(next++)
  }
  return ends
}
