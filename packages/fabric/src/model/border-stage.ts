import type { Decision } from './decision.ts'
import type { PacketHandle } from './packet-table.ts'

/** Acts on packets where a region meets the internet: may rewrite their headers, or end them. Never schedules anything. */
export interface BorderStage {
  /** What becomes of a packet from the internet: `PASS`, or a drop. */
  enter(packet: PacketHandle): Decision
  /** What becomes of a packet from inside that is about to leave. */
  leave(packet: PacketHandle): Decision
  /** Whether packets from inside to this address turn round here. */
  turns(address: number): boolean
  /** What becomes of such a packet. */
  turn(packet: PacketHandle): Decision
}
