import { printRate } from '@weft/core'

type Family = 'ipv4' | 'ipv6'

/** IP bytes of a packet: from a bare header to the largest total length (RFC 791; RFC 8200 without jumbograms). */
const BYTES: Readonly<Record<Family, { readonly min: number; readonly max: number }>> = {
  ipv4: { min: 20, max: 65_535 },
  ipv6: { min: 40, max: 65_575 },
}

/** Quotients of decimals that are whole are not always. */
const ROUNDING = 1e-9

const shown = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 6 })

/** Why no packets of this mean size are sent; undefined: they can be. */
export function sizeRefusal(bytes: number, family: Family = 'ipv4'): string | undefined {
  const { min, max } = BYTES[family]
  if (bytes >= min * (1 - ROUNDING) && bytes <= max * (1 + ROUNDING)) return undefined
  return `an IP packet has no ${shown(bytes)} bytes; expected ${shown(min)} to ${shown(max)}, its header included`
}

/** Why so many packets a second cannot carry so many IP bits; undefined: they can. */
export function packetsRefusal(
  rateBps: number,
  packetsPerSecond: number,
  family: Family = 'ipv4',
): string | undefined {
  if (rateBps === 0 && packetsPerSecond === 0) return undefined
  const bytes = rateBps / 8 / packetsPerSecond
  const { min, max } = BYTES[family]
  if (bytes >= min * (1 - ROUNDING) && bytes <= max * (1 + ROUNDING)) return undefined
  const of = printRate(rateBps, { digits: 6 })
  const said =
    packetsPerSecond === 0
      ? `no packets carry ${of}`
      : `${of} in ${shown(packetsPerSecond)} packets/s makes packets of ${shown(bytes)} bytes`
  const bound = bytes > max ? `${shown(rateBps / 8 / max)} packets/s or more` : atMost(rateBps / 8 / min)
  return `${said}; expected ${bound}, since IP packets have ${shown(min)} to ${shown(max)} bytes`
}

const atMost = (packetsPerSecond: number) =>
  packetsPerSecond === 0 ? 'none' : `at most ${shown(packetsPerSecond)} packets/s`
