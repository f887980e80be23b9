import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { type Change, SharingModel } from './sharing-model.fixture.ts'

const LEAVES = 6
const SPINES = 3
const HOSTS_PER_LEAF = 5
const HOSTS = LEAVES * HOSTS_PER_LEAF
const FLOWS = 70

/** Host up and down links, then leaf up and down links; every capacity divides into many equal shares. */
const capacities = [
  ...Array.from({ length: 2 * HOSTS }, () => 24),
  ...Array.from({ length: 2 * LEAVES * SPINES }, () => 48),
]

/** Random changes of a leaf-spine fabric; the same for the same name. */
function changesOf(name: string): () => Change {
  const random = randomStream('soak', name)
  const pathOf = (): [number, number][] => {
    const [from, to, spine] = [random.int(HOSTS), random.int(HOSTS), random.int(SPINES)]
    const leafOf = (host: number) => Math.floor(host / HOSTS_PER_LEAF)
    const up = 2 * HOSTS + leafOf(from) * SPINES + spine
    const down = 2 * HOSTS + (LEAVES + leafOf(to)) * SPINES + spine
    const core: [number, number][] =
      leafOf(from) === leafOf(to)
        ? []
        : [
            [up, 1],
            [down, 1],
          ]
    return [[from, 1], ...core, [HOSTS + to, 1]]
  }
  const capOf = () => (random.int(3) === 0 ? 1 + random.int(12) : Number.POSITIVE_INFINITY)
  const weightOf = () => (random.int(4) === 0 ? 0.5 + 2 * random.next() : 1)
  let flows = 0
  return () => {
    const draw = random.next()
    const flow = random.int(1_000_000)
    if (draw < 0.8) {
      const isArrival = flows === 0 || random.int(2 * FLOWS) >= flows
      flows += isArrival ? 1 : -1
      if (!isArrival) return { kind: 'remove', flow }
      return { kind: 'add', flow: { weight: weightOf(), cap: capOf(), path: pathOf() } }
    }
    if (draw < 0.88) return { kind: 'cap', flow, cap: capOf() }
    if (draw < 0.92) return { kind: 'weight', flow, weight: weightOf() }
    if (draw < 0.96) return { kind: 'reroute', flow, path: pathOf() }
    const resource = random.int(capacities.length)
    const isFailure = random.int(10) === 0
    return {
      kind: 'capacity',
      resource,
      capacity: isFailure ? 0 : capacities[resource]! * (0.5 + random.int(3) / 2),
    }
  }
}

describe('SharingSolver, after a long history', () => {
  it('is max-min fair all the way through 120,000 changes, and exact at the end', () => {
    const model = new SharingModel(capacities)
    const next = changesOf('long')
    for (let i = 1; i <= 120_000; i++) {
      model.apply(next())
      model.solver.resolve()
      if (i % 40 === 0) expect(model.breaches()).toEqual([])
      if (i % 5_000 === 0) expect(model.error()).toBeLessThan(1e-12)
    }
    expect(model.error()).toBeLessThan(1e-12)
  })

  it('is max-min fair after each of 5,000 changes, and names the flows that changed', () => {
    const model = new SharingModel(capacities)
    const next = changesOf('each')
    for (let i = 1; i <= 5_000; i++) {
      model.apply(next())
      expect(model.resolve()).toEqual([])
    }
    expect(model.error()).toBeLessThan(1e-12)
  })

  it('is max-min fair where flows make crowds, after each of 5,000 changes', () => {
    const model = new SharingModel(capacities, 4)
    const next = changesOf('crowds')
    let crowded = 0
    for (let i = 1; i <= 5_000; i++) {
      model.apply(next())
      expect(model.resolve()).toEqual([])
      crowded += model.crowded
    }
    expect(model.error()).toBeLessThan(1e-12)
    expect(crowded).toBeGreaterThan(1000)
  })

  it('is max-min fair after batches of changes that are resolved at once', () => {
    const model = new SharingModel(capacities)
    const next = changesOf('batches')
    for (let batch = 1; batch <= 1_000; batch++) {
      for (let i = 0; i < batch % 20; i++) model.apply(next())
      expect(model.resolve()).toEqual([])
    }
    expect(model.error()).toBeLessThan(1e-12)
  })
})
