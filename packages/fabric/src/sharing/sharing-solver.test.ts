import { describe, expect, it } from 'vitest'
import { FlowSpec } from './flow-spec.ts'
import { SharingModel } from './sharing-model.fixture.ts'
import { OWN_CAP, SharingSolver } from './sharing-solver.ts'

type Options = { weight?: number; cap?: number; cost?: number }

/** Weight 1, no cap, cost 1 everywhere, unless the options say otherwise. */
function across(
  resources: readonly number[],
  { weight = 1, cap = Infinity, cost = 1 }: Options = {},
): FlowSpec {
  const spec = new FlowSpec()
  spec.weight = weight
  spec.cap = cap
  for (const resource of resources) spec.cross(resource, cost)
  return spec
}

/** A solver with resources of these capacities. */
function solverOf(...capacities: number[]): SharingSolver {
  const solver = new SharingSolver()
  for (const capacity of capacities) solver.addResource(capacity)
  return solver
}

describe('SharingSolver, closed forms', () => {
  it('dumbbell: n flows have an nth of the middle each, by weight', () => {
    const solver = solverOf(12, 100, 100, 100)
    const flows = [1, 2, 3].map((weight) => solver.addFlow(across([weight, 0], { weight })))
    solver.resolve()
    expect(flows.map((flow) => solver.rateOf(flow))).toEqual([2, 4, 6])
    expect(flows.map((flow) => solver.bottleneckOf(flow))).toEqual([0, 0, 0])
    expect(solver.loadOf(0)).toBe(12)
    expect(solver.loadOf(3)).toBe(6)
  })

  it('parking lot: the long flow has 1/(n + 1) of the tightest link, the others what it leaves', () => {
    const capacities = [20, 16, 12, 16]
    const solver = solverOf(...capacities)
    const long = solver.addFlow(across([0, 1, 2, 3]))
    const short = capacities.map((_, link) => solver.addFlow(across([link])))
    solver.resolve()
    expect(solver.rateOf(long)).toBe(6)
    expect(short.map((flow) => solver.rateOf(flow))).toEqual([14, 10, 6, 10])
    expect(solver.bottleneckOf(long)).toBe(2)
  })

  it('a flow below its share leaves the rest to the others', () => {
    const solver = solverOf(30)
    const capped = solver.addFlow(across([0], { cap: 4 }))
    const greedy = [solver.addFlow(across([0])), solver.addFlow(across([0]))]
    solver.resolve()
    expect([capped, ...greedy].map((flow) => solver.rateOf(flow))).toEqual([4, 13, 13])
    expect(solver.bottleneckOf(capped)).toBe(OWN_CAP)
  })

  it('bits and packets are two resources: small packets are held by the second', () => {
    const [link, lookups] = [0, 1]
    const solver = solverOf(1000, 1)
    const large = solver.addFlow(new FlowSpec().cross(link, 1.25).cross(lookups, 1 / 1024))
    const small = solver.addFlow(new FlowSpec().cross(link, 2).cross(lookups, 1 / 128))
    solver.resolve()
    expect(solver.bottleneckOf(small)).toBe(lookups)
    expect(solver.rateOf(large)).toBeCloseTo(1 / (1 / 128 + 1 / 1024), 10)
    expect(solver.loadOf(lookups)).toBeCloseTo(1, 12)
  })

  it('a path that crosses a resource twice pays twice', () => {
    const solver = solverOf(12)
    const twice = solver.addFlow(across([0, 0]))
    solver.resolve()
    expect(solver.rateOf(twice)).toBe(6)
    expect(solver.flowCountOf(0)).toBe(2)
  })

  it('a flow without resources runs at its cap', () => {
    const solver = solverOf()
    const flow = solver.addFlow(across([], { cap: 7, weight: 2 }))
    solver.resolve()
    expect(solver.rateOf(flow)).toBe(7)
  })
})

