import { randomStream, Simulation, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareLimit } from '../../test/helpers/statistics.ts'
import { OneOfGroup } from '../model/selector.ts'
import { FlowletSelector } from './flowlet.ts'
import { TestPacket } from './test-packets.fixture.ts'

const GAP = 50 * US

function setUp() {
  const test = new TestPacket()
  const sim = new Simulation()
  const selector = new FlowletSelector(sim, test.packets, randomStream('flowlet', 'leaf-0/ecmp'), 1, GAP)
  /** The member for a flow's packet at a time. */
  const at = (timePs: number, group: OneOfGroup, flow = 0) => {
    sim.now = timePs
    return selector.select(group, test.tuple(1, 2, flow))
  }
  return { at, selector, test }
}

const four = new OneOfGroup([0, 1, 2, 3], [1, 1, 1, 1])

describe('flowlets', () => {
  it('stay on their member as long as no pause exceeds the gap', () => {
    const { at } = setUp()
    const first = at(0, four)
    // every pause is the gap itself, for 1,000 times the gap in all
    for (let i = 1; i <= 1000; i++) expect(at(i * GAP, four)).toBe(first)
  })

  it('draw a member anew after a longer pause, evenly', () => {
    const { at } = setUp()
    const counts = new Int32Array(16)
    let before = at(0, four)
    for (let i = 1; i <= 20_000; i++) {
      const now = at(i * (GAP + 1), four)
      counts[before * 4 + now]!++
      before = now
    }
    expect(chiSquare(counts, new Float64Array(16).fill(20_000 / 16))).toBeLessThan(chiSquareLimit(15))
  })

  it('leave a member that has left the group at once', () => {
    const { at } = setUp()
    const first = at(0, four)
    const rest = new OneOfGroup(
      [0, 1, 2, 3].filter((member) => member !== first),
      [1, 1, 1],
    )
    const second = at(1, rest)
    expect(second).not.toBe(first)
    expect(at(2, rest)).toBe(second)
  })

  it('preview the member of a live flowlet, and no other', () => {
    const { at, selector, test } = setUp()
    expect(selector.preview(four, test.tuple(1, 2, 7))).toBeUndefined()
    const member = at(0, four, 7)
    expect(selector.preview(four, test.tuple(1, 2, 7))).toBe(member)
  })
})
