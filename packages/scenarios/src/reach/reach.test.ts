import { describe, expect, it } from 'vitest'
import { fail, graph, leafSpine, region, repair, type ScenarioOptions, scenario, traffic } from '../index.ts'
import { evaluateReach } from './evaluate-reach.ts'

const fabric = leafSpine({ leaves: 4, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '40Gbps' })
const regions = { r: region({ fabric, routing: { detection: '300us', convergence: '700us' } }) }
const MS = 1e9

const results = (options: Omit<ScenarioOptions, 'regions'> & Partial<ScenarioOptions>) => {
  const { compiled } = scenario({ regions, run: { for: '8ms' }, ...options })
  return evaluateReach(compiled, { untilPs: 16 * MS, source: 's.yaml' })
}

const ALL = { from: 'all hosts', to: 'all hosts' }
const outage = [fail('r/spine-1', '2ms'), repair('r/spine-1', '6ms')]

describe('reachable', () => {
  it('holds where every way arrives', () => {
    expect(results({ expect: [{ reachable: ALL }] })).toEqual([
      {
        text: 'reachable  all hosts to all hosts',
        metric: 'reachable',
        pass: true,
        measured: '56 pairs, all reached',
        bound: 'every way arrives',
        object: null,
        fromPs: null,
        toPs: null,
        hints: [],
      },
    ])
  })

  it('is broken while a dead member of a group takes its share, by the pair, the reason and the place', () => {
    // noticed 0.3 ms after the failure, routes 0.7 ms later; a repair takes no packet
    expect(results({ events: outage, expect: [{ reachable: ALL }] })).toMatchObject([
      {
        pass: false,
        measured: '48 of 56 pairs lose packets',
        object: 'r/leaf-0/host-0 → r/leaf-1/host-0, link-down at r/leaf-0 on 50% of its ways',
        fromPs: 2 * MS,
        toPs: 3 * MS,
        hints: [
          'see it: weft explain s.yaml --from r/leaf-0/host-0 --to r/leaf-1/host-0 --protocol tcp --port 80 --at 2ms',
        ],
      },
    ])
  })

  it('may leave that out, or be about other times', () => {
    const expectations = [
      { reachable: ALL, converged: true },
      { reachable: ALL, to: '2ms' },
      { reachable: ALL, from: '3ms' },
      { reachable: ALL, at: ['0s', '1.999ms', '3ms'] },
      { reachable: ALL, at: '2ms' },
      { reachable: ALL, from: '2.999ms' },
    ]
    const verdicts = results({ events: outage, expect: expectations })
    expect(verdicts.map(({ pass }) => pass)).toEqual([true, true, true, true, false, false])
    expect(verdicts.map(({ fromPs }) => fromPs).slice(4)).toEqual([2 * MS, 2.999 * MS])
  })

  it('is broken as long as a host has no link', () => {
    const events = [fail('r/leaf-0:r/leaf-0/host-1', '2ms')]
    expect(results({ events, expect: [{ reachable: ALL, converged: true }] })).toMatchObject([
      {
        measured: '14 of 56 pairs lose packets',
        fromPs: 3 * MS,
        toPs: 16 * MS,
        object: expect.stringContaining('no-route'),
      },
    ])
  })

  it('takes a family that both have', () => {
    const parts = {
      r: region({
        fabric: graph({
          switches: ['a'],
          hosts: ['h1', 'h2'],
          links: [
            { between: ['h1', 'a'], rate: '1Gbps' },
            { between: ['h2', 'a'], rate: '1Gbps' },
          ],
        }),
        addresses: { hosts: ['10.0.0.0/24', 'fd00::/64'] },
      }),
    }
    const expectations = (['ipv4', 'ipv6'] as const).map((family) => ({
      reachable: { from: 'r/h1', to: 'r/h2', family },
    }))
    expect(results({ regions: parts, expect: expectations }).map(({ pass }) => pass)).toEqual([true, true])
  })
})

describe('unreachable', () => {
  it('holds where no way arrives, and names what gets through', () => {
    const question = { from: 'r/leaf-0/host-0', to: ['r/leaf-0/host-1', 'r/leaf-1/host-0'], port: 443 }
    const events = [fail('r/leaf-0/host-0', '2ms'), repair('r/leaf-0/host-0', '4ms')]
    expect(
      results({
        events,
        expect: [{ unreachable: question, from: '2ms', to: '4ms' }, { unreachable: question }],
      }),
    ).toMatchObject([
      { pass: true, measured: '2 pairs, none reached' },
      {
        pass: false,
        measured: '2 of 2 pairs get through',
        bound: 'no way arrives',
        object: 'r/leaf-0/host-0 → r/leaf-0/host-1, arrives',
        fromPs: 0,
        toPs: 16 * MS,
      },
    ])
  })
})

describe('expectations of reach in a run', () => {
  const options = {
    regions,
    traffic: [
      traffic.stream({
        name: 's',
        from: 'r/leaf-0/host-0',
        to: 'r/leaf-1/host-0',
        rate: '1Gbps',
        packet: '1500B',
      }),
    ],
    events: outage,
    expect: [
      { reachable: ALL },
      { metric: 'stream.goodput' as const, atLeast: '1kbps' },
      { unreachable: { from: 'r/leaf-0', to: 'r/leaf-1' }, at: '2ms' },
    ],
    run: { for: '8ms' },
  }

  it('come in the order in which they were written, alike under all clocks', async () => {
    const [packet, flow] = await Promise.all(
      (['packet', 'flow'] as const).map((clock) => scenario(options).check({ clock })),
    )
    expect(packet!.result.expectations.map(({ metric }) => metric)).toEqual([
      'reachable',
      'stream.goodput',
      'unreachable',
    ])
    const reach = ({ result }: typeof packet & object) =>
      result.expectations.filter(({ metric }) => metric.endsWith('reachable'))
    expect(reach(packet!)).toEqual(reach(flow!))
    expect(packet!.failed.map(({ metric }) => metric)).toEqual(['reachable', 'unreachable'])
    expect(reach(packet!)[0]!.hints).toEqual([
      "see it: scenario.explain({ from: 'r/leaf-0/host-0', to: 'r/leaf-1/host-0', protocol: 'tcp', port: 80, at: '2ms' })",
    ])
  })

  it('leave the run itself as it is', async () => {
    const { expect: _, ...rest } = options
    const [a, b] = await Promise.all([scenario(options).run(), scenario(rest).run()])
    expect(a!.digest).toBe(b!.digest)
  })
})
