import { describe, expect, it } from 'vitest'
import { FlowSpec } from '../../sharing/flow-spec.ts'
import { FluidEngine } from '../../sharing/fluid-engine.ts'
import { AcknowledgementLoads } from './acknowledgement-loads.ts'

const FAST = 0
const SLOW = 1

/** Two directions, of 100 and of 1. */
function twoDirections() {
  const capacity = new Float64Array([100, 1])
  const engine = new FluidEngine()
  for (const each of capacity) engine.solver.addResource(each)
  const acknowledgements = new AcknowledgementLoads(engine, capacity)
  const start = (there: number, back: number, cost: number) => {
    engine.amount = 1e9
    const flow = engine.start(new FlowSpec().cross(there, 1).cross(capacity.length + back, cost))
    acknowledgements.start(flow)
    return flow
  }
  const rates = (...flows: number[]) => {
    acknowledgements.settle()
    return flows.map((flow) => engine.solver.rateOf(flow))
  }
  const stop = (flow: number) => {
    acknowledgements.stop(flow)
    engine.stop(flow)
  }
  return { acknowledgements, rates, start, stop }
}

describe('a flow whose acknowledgements come back through a slow direction', () => {
  it('is not held to the rate of data there, which has what they leave', () => {
    const { rates, start } = twoDirections()
    const [fast, slow] = rates(start(FAST, SLOW, 0.002), start(SLOW, FAST, 0.002))
    // 100 × 0.002 are kept there, and a two-hundredth more; what comes back here is 0.0016
    expect(fast).toBeCloseTo(100 - 0.0016, 4)
    expect(slow).toBeCloseTo(1 - 0.2 * 1.005, 4)
  })

  it('is held where they fill it, and to half of it where data comes', () => {
    const { rates, start, stop } = twoDirections()
    const fast = start(FAST, SLOW, 0.05)
    expect(rates(fast)).toEqual([20])
    const slow = start(SLOW, FAST, 0.05)
    const [heldBack, beside] = rates(fast, slow)
    expect(heldBack).toBe(10)
    expect(beside).toBeCloseTo(1 - 0.5 * 1.005, 9)
    stop(slow)
    expect(rates(fast)).toEqual([20])
  })

  it('leaves all of it to data once it has ended', () => {
    const { rates, start, stop } = twoDirections()
    const fast = start(FAST, SLOW, 0.002)
    const slow = start(SLOW, FAST, 0.002)
    rates(fast, slow)
    stop(fast)
    expect(rates(slow)).toEqual([1])
  })

  it('stops where it is cut, and goes on', () => {
    const { acknowledgements, rates, start } = twoDirections()
    const fast = start(FAST, SLOW, 0.002)
    rates(fast)
    acknowledgements.setCapacity(SLOW, 0)
    expect(rates(fast)).toEqual([0])
    acknowledgements.setCapacity(SLOW, 1)
    expect(rates(fast)).toEqual([100])
  })
})
