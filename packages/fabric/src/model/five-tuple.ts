import type { PacketHandle, PacketTable } from './packet-table.ts'

/** Hash of source, destination, protocol and ports; every switch mixes it with a seed of its own. */
export function hashTuple(
  source: number,
  destination: number,
  protocol: number,
  sourcePort: number,
  destinationPort: number,
): number {
  let h = Math.imul(source, 0x9e3779b1) ^ protocol
  h = Math.imul(h ^ (h >>> 15) ^ destination, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13) ^ ((sourcePort << 16) | destinationPort), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * What an ECMP group is hashed by: any whole number from 0 to 2^31 - 1, of the packet's headers and the switch's seed.
 * (A 32nd bit would turn the group's modulo into one of doubles.)
 */
export type HashKey = (packets: PacketTable, packet: PacketHandle, seed: number) => number

/** The default key: the five-tuple's hash through a finaliser with the switch's seed, so that tiers do not polarise. */
export const fiveTupleKey: HashKey = (packets, packet, seed) => {
  let h = packets.tupleHash[packet]! ^ seed
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 1
}
