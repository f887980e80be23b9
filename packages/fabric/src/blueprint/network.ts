import type { EdgeBlueprint } from '../edge/edge-blueprint.ts'
import type { InterfacesBlueprint } from '../interfaces/interfaces-blueprint.ts'
import type { NamesBlueprint } from '../names/names-blueprint.ts'

/**
 * The network part of a blueprint: immutable plain data, already validated, every quantity in base units.
 * Lists are sorted by name by whoever makes one, so that the order in which users write never matters.
 */

export interface NetworkBlueprint {
  readonly nodes: readonly NodeBlueprint[]
  readonly links: readonly LinkBlueprint[]
  readonly routing: RoutingBlueprint
  /** What acts at the interfaces of workloads; absent: nothing does. */
  readonly interfaces?: InterfacesBlueprint
  /** Where regions meet the internet; absent: nowhere. */
  readonly edges?: readonly EdgeBlueprint[]
  /** What it knows of names while it runs; absent: nothing. */
  readonly names?: NamesBlueprint
}

export type NodeBlueprint = ForwardingBlueprint | HostBlueprint

/** Nodes that forward what is addressed to others. */
export type ForwardingBlueprint = SwitchBlueprint | VirtualSwitchBlueprint | GatewayBlueprint

export const forwards = (node: NodeBlueprint): node is ForwardingBlueprint => node.kind !== 'host'

export interface SwitchBlueprint {
  readonly kind: 'switch'
  /** `region/switch`, e.g. `ord1/leaf-0`. */
  readonly name: string
  /** What drawings and expectations group by: `leaf`, `spine`, `edge`, `aggregation`, `core` or the user's own word. */
  readonly tier: string
  readonly ecmp: EcmpBlueprint
}

/**
 * The switch inside a server, between its uplinks and what runs on it: the embedded switch of an SR-IOV NIC, or one in
 * software. The hosts at its links are its workloads. It carries no traffic between other nodes.
 */
export interface VirtualSwitchBlueprint {
  readonly kind: 'vswitch'
  /** `region/switch/host/vswitch`, e.g. `ord1/leaf-0/host-3/vswitch`. */
  readonly name: string
  /** The host that it is in. */
  readonly host: string
  readonly tier: string
  /** How uplinks share. */
  readonly ecmp: EcmpBlueprint
}

/** A router between a region's fabric and the internet; its links to nodes of the tier `internet` lead outside. */
export interface GatewayBlueprint {
  readonly kind: 'gateway'
  /** `region/gateway`, e.g. `ord1/gateway-0`. */
  readonly name: string
  readonly tier: string
  readonly ecmp: EcmpBlueprint
}

export interface EcmpBlueprint {
  /** How a packet's next hop is chosen among equal-cost ones. */
  readonly mode: EcmpMode
  /** Whether members count equally or by their link's rate (WCMP). A link's own `weight` overrides. */
  readonly weights: 'equal' | 'rate'
  /** Idle time after which a flowlet may move; read in mode `flowlet` alone. */
  readonly flowletGapPs: number
}

export type EcmpMode = 'five-tuple' | 'flowlet' | 'spray' | 'resilient'

export interface HostBlueprint {
  readonly kind: 'host'
  /** `region/switch/host`, e.g. `ord1/leaf-0/host-3`. */
  readonly name: string
  readonly interfaces: readonly InterfaceBlueprint[]
  /** Absent: it accepts any number of connections. */
  readonly connections?: ConnectionLimitBlueprint
}

/** How many connections a host accepts at once. Those that it opens, and datagrams, do not count. */
export interface ConnectionLimitBlueprint {
  /** A whole number of 1 or more. */
  readonly max: number
  /** What becomes of a SYN that finds no place: dropped, so that it comes again, or answered by RST. */
  readonly whenFull: 'drop' | 'reset'
  /** Mean time that a connection has its place, above 0: what the steady clock goes by, and no other. */
  readonly holdingPs?: number
}

export interface InterfaceBlueprint {
  /** `eth0`, `bond0` ... */
  readonly name: string
  /** IPv4 and IPv6 addresses in any text form that ip-num accepts; the first of a family is the one used. */
  readonly addresses: readonly string[]
  /** Names of the links that carry it; more than one makes a bond (LAG, five-tuple hash). */
  readonly links: readonly string[]
}

export interface LinkBlueprint {
  /** Unique; `ord1/leaf-0:ord1/spine-3`, parallel ones with `#2`, `#3` ... behind. */
  readonly name: string
  readonly ends: readonly [string, string]
  readonly rateBps: number
  /** Propagation delay of one direction. */
  readonly delayPs: number
  /** What drawings and expectations group by: `host`, `fabric`, `core` ... */
  readonly tier: string
  readonly framing: Framing
  /** Probability that a bit on the wire arrives wrong; the packet is then dropped as `bit-error`. 0 up to below 1. */
  readonly bitErrorRate: number
  /** The transmit queues at `ends[0]` and `ends[1]`. */
  readonly queues: readonly [QueueBlueprint, QueueBlueprint]
  /** Share in an ECMP group; absent: see `EcmpBlueprint.weights`. */
  readonly weight?: number
  /** Shortest-path cost, 1 or more. */
  readonly cost: number
}

/**
 * Bytes that a packet occupies on the wire beyond its IP bytes, and the least that it occupies, by default nothing:
 * whole bytes. `ethernet` is 38 with an 84-byte minimum slot. A link that takes P packets per second at most, or whose
 * NIC or switch does, is one with a slot of its rate / 8P.
 */
export type Framing = 'ethernet' | { readonly overheadBytes: number; readonly slotBytesMin?: number }

export interface QueueBlueprint {
  /** Packets or IP bytes that may wait behind the one in service. */
  readonly capacity: { readonly packets: number } | { readonly bytes: number }
  readonly ecn?: EcnBlueprint
}

export interface EcnBlueprint {
  /** CE is set when at least this much is waiting. */
  readonly threshold: { readonly packets: number } | { readonly bytes: number }
  readonly markAt: 'enqueue' | 'dequeue'
}

export interface RoutingBlueprint {
  /** From the failure or repair to its detection. */
  readonly detectionPs: number
  /** From detection to the new forwarding tables. */
  readonly convergencePs: number
}
