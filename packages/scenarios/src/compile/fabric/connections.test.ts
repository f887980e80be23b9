import { describe, expect, it } from 'vitest'
import { leafSpine, region, type ScenarioOptions, scenario, traffic } from '../../index.ts'

const fabric = leafSpine({ leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '1Gbps', fabricLink: '1Gbps' })
type Connections = NonNullable<typeof fabric.connections>

const optionsWith = (
  connections: unknown,
  expectations: ScenarioOptions['expect'] = [],
): ScenarioOptions => ({
  regions: {
    a: region({ fabric: { ...fabric, connections: connections as Connections } }),
    b: region({ fabric, addresses: { hosts: '11.0.0.0/8' } }),
  },
  traffic: [traffic.allToAll({ hosts: 'a', sizes: '10kB', load: 0.1 })],
  expect: expectations,
})

/** By host: what it accepts. */
function limits(connections: unknown): Record<string, unknown> {
  const { nodes } = scenario(optionsWith(connections)).blueprint.network
  return Object.fromEntries(
    nodes.flatMap((node) =>
      node.kind === 'host' && node.connections !== undefined ? [[node.name, node.connections]] : [],
    ),
  )
}

describe('limits on connections', () => {
  it('are of all hosts of the region, and drop unless told otherwise', () => {
    const limit = { max: 5, whenFull: 'drop' }
    expect(limits({ max: 5 })).toEqual({
      'a/leaf-0/host-0': limit,
      'a/leaf-0/host-1': limit,
      'a/leaf-1/host-0': limit,
      'a/leaf-1/host-1': limit,
    })
  })

  it('are of some hosts, the last that names one', () => {
    expect(
      limits([
        { hosts: 'a/leaf-0', max: 5 },
        { hosts: 'a/*/host-1', max: 7, whenFull: 'reset', holding: '2s' },
      ]),
    ).toEqual({
      'a/leaf-0/host-0': { max: 5, whenFull: 'drop' },
      'a/leaf-0/host-1': { max: 7, whenFull: 'reset', holdingPs: 2e12 },
      'a/leaf-1/host-1': { max: 7, whenFull: 'reset', holdingPs: 2e12 },
    })
    expect(limits([{ hosts: 'a/leaf-0', max: 5 }])['b/leaf-0/host-0']).toBeUndefined()
  })

  it.each([
    [{ max: 0 }, '0 is too small; expected 1 or more'],
    [{ max: -3 }, '-3 is too small; expected 1 or more'],
    [{ max: 1.5 }, '1.5 is not a whole number'],
    [{ max: '15 connections' }, 'expected a whole number, got "15 connections"'],
    [{ max: 2_000_000 }, '2000000 is too large; expected 1000000 or less'],
    [{ whenFull: 'reset' }, 'missing key "max" in connections'],
    [{ max: 5, whenFull: 'wait' }, '"wait" is not known here; expected one of drop, reset'],
    [{ max: 5, holding: 2 }, 'needs a unit'],
    [{ max: 5, holding: '0s' }, '"0s" is zero; expected more than zero'],
    [{ max: 5, holding: '2 packets' }, '2 packets'],
    [{ max: 5, backlog: 3 }, 'nobody waits for a place'],
    [{ max: 5, hosts: 'a/leaf-0' }, 'limits of some hosts are a list'],
    [[{ max: 5 }], 'missing key "hosts"'],
    [[], 'connections'],
    [[{ hosts: 'b/leaf-0', max: 5 }], 'unknown host "b/leaf-0"; did you mean "a/leaf-0"?'],
    [[{ hosts: 'a/spine-*', max: 5 }], 'no host matches "a/spine-*"'],
  ])('refuse %j', (connections, message) => {
    expect(() => scenario(optionsWith(connections))).toThrow(message)
  })

  it('are wanted where something is expected of them', () => {
    const below = { metric: 'pool.refused', below: '1%' } as const
    expect(() => scenario(optionsWith(undefined, [below]))).toThrow(
      'no host limits the connections that it accepts; give "connections" to the fabric',
    )
    const some = [{ hosts: 'a/leaf-0', max: 5 }]
    expect(() => scenario(optionsWith(some, [{ ...below, host: 'a/leaf-1' }]))).toThrow(
      'none of these hosts limits the connections that it accepts',
    )
    const steady = { ...optionsWith(some, [below]), run: { clock: 'steady' } } as const
    expect(() => scenario(steady)).toThrow(
      'how long connections of a/leaf-0/host-0 last is not said, and the steady clock cannot tell',
    )
  })
})
