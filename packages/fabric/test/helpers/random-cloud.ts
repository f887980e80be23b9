import { US } from '@weft/core'
import fc from 'fast-check'
import { attachInternet, gatewayNames } from '../../src/blueprint/generators/internet.ts'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { EdgeBlueprint } from '../../src/edge/edge-blueprint.ts'
import type { ServiceBlueprint } from '../../src/load-balancer/service-blueprint.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../src/model/packet-table.ts'
import type { Policy } from '../../src/policy/policy-blueprint.ts'
import type { Demand, DemandClass } from '../../src/traffic/demand/demand-matrix.ts'
import { networks } from './arbitraries.ts'
import { plainLink } from './networks.ts'

export const OUTSIDE = '198.51.100.1'
const [POOL, PUBLIC, FLOATING] = ['203.0.113.1', '203.0.113.80', '203.0.113.99']
const [CLUSTER_IP, EXTERNAL, BALANCED, STAND_IN] = ['10.96.0.10', '10.97.0.10', '10.96.0.20', '10.200.0.1']
const [PORT, TARGET, NODE_PORT] = [80, 8080, 30_080]

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Any graph with workloads, two gateways, a service in every way that there is to reach one, and policies. */
export const clouds = fc
  .record({
    inside: networks({ hostsMax: 5, switchesMax: 4 }),
    place: fc.constantFrom('gateways' as const, 'hosts' as const, 'none' as const),
    attachedTo: fc.array(fraction, { minLength: 1, maxLength: 3 }),
    externalPolicy: fc.constantFrom('cluster' as const, 'local' as const),
    isKnownInside: fc.boolean(),
    endpoints: fc.array(fraction, { minLength: 1, maxLength: 3 }),
    policies: fc.array(
      fc.record({
        subject: fraction,
        from: fraction,
        ports: fc.uniqueArray(fc.constantFrom(PORT, TARGET, 7), { minLength: 1 }),
        isIngress: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
    stopped: fc.array(fraction, { maxLength: 1 }),
    floating: fraction,
    isFloatingFirst: fc.boolean(),
  })
  .map(({ inside, place, ...drawn }) => cloudOf(inside, place, drawn))
  .filter((cloud) => cloud !== undefined)

interface Drawn {
  readonly attachedTo: readonly number[]
  readonly externalPolicy: 'cluster' | 'local'
  /** Servers know the public address of the service, and lead clients from inside themselves. */
  readonly isKnownInside: boolean
  readonly endpoints: readonly number[]
  readonly policies: readonly {
    readonly subject: number
    readonly from: number
    readonly ports: readonly number[]
    readonly isIngress: boolean
  }[]
  readonly stopped: readonly number[]
  readonly floating: number
  /** Who has a public address of its own sends from that to everybody. */
  readonly isFloatingFirst: boolean
}

const at = <T>(of: readonly T[], where: number): T => of[Math.floor(where * of.length)]!

/** Undefined where the graph has no workloads. */
function cloudOf(
  inside: NetworkBlueprint,
  place: 'gateways' | 'hosts' | 'none',
  drawn: Drawn,
): NetworkBlueprint | undefined {
  const names = (kind: string) => inside.nodes.flatMap((node) => (node.kind === kind ? [node.name] : []))
  const workloads = names('host').filter((name) => name.startsWith('w/'))
  if (workloads.length === 0) return undefined
  const floating = at(workloads, drawn.floating)
  const nodes = inside.nodes.map((node) => {
    if (node.kind !== 'host' || node.name !== floating || place === 'none') return node
    const [first, ...others] = node.interfaces
    const { addresses } = first!
    const all = drawn.isFloatingFirst ? [FLOATING, ...addresses] : [...addresses, FLOATING]
    return { ...node, interfaces: [{ ...first!, addresses: all }, ...others] }
  })
  const switches = [...new Set(drawn.attachedTo.map((where) => at(names('switch'), where)))]
  const region = {
    region: 'r',
    gateways: 2,
    switches,
    fabricLink: plainLink(10e9, US),
    internetLink: plainLink(8e9, US),
  }
  const parts =
    place === 'none'
      ? { nodes, links: inside.links }
      : attachInternet(
          { nodes, links: inside.links },
          [region],
          [{ name: 'internet/client', addresses: [OUTSIDE] }],
        )
  const service = (name: string, addresses: readonly string[], nodePort?: number): ServiceBlueprint => ({
    name,
    addresses,
    balancer: { kind: 'random' },
    policy: 'cluster',
    externalPolicy: drawn.externalPolicy,
    ports: [PROTOCOL_TCP, PROTOCOL_UDP].map((protocol) => ({
      protocol,
      port: PORT,
      ...(nodePort !== undefined && { nodePort }),
      endpoints: endpointsOf(inside, workloads, drawn),
    })),
  })
  const edge: EdgeBlueprint = {
    region: 'r',
    gateways: gatewayNames(region),
    place: place === 'none' ? 'gateways' : place,
    nat: { pool: { addresses: [POOL] } },
    services: [service('shop/public', [PUBLIC])],
    attached: [{ workload: floating, address: FLOATING }],
    ...(place === 'gateways' && {
      inside: { services: [service('shop/middle', [BALANCED])], addresses: [STAND_IN] },
    }),
  }
  const externalAddresses = drawn.isKnownInside ? [EXTERNAL, PUBLIC] : [EXTERNAL]
  return {
    ...inside,
    ...parts,
    ...(place !== 'none' && { edges: [edge] }),
    interfaces: {
      policies: policiesOf(inside, workloads, drawn),
      services: [
        { ...service('shop/cart', [CLUSTER_IP, ...externalAddresses], NODE_PORT), externalAddresses },
      ],
      stopped: drawn.stopped.map((where) => at(workloads, where)),
    },
  }
}

const addressesOf = ({ nodes }: NetworkBlueprint, name: string): readonly string[] =>
  nodes.flatMap((node) => (node.kind === 'host' && node.name === name ? node.interfaces : []))[0]!.addresses

/** `w/2-0` runs on `r/h2`. */
const serverOf = (workload: string): string => `r/h${workload.slice('w/'.length).split('-')[0]!}`

function endpointsOf(inside: NetworkBlueprint, workloads: readonly string[], { endpoints }: Drawn) {
  return [...new Set(endpoints.map((where) => at(workloads, where)))].map((name) => ({
    name,
    node: serverOf(name),
    address: addressesOf(inside, name)[0]!,
    port: TARGET,
    ready: true,
    serving: true,
    terminating: false,
  }))
}

function policiesOf(inside: NetworkBlueprint, workloads: readonly string[], { policies }: Drawn) {
  const select = (name: string) => ({
    namespaces: { name: 'w' },
    labels: [{ key: 'app', operator: 'In' as const, values: [name] }],
  })
  const hosts = [...new Set(workloads.map(serverOf))]
  return {
    namespaces: [{ name: 'w', labels: {} }],
    nodes: hosts.map((name) => ({ name, labels: {}, addresses: addressesOf(inside, name) })),
    workloads: workloads.map((name) => ({
      name,
      namespace: 'w',
      labels: { app: name },
      ports: [],
      addresses: addressesOf(inside, name),
      node: serverOf(name),
      hostNetwork: false,
    })),
    policies: policies.map(({ subject, from, ports, isIngress }, i): Policy => {
      const rule = {
        name: 'rule',
        action: 'accept' as const,
        peers: [{ kind: 'workloads' as const, select: select(at(workloads, from)) }],
        ports: ports.map((port) => ({
          kind: 'range' as const,
          protocol: 'TCP' as const,
          first: port,
          last: port,
        })),
      }
      return {
        name: `policy ${i}`,
        tier: 'network',
        priority: 0,
        subject: select(at(workloads, subject)),
        ...(isIngress ? { ingress: [rule] } : { egress: [rule] }),
      }
    }),
  }
}

/** What somebody calls: a host, a service in one of its ways, or nothing that is known. */
const CALLS = ['host', 'host', 'cluster', 'external', 'middle', 'public', 'node', 'unknown'] as const

export const calls = fc.array(
  fc.record({
    from: fraction,
    to: fraction,
    endpoint: fraction,
    call: fc.constantFrom(...CALLS),
    protocol: fc.constantFrom(PROTOCOL_TCP, PROTOCOL_TCP, PROTOCOL_UDP),
    ipBps: fc.constantFrom(1e6, 3.7e9, 12e9),
    isAnswer: fc.boolean(),
  }),
  { minLength: 1, maxLength: 16, size: 'max' },
)

/** How a service is called in one of its ways, by node port at this server; undefined where it is not reached so. */
export function serviceCalled(
  cloud: NetworkBlueprint,
  way: Exclude<(typeof CALLS)[number], 'host' | 'unknown'>,
  server: string,
): { readonly address: string; readonly port: number } | undefined {
  if (way === 'node') return { address: addressesOf(cloud, server)[0]!, port: NODE_PORT }
  if (way === 'middle' && cloud.edges?.[0]?.inside === undefined) return undefined
  if (way === 'public' && cloud.edges === undefined) return undefined
  const addresses = { cluster: CLUSTER_IP, external: EXTERNAL, middle: BALANCED, public: PUBLIC }
  return { address: addresses[way], port: PORT }
}

/** Demands of the calls, a class for each: to endpoints of services as their clients' balancers may lead them. */
export function demandsOfCalls(
  cloud: NetworkBlueprint,
  indexOf: (name: string) => number,
  drawn: typeof calls extends fc.Arbitrary<infer T> ? T : never,
): { readonly demands: Demand[]; readonly classes: DemandClass[] } {
  const hosts = cloud.nodes.flatMap((node) => (node.kind === 'host' ? [node.name] : []))
  const inside = hosts.filter((name) => name.startsWith('w/'))
  const endpoints = cloud.interfaces!.services![0]!.ports[0]!.endpoints
  const demands: Demand[] = []
  const classes: DemandClass[] = []
  for (const { from, to, endpoint, call, protocol, ipBps, isAnswer } of drawn) {
    // mostly workloads: others do not know the services of a cluster
    const client: string = at(
      call === 'cluster' || call === 'external' || call === 'middle' ? inside : hosts,
      from,
    )
    const server = at(endpoints, endpoint)
    const isToHost = call === 'host' || call === 'unknown'
    const taker = isToHost ? at(hosts, to) : server.name
    if (client === taker && isToHost) continue
    const called = isToHost ? undefined : serviceCalled(cloud, call, serverOf(server.name))
    if (!isToHost && called === undefined) continue
    const { address, port } = called ?? { address: undefined, port: TARGET }
    const [source, destination] = (isAnswer ? [taker, client] : [client, taker]).map(indexOf)
    demands.push({
      source: source!,
      destination: destination!,
      ipBps,
      connectionsPerSecond: 3,
      class: classes.length,
    })
    const connections = { protocol, port, isAnswer, ...(address !== undefined && { address }) }
    classes.push({ name: `${classes.length}`, family: 'ipv4', ...(call !== 'unknown' && { connections }) })
  }
  return { demands, classes }
}
