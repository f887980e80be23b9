import type { Decision } from '../model/decision.ts'
import type { HashKey } from '../model/five-tuple.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { OneOfGroup, Selector } from '../model/selector.ts'

/**
 * Resilient ECMP by rendezvous hashing (Thaler and Ravishankar, 1998): a lost member's flows move, all others stay.
 * A member of weight w enters the contest w times.
 */
export class ResilientSelector implements Selector {
  readonly #packets: PacketTable
  readonly #key: HashKey
  readonly #seed: number

  constructor(packets: PacketTable, key: HashKey, seed: number) {
    this.#packets = packets
    this.#key = key
    this.#seed = seed
  }

  select(group: OneOfGroup, packet: PacketHandle): Decision {
    const key = this.#key(this.#packets, packet, this.#seed) | 0
    let winner = -1
    let best = -1
    for (let i = 0; i < group.members.length; i++) {
      const member = group.members[i]!
      for (let ticket = group.weightOf(i); ticket > 0; ticket--) {
        const score = scoreOf(key, Math.imul(member + 1, 0x9e3779b1) ^ Math.imul(ticket, 0x7feb352d))
        if (score > best) {
          best = score
          winner = member
        }
      }
    }
    return winner
  }

  preview(group: OneOfGroup, packet: PacketHandle): Decision {
    return this.select(group, packet)
  }
}

function scoreOf(key: number, member: number): number {
  let h = key ^ member
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) >>> 0
}
