import fc from 'fast-check'
import { FlowSpec } from './flow-spec.ts'
import { type FlowId, OWN_CAP, type ResourceId, SharingSolver } from './sharing-solver.ts'
import { type OracleFlow, waterFill } from './water-filling.oracle.ts'

type Path = OracleFlow['path']

/** A change of a network under test; numbers of flows and resources are taken modulo how many there are. */
export type Change =
  | { kind: 'add'; flow: OracleFlow }
  | { kind: 'remove'; flow: number }
  | { kind: 'reroute'; flow: number; path: Path }
  | { kind: 'cap'; flow: number; cap: number }
  | { kind: 'weight'; flow: number; weight: number }
  | { kind: 'capacity'; resource: number; capacity: number }
  | { kind: 'resolve' }

interface Numbers {
  readonly capacity: fc.Arbitrary<number>
  readonly weight: fc.Arbitrary<number>
  readonly cap: fc.Arbitrary<number>
  readonly cost: fc.Arbitrary<number>
}

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true })

/** Few values, and so many ties. */
export const tied: Numbers = {
  capacity: fc.constantFrom(0, 8, 8, 16, 16, 32, 64),
  weight: fc.constantFrom(1, 1, 1, 2),
  cap: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 1, 4, 8),
  cost: fc.constantFrom(1, 1, 1, 2),
}

/** Values of which hardly two are equal. */
export const mixed: Numbers = {
  capacity: fc.oneof(real(0.1, 100), fc.constant(0), real(50, 51)),
  weight: real(0.1, 10),
  cap: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.constant(0), real(0.01, 30)),
  cost: real(0.5, 4),
}

export const flowOf = ({ weight, cap, cost }: Numbers, resources: number): fc.Arbitrary<OracleFlow> =>
  fc.record({ weight, cap, path: pathOf(cost, resources) })

const pathOf = (cost: fc.Arbitrary<number>, resources: number): fc.Arbitrary<Path> =>
  fc.array(fc.tuple(fc.nat(resources - 1), cost), { minLength: 1, maxLength: 5 })

export const changesOf = (numbers: Numbers, resources: number): fc.Arbitrary<Change> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('add'), flow: flowOf(numbers, resources) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), flow: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('reroute'),
        flow: fc.nat(),
        path: pathOf(numbers.cost, resources),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('cap'), flow: fc.nat(), cap: numbers.cap }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('weight'), flow: fc.nat(), weight: numbers.weight }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('capacity'),
        resource: fc.nat(),
        capacity: numbers.capacity,
      }),
    },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('resolve') }) },
  )

/** A solver and, beside it, what it has been told. */
export class SharingModel {
  readonly solver: SharingSolver
  readonly capacities: number[] = []
  readonly flows = new Map<FlowId, OracleFlow>()
  /** Flows that `changed` has to name although their rate may be the same. */
  #renewed = new Set<FlowId>()
  #ratesBefore = new Map<FlowId, number>()
  readonly #spec = new FlowSpec()

  constructor(capacities: readonly number[], crowdMin?: number) {
    this.solver = new SharingSolver(crowdMin)
    for (const capacity of capacities) {
      this.solver.addResource(capacity)
      this.capacities.push(capacity)
    }
  }

  add(flow: OracleFlow): FlowId {
    const id = this.solver.addFlow(this.specOf(flow))
    if (this.flows.has(id)) throw new Error(`flow ${id} was given twice`)
    this.flows.set(id, flow)
    this.#renewed.add(id)
    return id
  }

  remove(id: FlowId): void {
    this.solver.removeFlow(id)
    this.flows.delete(id)
    this.#renewed.delete(id)
    this.#ratesBefore.delete(id)
  }

  /** Everything but `resolve`. */
  apply(change: Change): void {
    if (change.kind === 'add') this.add(change.flow)
    else if (change.kind === 'capacity')
      this.#setCapacity(change.resource % this.capacities.length, change.capacity)
    else if (change.kind !== 'resolve' && this.flows.size > 0) {
      const id = [...this.flows.keys()][change.flow % this.flows.size]!
      const flow = this.flows.get(id)!
      if (change.kind === 'remove') this.remove(id)
      if (change.kind === 'cap') {
        this.solver.setCap(id, change.cap)
        this.flows.set(id, { ...flow, cap: change.cap })
      }
      if (change.kind === 'weight') {
        this.solver.setWeight(id, change.weight)
        this.flows.set(id, { ...flow, weight: change.weight })
        this.#renewed.add(id)
      }
      if (change.kind === 'reroute') {
        this.flows.set(id, { ...flow, path: change.path })
        this.solver.reroute(id, this.specOf(this.flows.get(id)!))
      }
    }
  }

