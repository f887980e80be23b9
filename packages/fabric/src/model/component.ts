import type { Decision } from './decision.ts'
import type { PacketHandle } from './packet-table.ts'
import type { OneOfGroup, Selector } from './selector.ts'

/** Where packets go: rewrites headers, updates its own state, never schedules anything. */
export interface Node {
  readonly name: string
  /** Picks members of this node's one-of groups, for every clock alike. */
  readonly selector: Selector
  /** This node's groups, by the number that its decisions name. */
  readonly groups: readonly OneOfGroup[]
  /** What becomes of a packet that came in by this port (LOCAL_INGRESS: from the node's own endpoint). */
  decide(packet: PacketHandle, ingress: number): Decision
}

/** Takes packets that have crossed a resource, for the node of this number and its port `ingress`. */
export interface Receiver {
  receive(packet: PacketHandle, node: number, ingress: number): void
}

/** Anything with a capacity that packets wait for. */
export interface Resource {
  readonly name: string
  /** Queues the packet, or drops it for a named reason. */
  send(packet: PacketHandle): void
}

/** What originates and consumes packets at a node. The packet is the endpoint's to free through the ledger. */
export interface Endpoint {
  deliver(packet: PacketHandle): void
}
