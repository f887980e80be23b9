import { describe, expect, it } from 'vitest'
import { graph, region } from '../builders/fabric.ts'
import { scenario, type ScenarioOptions } from '../builders/scenario.ts'

const DEMANDS = [{ from: 'r/h', to: 'r/k', rateBps: 1e9 }]
const UP = 0.999

/** Switches in a row with hosts at its ends, so many links from each switch to the next, every link fast enough for all. */
const row = (
  switches: readonly string[],
  parallel: number,
  availability: NonNullable<ScenarioOptions['availability']>,
) =>
  scenario({
    regions: {
      r: region({
        fabric: graph({
          switches: [...switches],
          hosts: ['h', 'k'],
          links: [
            ...switches.slice(1).map((to, i) => ({
              between: [switches[i]!, to] as [string, string],
              rate: '10Gbps',
              parallel,
            })),
            { between: ['h', switches[0]!], rate: '10Gbps' },
            { between: [switches.at(-1)!, 'k'], rate: '10Gbps' },
          ],
        }),
      }),
    },
    availability,
  })

describe('availability', () => {
  it.each([
    ['share of time', { up: '99.9%' }],
    ['mean times', { mtbf: '999h', mttr: '1h' }],
  ])('row 60: two links in parallel, each up 99.9 %%, by %s', async (_, up) => {
    const pair = row(['a', 'b'], 2, [{ name: 'r/a:r/b*', ...up }])
    const { rows } = await pair.availability({ any: 2, demands: DEMANDS })
    expect(rows[0]!.available.least.toFixed(6)).toBe('0.999999')
    expect(rows[0]!.available.least).toBeCloseTo(1 - (1 - UP) ** 2, 12)
    expect(rows[0]!.available.most).toBeCloseTo(1 - (1 - UP) ** 2, 12)
  })

  it('row 60: three switches in a row, each up 99.9 %', async () => {
    const chain = row(['a', 'b', 'c'], 1, [{ of: 'switch', up: '99.9%' }])
    const { rows } = await chain.availability({ any: 3, demands: DEMANDS })
    expect(rows[0]!.available.least.toFixed(6)).toBe('0.997003')
    expect(rows[0]!.available.least).toBeCloseTo(UP ** 3, 12)
    expect(rows[0]!.available.most).toBeCloseTo(UP ** 3, 12)
  })
})