  /** Resolves and answers what is wrong with the result. */
  resolve(): string[] {
    const { solver } = this
    solver.resolve()
    const changed = new Set(solver.changed.subarray(0, solver.changedCount))
    const moved = new Set(solver.moved.subarray(0, solver.movedCount))
    const wrong = [...this.flows.keys()].filter((id) => {
      const hasChanged = this.#renewed.has(id) || this.#ratesBefore.get(id) !== solver.rateOf(id)
      const isNamed = changed.has(solver.rowOf(id)) || moved.has(id)
      // a flow that came to another row need not have changed, nor one that shares it: levels differ before rates do
      const isSingle = solver.rowOf(id) === id && !moved.has(id)
      return isSingle ? hasChanged !== isNamed : hasChanged && !isNamed
    })
    const strangers = [...changed].filter((row) => !this.flows.has(row) && !this.#stands(row))
    this.#renewed.clear()
    this.#ratesBefore = new Map([...this.flows.keys()].map((id) => [id, solver.rateOf(id)]))
    return [
      ...(wrong.length === 0 ? [] : [`changed, or not: ${wrong}; named were ${[...changed]}`]),
      ...(strangers.length === 0 ? [] : [`named without being there: ${strangers}`]),
      ...this.breaches(),
    ]
  }

  /** Flows that are not a row of their own. */
  get crowded(): number {
    return [...this.flows.keys()].filter((id) => this.solver.rowOf(id) !== id).length
  }

  #stands(row: number): boolean {
    return [...this.flows.keys()].some((id) => this.solver.rowOf(id) === row)
  }

  /** Where the allocation is not max-min fair: the conditions that mark the only one that is. */
  breaches(slack = 1e-11): string[] {
    const { solver } = this
    const found: string[] = []
    const loads = this.capacities.map(() => 0)
    const tops = this.capacities.map(() => 0)
    for (const [id, { weight, path }] of this.flows) {
      for (const [resource, cost] of path) {
        loads[resource] = loads[resource]! + cost * solver.rateOf(id)
        tops[resource] = Math.max(tops[resource]!, solver.rateOf(id) / weight)
      }
    }
    this.capacities.forEach((capacity, resource) => {
      if (loads[resource]! > capacity * (1 + slack)) found.push(`resource ${resource} is over its capacity`)
      const given = solver.loadOf(resource)
      if (Math.abs(given - loads[resource]!) > slack * given) found.push(`load of ${resource}: got ${given}`)
    })
    for (const [id, { weight, cap, path }] of this.flows) {
      const rate = solver.rateOf(id)
      const held = solver.bottleneckOf(id)
      if (rate > cap * (1 + slack)) found.push(`flow ${id} is over its cap`)
      const isHeld =
        held === OWN_CAP
          ? rate >= cap * (1 - slack)
          : path.some(([resource]) => resource === held) &&
            loads[held]! >= this.capacities[held]! * (1 - slack) &&
            rate / weight >= tops[held]! * (1 - slack)
      if (!isHeld) found.push(`flow ${id} at ${rate} is not held by ${held}`)
    }
    return found
  }

  /** The largest difference from the oracle's rates, relative to them. */
  error(): number {
    const wanted = waterFill(this.capacities, [...this.flows.values()])
    return [...this.flows.keys()].reduce((worst, id, i) => {
      const difference = Math.abs(this.solver.rateOf(id) - wanted[i]!)
      return Math.max(worst, difference === 0 ? 0 : difference / wanted[i]!)
    }, 0)
  }

  specOf({ weight, cap, path }: OracleFlow): FlowSpec {
    const spec = this.#spec.clear()
    spec.weight = weight
    spec.cap = cap
    for (const [resource, cost] of path) spec.cross(resource, cost)
    return spec
  }

  #setCapacity(resource: ResourceId, capacity: number): void {
    this.solver.setCapacity(resource, capacity)
    this.capacities[resource] = capacity
  }
}
