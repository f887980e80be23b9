import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowSpec } from '../../sharing/flow-spec.ts'
import { FluidEngine } from '../../sharing/fluid-engine.ts'
import { AcknowledgementLoads } from './acknowledgement-loads.ts'

const DIRECTIONS = 6
const paths = fc.uniqueArray(fc.nat(DIRECTIONS - 1), { minLength: 1, maxLength: 3 })

/** Acknowledgements cost so much, in parts of what data does. */
const stories = (least: number, most: number) => {
  const path = fc.record({ there: paths, back: paths })
  const cost = fc.double({ min: least, max: most, noNaN: true })
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), path, cost }) },
    fc.record({ kind: fc.constant('stop' as const), at: fc.nat() }),
    fc.record({ kind: fc.constant('reroute' as const), at: fc.nat(), path, cost }),
    fc.record({
      kind: fc.constant('capacity' as const),
      direction: fc.nat(DIRECTIONS - 1),
      capacity: fc.constantFrom(0, 1, 10, 40),
    }),
  )
  return fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  })
}
type Story = ReturnType<typeof stories> extends fc.Arbitrary<infer T> ? T : never
interface Way {
  readonly there: readonly number[]
  readonly back: readonly number[]
}

/** What is known of a flow beside the solver's number. */
interface Known extends Way {
  readonly cost: number
}

class Play {
  readonly engine: FluidEngine
  readonly acknowledgements: AcknowledgementLoads
  readonly capacity = new Float64Array(DIRECTIONS).fill(10)
  readonly flows = new Map<number, Known>()
  readonly #spec = new FlowSpec()

  constructor(crowdMin?: number) {
    this.engine = new FluidEngine(crowdMin)
    for (const each of this.capacity) this.engine.solver.addResource(each)
    this.acknowledgements = new AcknowledgementLoads(this.engine, this.capacity)
  }

  start(way: Way, cost: number): void {
    this.engine.amount = 1e15
    const flow = this.engine.start(this.#specOf(way, cost))
    this.acknowledgements.start(flow)
    this.flows.set(flow, { ...way, cost })
  }

  step(step: Story[number][number]): void {
    if (step.kind === 'start') this.start(step.path, step.cost)
    else if (step.kind === 'capacity') {
      this.capacity[step.direction] = step.capacity
      this.acknowledgements.setCapacity(step.direction, step.capacity)
    } else if (this.flows.size > 0) {
      const flow = [...this.flows.keys()][step.at % this.flows.size]!
      const rate = this.acknowledgements.stop(flow)
      if (step.kind === 'stop') {
        this.engine.stop(flow)
        this.flows.delete(flow)
      } else {
        this.engine.solver.reroute(flow, this.#specOf(step.path, step.cost))
        this.acknowledgements.resume(flow, rate)
        this.flows.set(flow, { ...step.path, cost: step.cost })
      }
    }
  }

  /** By direction: what data takes, what acknowledgements take, and the highest rate among either. */
  loads() {
    const rows = Array.from({ length: DIRECTIONS }, () => ({ data: 0, acks: 0, dataRate: 0, ackRate: 0 }))
    for (const [flow, { there, back, cost }] of this.flows) {
      const rate = this.engine.solver.rateOf(flow)
      for (const direction of there) {
        rows[direction]!.data += rate
        rows[direction]!.dataRate = Math.max(rows[direction]!.dataRate, rate)
      }
      for (const direction of back) {
        rows[direction]!.acks += rate * cost
        rows[direction]!.ackRate = Math.max(rows[direction]!.ackRate, rate)
      }
    }
    return rows
  }

  #specOf({ there, back }: Way, cost: number): FlowSpec {
    const spec = this.#spec.clear()
    for (const direction of there) spec.cross(direction, 1)
    for (const direction of back) spec.cross(DIRECTIONS + direction, cost)
    return spec
  }
}

const near = (a: number, b: number) => a >= b - 1e-9 * Math.max(1, b)

function checkFits({ capacity }: Play, rows: ReturnType<Play['loads']>): void {
  rows.forEach(({ data, acks }, direction) => {
    expect(data + acks).toBeLessThanOrEqual(capacity[direction]! * (1 + 1e-9))
  })
}

/** Each flow has a direction that is full and where nobody has more: with its data, or with its acknowledgements. */
function checkHeld({ capacity, engine, flows }: Play, rows: ReturnType<Play['loads']>): void {
  const crossed = new Set([...flows.values()].flatMap(({ there }) => there))
  for (const [flow, { there, back }] of flows) {
    const rate = engine.solver.rateOf(flow)
    const isHeldThere = there.some((direction) => {
      const { data, acks, dataRate } = rows[direction]!
      // a hundredth of what is kept for acknowledgements may be left
      return near(data + acks / 0.99, capacity[direction]!) && near(rate, dataRate)
    })
    const isHeldBack = back.some((direction) => {
      const { acks, ackRate } = rows[direction]!
      const most = capacity[direction]! / (crossed.has(direction) ? 2 : 1)
      return near(acks, most) && near(rate, ackRate)
    })
    expect(isHeldThere || isHeldBack).toBe(true)
  }
}

describe('acknowledgements beside data', () => {
  it.each([
    ['a few hundredths of data', 0.02, 0.1, undefined],
    ['a few hundredths of data, in crowds as soon as two can', 0.02, 0.1, 2],
  ])(
    '%s: no direction is over its capacity, and each flow is held where nobody has more',
    (_, least, most, crowdMin) => {
      const property = fc.property(stories(least, most), (story) => {
        const play = new Play(crowdMin)
        for (const changes of story) {
          for (const change of changes) play.step(change)
          play.acknowledgements.settle()
          const rows = play.loads()
          checkFits(play, rows)
          checkHeld(play, rows)
        }
      })
      fc.assert(property, { numRuns: 150 })
    },
  )

  it('nearly as long as data: no direction is over its capacity', () => {
    const property = fc.property(stories(0.3, 0.95), (story) => {
      const play = new Play()
      for (const changes of story) {
        for (const change of changes) play.step(change)
        play.acknowledgements.settle()
        checkFits(play, play.loads())
      }
    })
    fc.assert(property, { numRuns: 150 })
  })
})
