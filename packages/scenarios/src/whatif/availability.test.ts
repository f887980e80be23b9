import { demandMatrix } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import { availability, moreThan } from './availability.ts'
import { Subject } from './subject.ts'

function compile(data: object): CompiledScenario {
  const compiled = compileScenario({ weft: 1, ...data })
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'))
  return compiled.value
}

/** One host either side of two switches with three links between them. */
const threeLinks = (up: object) => ({
  regions: {
    r: {
      fabric: {
        graph: {
          switches: ['a', 'b'],
          hosts: ['h', 'k'],
          links: [
            { between: ['a', 'b'], rate: '10Gbps', parallel: 3 },
            { between: ['h', 'a'], rate: '100Gbps' },
            { between: ['k', 'b'], rate: '100Gbps' },
          ],
        },
      },
    },
  },
  ...up,
})

const demandOf = (gbps: number) => (network: Subject['network']) =>
  demandMatrix([
    {
      source: network.topology.nodeIndex('r/h'),
      destination: network.topology.nodeIndex('r/k'),
      ipBps: gbps * 1e9,
    },
  ])

const Q = 0.1
const LINKS = { availability: [{ name: 'r/a:r/b*', up: '90%' }] }

describe('availability of demands', () => {
  it.each([
    ['any one of three links is enough', 5, 1 - Q ** 3],
    ['two of three are needed', 15, (1 - Q) ** 3 + 3 * Q * (1 - Q) ** 2],
    ['all three are needed', 25, (1 - Q) ** 3],
    ['more than all of them carry', 35, 0],
  ])('is that of k out of n: %s', async (_name, gbps, expected) => {
    const subject = new Subject(compile(threeLinks(LINKS)), demandOf(gbps))
    const answer = await availability(subject, { any: 3 })
    expect(answer).toMatchObject({ restOfTime: 0, parts: 3, per: 'pair', computed: 8 })
    expect(answer.rows).toHaveLength(1)
    expect(answer.rows[0]!.available.least).toBeCloseTo(expected, 12)
    expect(answer.rows[0]!.available.most).toBeCloseTo(expected, 12)
    for (const any of [0, 1, 2]) {
      const { rows, restOfTime } = await availability(subject, { any })
      const { least, most } = rows[0]!.available
      expect(most - least).toBeLessThanOrEqual(restOfTime + 1e-12)
      expect(least).toBeLessThanOrEqual(expected + 1e-12)
      expect(most).toBeGreaterThanOrEqual(expected - 1e-12)
    }
  })

  it('takes times between failures and of repairs, and what fails together', async () => {
    const risks = { risks: { trench: ['r/a:r/b', 'r/a:r/b#2', 'r/a:r/b#3'] } }
    const entries = [
      { of: 'risk', mtbf: '99h', mttr: '1h' },
      { name: 'r/h:r/a', up: '98%' },
    ]
    const subject = new Subject(compile(threeLinks({ ...risks, availability: entries })), demandOf(5))
    const { rows } = await availability(subject, { any: 2, target: 0.99 })
    expect(rows[0]!.available.least).toBeCloseTo(0.99 * 0.98, 12)
    expect(rows[0]).toMatchObject({ from: 'r/h', to: 'r/k', meetsTarget: false })
  })

  it('of whole traffics, by symmetry, is the least of what every pair alone is told', async () => {
    const fabric = {
      leafSpine: { leaves: 3, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
    }
    const scenario = compile({
      regions: { r: { fabric } },
      traffic: [{ name: 'all', between: 'all hosts', sizes: '100kB', load: '60%' }],
      availability: [
        { of: 'link', tier: 'fabric', up: '99%' },
        { of: 'switch', tier: 'spine', up: '99.5%' },
      ],
    })
    const pairs = await availability(new Subject(scenario))
    // as one entry per flow: too many pairs for rows of their own
    const { demand } = new Subject(scenario)
    const times = Math.ceil(10_001 / demand.source.length)
    const repeat = <Column extends { length: number; [index: number]: number }>(
      column: Column,
      share: number,
    ) => Array.from({ length: times * column.length }, (_, i) => column[i % column.length]! * share)
    const many = {
      classes: demand.classes,
      source: Int32Array.from(repeat(demand.source, 1)),
      destination: Int32Array.from(repeat(demand.destination, 1)),
      classOf: Uint16Array.from(repeat(demand.classOf, 1)),
      ipBps: Float64Array.from(repeat(demand.ipBps, 1 / times)),
      packetsPerSecond: Float64Array.from(repeat(demand.packetsPerSecond, 1 / times)),
      connectionsPerSecond: Float64Array.from(repeat(demand.connectionsPerSecond, 1 / times)),
    }
    const whole = await availability(new Subject(scenario, () => many))
    expect(whole).toMatchObject({ per: 'traffic', sets: pairs.sets, restOfTime: pairs.restOfTime })
    expect(whole.computed).toBeLessThan(pairs.computed)
    const mean = pairs.rows.reduce((sum, { available, ipBps }) => sum + available.most * ipBps, 0)
    const bps = pairs.rows.reduce((sum, { ipBps }) => sum + ipBps, 0)
    expect(whole.rows[0]!.served.most).toBeCloseTo(mean / bps, 9)
    expect(whole.rows[0]!.available.most).toBeLessThanOrEqual(pairs.rows[0]!.available.most)
  })

  it('states the probability of all that was not computed', () => {
    expect(moreThan(0, [0.5, 0.25])).toBeCloseTo(1 - 0.5 * 0.75, 15)
    expect(moreThan(1, [0.5, 0.25])).toBeCloseTo(0.125, 15)
    expect(moreThan(2, [0.5, 0.25])).toBe(0)
    // far below what 1 minus a sum could tell
    expect(
      moreThan(
        2,
        Array.from({ length: 4 }, () => 1e-8),
      ),
    ).toBeCloseTo(4e-24, 30)
  })
})