describe('SharingSolver, changes', () => {
  it('a failed resource stops its flows, a repaired one lets them go on', () => {
    const solver = solverOf(10, 8)
    const flow = solver.addFlow(across([0, 1]))
    const other = solver.addFlow(across([0]))
    const rates = () => [solver.rateOf(flow), solver.rateOf(other)]
    solver.resolve()
    expect(rates()).toEqual([5, 5])
    solver.setCapacity(1, 0)
    solver.resolve()
    expect(rates()).toEqual([0, 10])
    expect(solver.bottleneckOf(flow)).toBe(1)
    solver.setCapacity(1, 3)
    solver.resolve()
    expect(rates()).toEqual([3, 7])
  })

  it('caps, weights and paths of live flows change', () => {
    const solver = solverOf(12, 5)
    const [first, second] = [solver.addFlow(across([0])), solver.addFlow(across([0]))]
    const rates = () => [solver.rateOf(first), solver.rateOf(second)]
    solver.setCap(first, 2)
    solver.resolve()
    expect(rates()).toEqual([2, 10])
    solver.setCap(first, 4)
    solver.setWeight(second, 3)
    solver.resolve()
    expect(rates()).toEqual([3, 9])
    solver.reroute(second, across([1]))
    solver.resolve()
    expect(rates()).toEqual([4, 5])
  })

  it('names the flows whose rate changed, and touches no others', () => {
    const solver = solverOf(...Array.from({ length: 100 }, () => 10))
    // A chain in one piece: flow i crosses links i and i + 1, and a cap holds every tenth.
    for (let i = 0; i < 99; i++) solver.addFlow(across([i, i + 1], i % 10 === 0 ? { cap: 1 } : {}))
    solver.resolve()
    expect(solver.changedCount).toBe(99)
    const guest = solver.addFlow(across([45]))
    solver.resolve()
    const named = [...solver.changed.subarray(0, solver.changedCount)].sort((a, b) => a - b)
    expect(named.filter((flow) => flow !== guest).every((flow) => flow > 40 && flow < 50)).toBe(true)
    expect(solver.flowsTouched).toBeLessThanOrEqual(12)
    solver.resolve()
    expect([solver.changedCount, solver.flowsTouched, solver.resourcesTouched]).toEqual([0, 0, 0])
  })

  it('a resource that was not full holds flows that are let go elsewhere, and lets go of them again', () => {
    const solver = solverOf(10, 6)
    const leaving = solver.addFlow(across([0]))
    const both = solver.addFlow(across([0, 1]))
    const capped = solver.addFlow(across([1], { cap: 0.5 }))
    solver.resolve()
    expect([both, capped].map((flow) => solver.rateOf(flow))).toEqual([5, 0.5])
    solver.removeFlow(leaving)
    solver.resolve()
    expect([both, capped].map((flow) => solver.rateOf(flow))).toEqual([5.5, 0.5])
    expect(solver.bottleneckOf(both)).toBe(1)
    const back = solver.addFlow(across([0]))
    solver.resolve()
    expect([both, capped, back].map((flow) => solver.rateOf(flow))).toEqual([5, 0.5, 5])
    expect(solver.bottleneckOf(both)).toBe(0)
  })

  it('a full resource gives others what flows leave whose weights fell together', () => {
    const solver = solverOf(10, 1, 1)
    const light = [1, 2].map((narrow) => solver.addFlow(across([0, narrow], { weight: 99 })))
    for (const narrow of [1, 2]) solver.addFlow(across([narrow]))
    const other = solver.addFlow(across([0]))
    solver.resolve()
    expect(solver.rateOf(other)).toBeCloseTo(8.02, 10)
    for (const flow of light) solver.setWeight(flow, 1 / 99)
    solver.resolve()
    expect(solver.rateOf(other)).toBeCloseTo(9.98, 10)
  })

  it('does not meet resources that have room to spare', () => {
    const solver = solverOf(10, 100, 100, 100)
    const flows = [1, 2, 3].map((access) => solver.addFlow(across([access, 0])))
    solver.resolve()
    solver.removeFlow(flows[0]!)
    solver.resolve()
    expect(solver.flowsTouched).toBe(2)
    expect(solver.resourcesTouched).toBe(1)
  })

  it('a cap that does not bind is free', () => {
    const solver = solverOf(10)
    const flows = [solver.addFlow(across([0])), solver.addFlow(across([0]))]
    solver.resolve()
    solver.setCap(flows[0]!, 6)
    solver.resolve()
    expect(solver.flowsTouched).toBe(0)
  })

  it('a flow that came and went between two solutions leaves no trace', () => {
    const solver = solverOf(10)
    const stays = solver.addFlow(across([0]))
    solver.removeFlow(solver.addFlow(across([0])))
    solver.resolve()
    expect(solver.rateOf(stays)).toBe(10)
    expect([...solver.changed.subarray(0, solver.changedCount)]).toEqual([stays])
  })

  it('two holders at one level: one lets go while the other takes over', () => {
    const model = new SharingModel([8, 8, 8])
    const early = model.add({ weight: 2, cap: Infinity, path: [[1, 1]] })
    model.add({
      weight: 2,
      cap: Infinity,
      path: [
        [0, 1],
        [1, 1],
      ],
    })
    model.add({ weight: 1, cap: Infinity, path: [[0, 1]] })
    expect(model.resolve()).toEqual([])
    model.add({ weight: 1, cap: 1, path: [[0, 2]] })
    model.add({
      weight: 1,
      cap: Infinity,
      path: [
        [1, 1],
        [2, 1],
      ],
    })
    model.remove(early)
    expect(model.resolve()).toEqual([])
    expect(model.error()).toBe(0)
  })

  it('numbers of flows are used again: a million flows, a hundred at a time, need a hundred rows', () => {
    const solver = solverOf(10, 20, 30, 40)
    const live: number[] = []
    let highest = 0
    for (let i = 0; i < 1_000_000; i++) {
      if (live.length === 100) solver.removeFlow(live[i % 100]!)
      live[i % 100] = solver.addFlow(across([i % 4, (i * 7) % 3]))
      highest = Math.max(highest, live[i % 100]!)
      if (i % 1000 === 0) solver.resolve()
    }
    expect(highest).toBe(99)
    expect(solver.flowCount).toBe(100)
  })
})

describe('SharingSolver, refusals', () => {
  const solver = solverOf(10)
  const gone = solver.addFlow(across([0]))
  solver.removeFlow(gone)
  it.each<[string, () => void]>([
    ['there is no flow 0', () => solver.removeFlow(gone)],
    ['there is no flow 5', () => solver.setCap(5, 1)],
    ['there is no resource 1: 1 have been added', () => solver.addFlow(across([1]))],
    ['there is no resource -1', () => solver.setCapacity(-1, 1)],
    ['a capacity is 0 or more and finite, got Infinity', () => solver.addResource(Infinity)],
    ['a capacity is 0 or more and finite, got -1', () => solver.setCapacity(0, -1)],
    ['a weight is more than 0 and finite, got 0', () => solver.addFlow(across([0], { weight: 0 }))],
    [
      'a cap is 0 or more, Infinity for none, got NaN',
      () => solver.addFlow(across([0], { cap: Number.NaN })),
    ],
    ['the cost at resource 0 is more than 0 and finite, got 0', () => across([0], { cost: 0 })],
    ['a flow that crosses no resource needs a finite cap', () => solver.addFlow(across([]))],
  ])('%s', (message, act) => {
    expect(act).toThrow(message)
  })
})
