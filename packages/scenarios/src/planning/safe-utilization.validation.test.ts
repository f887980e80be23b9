import { describe, expect, it } from 'vitest'
import { leafSpine, region } from '../builders/fabric.ts'
import { scenario } from '../builders/scenario.ts'

const DEMANDS = [{ from: 'r', to: 'r', rateBps: 1e12 }]

/** Uplinks are the narrowest: what hosts send fits their links at any of these sizes. */
const fabric = (spines: number) =>
  scenario({
    regions: {
      r: region({
        fabric: leafSpine({ leaves: 4, spines, hostsPerLeaf: 8, hostLink: '800Gbps', fabricLink: '100Gbps' }),
      }),
    },
    plan: { limits: { failure: '100%' } },
  })

/** How full uplinks may be, with everything up, for any so many spines to be spared. */
async function safeUtilization(spines: number, failures: number): Promise<number> {
  const of = 'switch/spine'
  const { baseline, worst } = await fabric(spines).whatIf({ any: failures, of, demands: DEMANDS })
  const { failed, worst: link, unreachableBps } = worst[0]!
  expect(failed).toHaveLength(failures)
  return unreachableBps > 0 ? 0 : baseline.worst!.utilization / link!.utilization
}

describe('safe utilization of S equal spines', () => {
  it.each([
    [2, 0.5],
    [4, 0.75],
    [8, 0.875],
    [16, 0.9375],
  ])('row 20: one of %i may fail at %f', async (spines, expected) => {
    expect(await safeUtilization(spines, 1)).toBeCloseTo(expected, 12)
    const { resources, failure } = await fabric(spines).plan({ demands: DEMANDS })
    const uplink = resources.find(({ tier }) => tier === 'fabric')!
    expect(failure!.growth * uplink.utilization).toBeCloseTo(expected, 12)
  })

  it.each([
    [2, 0],
    [4, 0.5],
    [8, 0.75],
    [16, 0.875],
  ])('row 20: two of %i may fail at %f', async (spines, expected) => {
    expect(await safeUtilization(spines, 2)).toBeCloseTo(expected, 12)
  })
})
