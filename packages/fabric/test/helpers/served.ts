import { MS, SECOND, US } from '@weft/core'
import type { Blueprint, EventBlueprint, WorkloadEventBlueprint } from '../../src/blueprint/blueprint.ts'
import { leafSpine } from '../../src/blueprint/generators/leaf-spine.ts'
import { leafSpineOptions } from '../../src/blueprint/generators/options.fixture.ts'
import { attachWorkloads } from '../../src/blueprint/generators/workloads.ts'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { OfferedBlueprint, TrafficBlueprint } from '../../src/blueprint/traffic.ts'
import { FlowRun } from '../../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../../src/clocks/packet/packet-run.ts'
import type { InterfacesBlueprint } from '../../src/interfaces/interfaces-blueprint.ts'
import type { ServiceBlueprint } from '../../src/load-balancer/service-blueprint.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../src/model/packet-table.ts'
import { NO_ENDPOINT } from '../../src/transport/flow-table.ts'
import { networkOf, plainLink } from './networks.ts'

const CLIENT = 'shop/web'
const CLIENT_HOST = 'ord1/leaf-0/host-0'
/** By endpoint, in turn. */
const HOSTS = ['ord1/leaf-0/host-1', 'ord1/leaf-1/host-0', 'ord1/leaf-1/host-1']
const SERVICE_ADDRESS = '10.96.0.10'
const PORT = 80
const TARGET = 8080

export interface Served {
  /** How many pods: `shop/cart-0`, `shop/cart-1` ... */
  readonly pods?: number
  /** Of these, by number, do not run at the start. */
  readonly stopped?: readonly number[]
  readonly service?: Partial<ServiceBlueprint>
  readonly interfaces?: Partial<InterfacesBlueprint>
  /** Of every virtual link. */
  readonly rateBps?: number
}

export const cart = (pod: number): string => `shop/cart-${pod}`

/** A client, and the pods of a service that it calls over TCP and UDP. */
export function servedNetwork(served: Served = {}): NetworkBlueprint {
  const { pods = 3, stopped = [], service, interfaces, rateBps = 10e9 } = served
  const { delayPs, framing, queue } = plainLink(10e9, US)
  const parts = leafSpine(leafSpineOptions({ leaves: 2, spines: 2, hostsPerLeaf: 2 }))
  const names = [CLIENT, ...Array.from({ length: pods }, (_, i) => cart(i))]
  const hostOf = (name: string) => (name === CLIENT ? CLIENT_HOST : HOSTS[(names.indexOf(name) - 1) % 3]!)
  const workloads = names.map((name) => ({ name, host: hostOf(name), addresses: [], rateBps }))
  const network = networkOf(attachWorkloads(parts, workloads, { delayPs, framing, queue }))
  const addressOf = (name: string) =>
    network.nodes.flatMap((node) =>
      node.kind === 'host' && node.name === name ? node.interfaces.flatMap(({ addresses }) => addresses) : [],
    )[0]!
  const endpoints = names.slice(1).map((name, i) => ({
    name,
    node: hostOf(name),
    address: addressOf(name),
    port: TARGET,
    ready: !stopped.includes(i),
    serving: !stopped.includes(i),
    terminating: false,
  }))
  const policies = {
    namespaces: [{ name: 'shop', labels: {} }],
    nodes: [],
    workloads: names.map((name) => ({
      name,
      namespace: 'shop',
      labels: { app: name.replace(/^shop\/|-\d+$/g, '') },
      ports: [],
      addresses: [addressOf(name)],
      hostNetwork: false,
    })),
    policies: [],
  }
  const ports = [PROTOCOL_TCP, PROTOCOL_UDP].map((protocol) => ({ protocol, port: PORT, endpoints }))
  const cartService: ServiceBlueprint = {
    name: 'shop/cart',
    addresses: [SERVICE_ADDRESS],
    ports,
    balancer: { kind: 'round-robin' },
    policy: 'cluster',
    ...service,
  }
  return {
    ...network,
    interfaces: { policies, services: [cartService], stopped: stopped.map(cart), ...interfaces },
  }
}

export const event = (
  ms: number,
  action: WorkloadEventBlueprint['action'],
  pod: number,
): WorkloadEventBlueprint => ({ atPs: ms * MS, action, target: cart(pod) })

/** Calls from the client to the service; each transfer of `bytes`, at these milliseconds. */
export function calls(atMs: readonly number[], bytes: number): TrafficBlueprint[] {
  return atMs.map((ms, i) =>
    toService(
      `call-${i}`,
      { kind: 'burst', bytes, atPs: ms * MS },
      {
        kind: 'tcp',
        options: { synRetries: 2, initialRtoPs: 10 * MS, minRtoPs: 10 * MS, dataRetries: 3 },
      },
    ),
  )
}

export const toService = (
  name: string,
  offered: OfferedBlueprint,
  transport: TrafficBlueprint['transport'],
): TrafficBlueprint => ({
  name,
  pairs: { kind: 'to-address', from: [CLIENT], address: SERVICE_ADDRESS },
  offered,
  transport,
  dscp: 0,
  priority: 0,
  family: 'ipv4',
  port: PORT,
})

export function blueprintOf(
  network: NetworkBlueprint,
  traffic: readonly TrafficBlueprint[],
  events: readonly EventBlueprint[],
): Blueprint {
  return { name: 'life', seed: 'life', network, traffic, events }
}

export const CLOCKS = { packet: PacketRun, flow: FlowRun }

/** What became of each traffic's one flow: `done by shop/cart-1`, `connection-reset`, `under way`. */
export function outcomes(clock: keyof typeof CLOCKS, blueprint: Blueprint, untilPs = 20 * SECOND): string[] {
  const run = new CLOCKS[clock](blueprint, { arrivalsEndPs: untilPs })
  run.sim.run(untilPs)
  const { flows, network } = run
  return blueprint.traffic.map((_, index) => {
    const flow = [...flows.traffic.slice(0, flows.size)].indexOf(index)
    if (flow < 0) return 'never started'
    const failure = flows.failureOf(flow)
    if (failure !== undefined) return failure
    if (flows.completedPs[flow]! < 0) return 'under way'
    const endpoint = flows.endpoint[flow]!
    const by = endpoint === NO_ENDPOINT ? undefined : network.hostOf(endpoint)
    return `done by ${by === undefined ? '?' : network.topology.nodes[by]!.name}`
  })
}
