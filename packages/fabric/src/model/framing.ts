import type { Framing } from '../blueprint/network.ts'

/** Ethernet (IEEE 802.3): preamble 8, header 14, FCS 4, inter-frame gap 12; at least 64 bytes of frame. */
const ETHERNET = { overheadBytes: 38, slotBytesMin: 84 }

/** What a framing adds to a packet's IP bytes, and the least that a packet occupies on the wire. */
export function framingBytes(framing: Framing): {
  readonly overheadBytes: number
  readonly slotBytesMin: number
} {
  if (framing === 'ethernet') return ETHERNET
  const { overheadBytes, slotBytesMin = 0 } = framing
  return { overheadBytes, slotBytesMin }
}

/** Wire bytes of a packet of this many IP bytes. */
export function wireBytes(framing: Framing, sizeBytes: number): number {
  const { overheadBytes, slotBytesMin } = framingBytes(framing)
  return Math.max(sizeBytes + overheadBytes, slotBytesMin)
}
