import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scenario } from '../index.ts'
import {
  assertConserved,
  assertDropsExplained,
  assertEnded,
  assertSameRun,
  shuffled,
  smallScenario,
} from './index.ts'

describe('any scenario', () => {
  it('conserves packets and flows, explains every drop, ends, and does so again; lists in any order', async () => {
    const property = fc.asyncProperty(
      smallScenario(),
      fc.string({ maxLength: 3 }),
      async (options, order) => {
        const result = await scenario(options).run()
        assertConserved(result)
        assertDropsExplained(result)
        assertEnded(result)
        assertSameRun(result, await scenario(options).run())
        assertSameRun(result, await scenario(shuffled(options, order)).run())
      },
    )
    await fc.assert(property, { numRuns: 15 })
  })
})

describe('the invariants', () => {
  const run = () => {
    const [options] = fc.sample(smallScenario(), { numRuns: 1, seed: 5 })
    return scenario(options!).run()
  }

  it('catch what they are for', async () => {
    const result = await run()
    const packets = { ...result.packets!, delivered: result.packets!.delivered + 1 }
    expect(() => assertConserved({ ...result, packets })).toThrow('packets are not conserved')
    const flows = result.flows.map((each) => ({ ...each, completed: each.completed + 1 }))
    expect(() => assertConserved({ ...result, flows })).toThrow('flows of t0 are not conserved')
    const [node] = result.network.nodes
    const drop = (reason: string, place: string) => [{ reason, place, packets: 1, firstPs: 0, lastPs: 0 }]
    expect(() => assertDropsExplained({ ...result, drops: drop('magic', node!.name) })).toThrow(
      'unknown drop reason',
    )
    expect(() => assertDropsExplained({ ...result, drops: drop('no-route', 'x') })).toThrow(
      'not in the network',
    )
    const silent = { ...result.packets!, dropped: 9 }
    expect(() => assertDropsExplained({ ...result, packets: silent, drops: [] })).toThrow('0 of 9 drops')
    expect(() => assertEnded({ ...result, partial: true })).toThrow('interrupted')
    expect(() => assertEnded({ ...result, simulatedPs: 1, packets: { ...packets, inFlight: 2 } })).toThrow(
      'under way',
    )
    expect(() => assertSameRun(result, { ...result, digest: '' })).toThrow('the runs differ')
  })

  it('shuffling keeps what is in the lists', () => {
    const [options] = fc.sample(smallScenario(), { numRuns: 1, seed: 8 })
    const sorted = (value: unknown) => JSON.stringify(value).split('').sort().join('')
    expect(sorted(shuffled(options!, 'a'))).toBe(sorted(options))
  })
})
