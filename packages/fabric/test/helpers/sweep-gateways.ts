import { US } from '@weft/core'
import { attachInternet, gatewayNames } from '../../src/blueprint/generators/internet.ts'
import { attachWorkloads, virtualSwitchOf } from '../../src/blueprint/generators/workloads.ts'
import type { HostBlueprint, NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { Network } from '../../src/build/network.ts'
import { PROTOCOL_TCP } from '../../src/model/packet-table.ts'
import type { Demand, DemandClass } from '../../src/traffic/demand/demand-matrix.ts'
import { networkOf, plainLink } from './networks.ts'

const OUTSIDE = '198.51.100.1'
const [POOL, FLOATING] = ['203.0.113.1', '203.0.113.99']
const [BALANCED, STAND_IN] = ['10.96.0.20', '10.200.0.1']
const CLIENT = 'internet/client'
const connections = { protocol: PROTOCOL_TCP, port: 80 }

const hostsIn = ({ nodes }: Pick<NetworkBlueprint, 'nodes'>): HostBlueprint[] =>
  nodes.flatMap((node) => (node.kind === 'host' ? [node] : []))

const isWorkload = ({ name }: HostBlueprint): boolean => /^[wx]\//.test(name)

/**
 * A network with a workload on every server, and two gateways at the last of its switches, as many as `attachedTo` says: they
 * balance a service of all workloads, and translate who calls outside. The first workload has a public address of its own.
 */
export function withGateways(fabric: NetworkBlueprint, attachedTo: number): NetworkBlueprint {
  const names = new Set(fabric.nodes.map(({ name }) => name))
  const servers = hostsIn(fabric).flatMap((host) => (isWorkload(host) ? [] : [host.name]))
  const workloads = servers
    .filter((host) => !names.has(virtualSwitchOf(host)))
    .map((host) => ({ name: `x/${host}`, host, addresses: [] }))
  const { delayPs, framing, queue } = plainLink(10e9, US)
  const inside = networkOf(attachWorkloads(fabric, workloads, { delayPs, framing, queue }))
  const all = hostsIn(inside).filter(isWorkload)
  const [first] = all
  const region = servers[0]!.split('/')[0]!
  // a stated weight and a rate do not compare
  const weight = fabric.links.some((link) => link.weight !== undefined) ? { weight: 1 } : {}
  const internet = {
    region,
    gateways: 2,
    switches: inside.nodes.flatMap(({ kind, name }) => (kind === 'switch' ? [name] : [])).slice(-attachedTo),
    fabricLink: { ...plainLink(10e9, US), ...weight },
    internetLink: { ...plainLink(8e9, US), ...weight },
  }
  const nodes = inside.nodes.map((node) => (node === first ? withAddress(first, FLOATING) : node))
  const service = (address: string) => ({
    name: `shop/${address}`,
    addresses: [address],
    balancer: { kind: 'random' as const },
    policy: 'cluster' as const,
    ports: [{ ...connections, endpoints: all.map(endpointOf) }],
  })
  return {
    ...inside,
    ...attachInternet({ nodes, links: inside.links }, [internet], [{ name: CLIENT, addresses: [OUTSIDE] }]),
    edges: [
      {
        region,
        gateways: gatewayNames(internet),
        place: 'gateways',
        nat: { pool: { addresses: [POOL] } },
        services: [],
        attached: [{ workload: first!.name, address: FLOATING }],
        inside: { services: [service(BALANCED)], addresses: [STAND_IN] },
      },
    ],
  }
}

function withAddress(host: HostBlueprint, address: string): HostBlueprint {
  const [nic, ...others] = host.interfaces
  return { ...host, interfaces: [{ ...nic!, addresses: [...nic!.addresses, address] }, ...others] }
}

/** `x/r/h1` runs on `r/h1`, `w/1-0` too. */
const serverOf = (workload: string): string =>
  workload.startsWith('x/') ? workload.slice(2) : `r/h${workload.slice(2).split('-')[0]!}`

const endpointOf = ({ name, interfaces }: HostBlueprint) => ({
  name,
  node: serverOf(name),
  address: interfaces[0]!.addresses.find((address) => address.includes('.'))!,
  port: 8080,
  ready: true,
  serving: true,
  terminating: false,
})

const [STRAIGHT, BY_GATEWAYS] = [0, 1]

/** Straight, and balanced by gateways, each there and back. */
export const GATEWAY_CLASSES: readonly DemandClass[] = [{}, { address: BALANCED }].flatMap((called, way) =>
  [false, true].map((isAnswer) => ({
    name: `${way} ${isAnswer ? 'back' : 'there'}`,
    family: 'ipv4' as const,
    connections: { ...connections, ...called, isAnswer },
  })),
)

/** Between all workloads, two of three pairs by way of gateways; to a client outside, and from there to the first. */
export function unevenByGateways({ topology, blueprint }: Network): Demand[] {
  const index = (name: string) => topology.nodeIndex(name)
  const inside = hostsIn(blueprint).flatMap((host) => (isWorkload(host) ? [host.name] : []))
  const between = (client: string, server: string, way: number, ipBps: number): Demand[] => [
    { source: index(client), destination: index(server), ipBps, connectionsPerSecond: 3, class: 2 * way },
    { source: index(server), destination: index(client), ipBps: ipBps / 7, class: 2 * way + 1 },
  ]
  return inside.flatMap((host, i) => [
    ...inside.flatMap((other, j) =>
      i === j
        ? []
        : between(host, other, (i + j) % 3 === 0 ? STRAIGHT : BY_GATEWAYS, 1e6 * (1 + ((i * 7 + j * 3) % 5))),
    ),
    ...between(host, CLIENT, STRAIGHT, 3e6 + i),
    ...(i === 0 ? between(CLIENT, host, STRAIGHT, 1e6) : []),
  ])
}
