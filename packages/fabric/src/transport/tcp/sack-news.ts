import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import * as packetTable from '../../model/packet-table.ts'

// a local copy: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { SACK_BLOCKS_MAX } = packetTable

/**
 * What an acknowledgement's SACK blocks tell that those of the one before did not. Blocks are repeated (RFC 2018 §4)
 * and grow at their ends: what they cover already need not be walked again.
 */
export class SackNews {
  // fields begin as NaN: where a whole small number comes first, V8 boxes every later value
  /** Out of `next`: sequence numbers of a piece, its first byte and the one behind its last. */
  left = Number.NaN
  right = Number.NaN
  private readonly packets: PacketTable
  /** Blocks of the acknowledgement before. */
  private readonly known = new Float64Array(2 * SACK_BLOCKS_MAX)
  private knownCount = 0
  private packet: PacketHandle = 0
  /** Blocks that have been begun, and what is left of the last. */
  private begun = 0
  private from = Number.NaN
  private end = Number.NaN

  constructor(packets: PacketTable) {
    this.packets = packets
  }

  /** Begins with an acknowledgement; `next` is to be called until it answers false. */
  read(packet: PacketHandle): void {
    this.packet = packet
    this.begun = 0
    this.from = Number.NaN
  }

  /** The next piece that is new; false when there is none, and the blocks are known from then on. */
  next(): boolean {
    while (this.from < this.end || this.beginBlock()) {
      const from = this.from
      let to = this.end
      let knownTo = from
      for (let i = 0; i < this.knownCount; i++) {
        const left = this.known[2 * i]!
        const right = this.known[2 * i + 1]!
        if (left <= from && from < right) {
          knownTo = right
          break
        }
        if (left > from && left < to) to = left
      }
      if (knownTo > from) {
        this.from = knownTo
        continue
      }
      this.left = from
      this.right = to
      this.from = to
      return true
    }
    this.remember()
    return false
  }

  private beginBlock(): boolean {
    const { sackCount, sackEdges } = this.packets
    while (this.begun < sackCount[this.packet]!) {
      const edge = 2 * (this.packet * SACK_BLOCKS_MAX + this.begun++)
      this.from = sackEdges[edge]!
      this.end = sackEdges[edge + 1]!
      if (this.from < this.end) return true
    }
    return false
  }

  private remember(): void {
    const { sackCount, sackEdges } = this.packets
    const base = 2 * this.packet * SACK_BLOCKS_MAX
    this.knownCount = sackCount[this.packet]!
    for (let i = 0; i < 2 * this.knownCount; i++) this.known[i] = sackEdges[base + i]!
  }
}
