import type { RandomStream, Simulation } from '@weft/core'
import type { Decision } from '../model/decision.ts'
import { fiveTupleKey } from '../model/five-tuple.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { OneOfGroup, Selector } from '../model/selector.ts'

/** Entries of a switch's flowlet table; flows that collide share an entry, as in hardware. */
const FLOWLET_ENTRIES = 1 << 13

/** Flowlet switching (LetFlow, NSDI'17): a flow that paused longer than the gap draws its member anew. */
export class FlowletSelector implements Selector {
  private readonly sim: Simulation
  private readonly packets: PacketTable
  private readonly stream: RandomStream
  private readonly seed: number
  private readonly gapPs: number
  private readonly lastSeen = new Float64Array(FLOWLET_ENTRIES).fill(-Infinity)
  private readonly member = new Int32Array(FLOWLET_ENTRIES)

  constructor(sim: Simulation, packets: PacketTable, stream: RandomStream, seed: number, gapPs: number) {
    this.sim = sim
    this.packets = packets
    this.stream = stream
    this.seed = seed
    this.gapPs = gapPs
  }

  select(group: OneOfGroup, packet: PacketHandle): Decision {
    const entry = this.entryOf(packet)
    const { now } = this.sim
    if (!this.isAlive(entry, group)) this.member[entry] = group.pick(this.stream.int(group.weightSum))
    this.lastSeen[entry] = now
    return this.member[entry]!
  }

  preview(group: OneOfGroup, packet: PacketHandle): Decision | undefined {
    const entry = this.entryOf(packet)
    return this.isAlive(entry, group) ? this.member[entry]! : undefined
  }

  private entryOf(packet: PacketHandle): number {
    return fiveTupleKey(this.packets, packet, this.seed) & (FLOWLET_ENTRIES - 1)
  }

  private isAlive(entry: number, group: OneOfGroup): boolean {
    return this.sim.now - this.lastSeen[entry]! <= this.gapPs && group.has(this.member[entry]!)
  }
}
