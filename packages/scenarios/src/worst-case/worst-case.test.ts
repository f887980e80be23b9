import { describe, expect, it } from 'vitest'
import { fatTree, graph, leafSpine, region } from '../builders/fabric.ts'
import { scenario } from '../builders/scenario.ts'
import { worstCase, type WorstCaseOptions } from './worst-case.ts'

const network = (fabric: Parameters<typeof region>[0]['fabric']) =>
  scenario({ regions: { ord1: region({ fabric }) } }).blueprint.network

const FABRIC = network(
  leafSpine({ leaves: 4, spines: 4, hostsPerLeaf: 8, hostLink: '100Gbps', fabricLink: '100Gbps' }),
)

/** Two sites with two hosts each, and one link between them. */
const SITES = network(
  graph({
    switches: ['east', 'west'],
    hosts: ['e0', 'e1', 'w0', 'w1'],
    links: [
      { between: ['east', 'west'], rate: '100Gbps', delay: '5ms' },
      ...(['e0', 'e1', 'w0', 'w1'] as const).map((host) => ({
        between: [host, host.startsWith('e') ? 'east' : 'west'] as [string, string],
        rate: '100Gbps' as const,
        delay: '1us' as const,
      })),
    ],
  }),
)

const WIRE = 1538 / 1500

const worst = async (options: WorstCaseOptions, of = FABRIC) => (await worstCase(of, options)).directions[0]!

describe('worst-case traffic', () => {
  it('of a fabric of 2:1 loads its uplinks twice; without a spine, by a third more', async () => {
    expect((await worst({})).utilization).toBeCloseTo(2, 12)
    const one = await worst({ any: { count: 1, of: 'switch' } })
    expect(one.utilization).toBeCloseTo(8 / 3, 12)
    expect(one.failed).toEqual(['ord1/spine-0'])
    const two = await worst({ any: { count: 2, of: 'link' } })
    expect(two.utilization).toBeCloseTo(4, 12)
    expect(two.failed).toEqual(['ord1/leaf-0:ord1/spine-0', 'ord1/leaf-0:ord1/spine-1'])
    const edge = await worst({ any: { count: 1, of: 'link/host' } })
    expect(edge).toMatchObject({ utilization: one.utilization * 0.75, failed: [] })
  })

  it('keeps to limits of hosts, in bit/s of IP packets or as a share of the interface', async () => {
    const limits = [{ hosts: '**', send: { share: 0.25 }, receive: { bps: 10e9 } }]
    const both = await worstCase(FABRIC, { limits, links: ['ord1/leaf-0:ord1/spine-0'] })
    const loads = new Map(both.directions.map(({ direction, loadBps }) => [direction, loadBps]))
    expect(loads.get('ord1/leaf-0 → ord1/spine-0')).toBeCloseTo(50e9, 0)
    expect(loads.get('ord1/spine-0 → ord1/leaf-0')).toBeCloseTo(20e9 * WIRE, 0)
    const few = [
      { hosts: '**', send: { bps: 0 } },
      { hosts: 'ord1/leaf-0/host-0', send: { bps: 10e9 } },
    ]
    const only = await worst({ limits: few, links: ['ord1/leaf-0:ord1/spine-0'] })
    expect(only.loadBps).toBeCloseTo((10e9 * WIRE) / 4, 0)
    expect(only).toMatchObject({ senders: 1, direction: 'ord1/leaf-0 → ord1/spine-0' })
  })

  it('keeps to limits of sites, which leave traffic within a site alone', async () => {
    const sites = [{ hosts: 'ord1/e*', sendBps: 30e9, receiveBps: 20e9 }]
    const answer = await worstCase(SITES, { sites })
    const loads = new Map(answer.directions.map(({ direction, loadBps }) => [direction, loadBps]))
    expect(loads.get('ord1/east → ord1/west')).toBeCloseTo(30e9 * WIRE, 0)
    expect(loads.get('ord1/west → ord1/east')).toBeCloseTo(20e9 * WIRE, 0)
    expect(loads.get('ord1/e0 → ord1/east')).toBeCloseTo(100e9, 0)
  })

  it('says what it covered', async () => {
    const { covered, partial } = await worstCase(FABRIC, { any: { count: 2, of: 'link' } })
    expect(covered).toMatchObject({ hosts: 32, links: 48, directions: 96, failures: 2, of: 'link' })
    expect(covered.sets).toBe(1 + 48 + (48 * 47) / 2)
    expect(covered.setsRouted).toBeLessThan(20)
    expect(partial).toBe(false)
  })

  it('answers with what it has when it is interrupted', async () => {
    const signal = AbortSignal.abort()
    const { covered, partial, directions } = await worstCase(FABRIC, {
      any: { count: 2, of: 'link' },
      signal,
    })
    expect({ partial, routed: covered.setsRouted }).toEqual({ partial: true, routed: 1 })
    expect(directions[0]!.utilization).toBeCloseTo(2, 12)
  })

  it('of a fat-tree with 1,024 hosts is 100 % on every link', { timeout: 60_000 }, async () => {
    const { directions } = await worstCase(
      network(fatTree({ k: 16, hostLink: '10Gbps', fabricLink: '10Gbps' })),
    )
    expect(directions.map(({ alike }) => alike)).toEqual(Array<number>(6).fill(1024))
    for (const { utilization } of directions) expect(utilization).toBeCloseTo(1, 9)
  })

  it.each<[string, WorstCaseOptions, string]>([
    ['an unknown link', { links: ['ord1/leaf-0:ord1/spin-0'] }, 'did you mean "ord1/leaf-0:ord1/spine-0"?'],
    ['a pattern without hosts', { limits: [{ hosts: 'nobody' }] }, 'no host matches "nobody"'],
    [
      'a negative limit',
      { limits: [{ hosts: '**', send: { bps: -1 } }] },
      'is -1, expected a rate of 0 or more',
    ],
    ['no rate', { sites: [{ hosts: '**', sendBps: NaN, receiveBps: 1 }] }, 'is NaN, expected a rate'],
    ['too many failures', { any: { count: 9, of: 'link' } }, 'is 9, expected how many may fail'],
    [
      'an unknown kind',
      { any: { count: 1, of: 'cable' } },
      'unknown kind "cable"; expected link, switch, host or risk',
    ],
    [
      'an unknown tier',
      { any: { count: 1, of: 'switch/core' } },
      'no switch of tier "core"; tiers are leaf, spine',
    ],
    ['packets of nothing', { packetBytes: 0 }, 'is 0, expected 1 to 65535 bytes'],
  ])('refuses %s', async (_, options, message) => {
    await expect(worstCase(FABRIC, options)).rejects.toThrow(message)
  })
})
