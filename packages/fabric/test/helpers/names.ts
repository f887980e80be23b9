import { SECOND, US } from '@weft/core'
import type { Blueprint, EventBlueprint } from '../../src/blueprint/blueprint.ts'
import { graph } from '../../src/blueprint/generators/graph.ts'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { TrafficBlueprint } from '../../src/blueprint/traffic.ts'
import type { Records } from '../../src/dns/index.ts'
import type { NameClientsBlueprint, NamesBlueprint, ResolverBlueprint } from '../../src/names/index.ts'
import { networkOf, plainLink } from './networks.ts'

export const NAME = 'shop.example'
export const TTL_PS = 30 * SECOND
export const CHANGE_PS = 60 * SECOND

const CACHE = { capacity: 100 }

export interface Named {
  readonly clients: number
  readonly resolver?: Partial<ResolverBlueprint>
  readonly group?: Partial<NameClientsBlueprint>
  readonly records?: readonly Records[]
}

/** Clients `r/s/c0` ... and servers `r/s/v0` to `r/s/v2` around a switch; a name that is the first server's for 30 s at a time. */
export function namedNetwork({ clients, resolver, group, records }: Named): NetworkBlueprint & {
  readonly names: NamesBlueprint
} {
  const hosts = [...Array.from({ length: clients }, (_, i) => `c${i}`), 'v0', 'v1', 'v2']
  const network = networkOf(
    graph({
      region: 'r',
      switches: [{ name: 's', tier: 'any', ecmp: { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } }],
      hosts: hosts.map((name) => ({ name, bond: false })),
      links: hosts.map((name) => ({ between: [name, 's'], options: plainLink(10e9, US) })),
    }),
  )
  const ofClients = network.nodes.map(({ name }) => name).filter((name) => /\/c\d+$/.test(name))
  const names: NamesBlueprint = {
    authorities: [
      {
        name: 'world',
        zones: [
          {
            origin: '.',
            soa: { ttlPs: 10 * SECOND, minimumPs: 10 * SECOND },
            records: records ?? [record(addressOf(network, 'v0'))],
          },
        ],
      },
    ],
    resolvers: [
      {
        name: 'resolver',
        isPerHost: true,
        ...CACHE,
        upstreams: [{ suffix: '.', to: 'world', delay: { kind: 'constant', ps: 20_000 * US } }],
        ...resolver,
      },
    ],
    clients: [
      {
        hosts: ofClients,
        resolver: 'resolver',
        delay: { kind: 'constant', ps: 500 * US },
        search: [],
        ndots: 1,
        library: 'glibc',
        cache: CACHE,
        answers: 'rotated',
        ...group,
      },
    ],
  }
  return { ...network, names }
}

export const record = (...values: string[]): Records => ({ name: NAME, type: 'A', ttlPs: TTL_PS, values })

/** Of a host by the end of its name. */
export function addressOf({ nodes }: NetworkBlueprint, short: string): string {
  const host = nodes.find((node) => node.kind === 'host' && node.name.endsWith(`/${short}`))!
  return (host as Extract<typeof host, { kind: 'host' }>).interfaces[0]!.addresses[0]!
}

export const moveTo = (address: string, atPs = CHANGE_PS): EventBlueprint => ({
  atPs,
  action: 'change-records',
  target: NAME,
  authority: 'world',
  remove: [],
  put: [record(address)],
})

/** Flows of 1000 bytes from every client to a name. */
export function calls(
  { names }: { readonly names: NamesBlueprint },
  offered: Partial<Extract<TrafficBlueprint['offered'], { kind: 'flows' }>> = {},
  name = NAME,
): TrafficBlueprint {
  return {
    name: 'calls',
    pairs: { kind: 'to-name', from: names.clients[0]!.hosts, name },
    offered: {
      kind: 'flows',
      sizes: { kind: 'constant', bytes: 1000 },
      rate: { flowsPerSecond: 0.5 },
      startPs: 0,
      ...offered,
    },
    transport: { kind: 'tcp', options: {} },
    dscp: 0,
    priority: 0,
    family: 'ipv4',
    port: 80,
  }
}

export const blueprintOf = (
  network: NetworkBlueprint,
  traffic: readonly TrafficBlueprint[],
  events: readonly EventBlueprint[] = [],
): Blueprint => ({ name: 'names', seed: 'names', network, traffic, events })
