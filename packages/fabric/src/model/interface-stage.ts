import type { Decision } from './decision.ts'
import type { PacketHandle } from './packet-table.ts'

/** A stage lets the packet on. */
export const PASS: Decision = 1 << 29

/** The server has given the packet another destination, at its own interface or as it left a workload: it is routed anew. */
export const REROUTE: Decision = PASS + 1

/** Acts on packets at the interfaces of workloads: may rewrite their headers, or end them. Never schedules anything. */
export interface InterfaceStage {
  /** What becomes of a packet that this workload sends; workloads by node index. `PASS`, `REROUTE`, or a drop. */
  leave(packet: PacketHandle, workload: number): Decision
  /** What becomes of a packet that is about to be handed to this workload. `PASS`, `REROUTE`, or a drop. */
  enter(packet: PacketHandle, workload: number): Decision
  /**
   * What becomes of a packet that came in over an uplink, before it is known whom it is for. Absent: a stage that does not
   * act there.
   */
  arrive?(packet: PacketHandle): Decision
  /**
   * A packet of this workload that has passed `leave` is dropped before it left the switch: as if it had not been sent. Absent: a
   * stage that remembers nothing.
   */
  lose?(packet: PacketHandle, workload: number): void
  /**
   * The switch itself tells this workload that a packet of its own was refused: the answer passes, and is rewritten as any
   * answer to that packet would be. -1 for somebody elsewhere. Absent: a stage that rewrites nothing.
   */
  tell?(answer: PacketHandle, workload: number): void
}

/** What a server sends to itself. */
export interface OwnCalls {
  /** Whether a packet to one of its addresses meets the stages at its interface, and does not just stay where it is. */
  goesBySwitch(packet: PacketHandle): boolean
}
