import { ln } from '@weft/core'
import type { Decision } from '../model/decision.ts'
import type { HashKey } from '../model/five-tuple.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { OneOfGroup, Selector } from '../model/selector.ts'

/**
 * Resilient ECMP by rendezvous hashing (Thaler and Ravishankar, 1998): a lost member's flows move, all others stay.
 * Member of weight w with a hash uniform in (0, 1) scores -ln(hash)/w, and the least wins: a race of exponential
 * clocks, so each wins in proportion to its weight, and only the ratios of weights matter to who beats whom.
 */
export class ResilientSelector implements Selector {
  private readonly packets: PacketTable
  private readonly key: HashKey
  private readonly seed: number

  constructor(packets: PacketTable, key: HashKey, seed: number) {
    this.packets = packets
    this.key = key
    this.seed = seed
  }

  select(group: OneOfGroup, packet: PacketHandle): Decision {
    const key = this.key(this.packets, packet, this.seed) | 0
    const { members, equal } = group
    let winner = -1
    let best = Infinity
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!
      const hash = hashOf(key, Math.imul(member + 1, 0x9e3779b1))
      // among equals the order of -ln(hash) is that of -hash
      const score = equal ? -hash : -ln((hash + 0.5) / 0x1_0000_0000) / group.weightOf(i)
      if (score < best) {
        best = score
        winner = member
      }
    }
    return winner
  }

  preview(group: OneOfGroup, packet: PacketHandle): Decision {
    return this.select(group, packet)
  }
}

/** Unsigned, 32 bits. */
function hashOf(key: number, member: number): number {
  let h = key ^ member
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) >>> 0
}
