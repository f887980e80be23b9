import { ConfigError } from '@weft/core'

export interface BufferDemand {
  /** Of the link whose queue is to be sized, bit/s; above 0. */
  readonly rateBps: number
  /** Mean round trip of its flows without queueing, picoseconds; above 0. */
  readonly roundTripPs: number
  /** Long-lived TCP flows that share it, 1 or more. */
  readonly flows: number
}

/**
 * Bytes of buffer that keep a link busy under so many long-lived flows that halve their windows at losses (NewReno):
 * the bandwidth-delay product over the root of their number, after G. Appenzeller, I. Keslassy and N. McKeown, "Sizing
 * router buffers", SIGCOMM 2004. For one flow it is the whole product. From some hundred flows on they may be taken for
 * unsynchronized, which the root rests on; fewer that lose together need up to the whole product. Throws a ConfigError.
 */
export function bufferBytes({ rateBps, roundTripPs, flows }: BufferDemand): number {
  const issues = [
    ...(rateBps > 0 && rateBps < Infinity ? [] : [issue('rateBps', rateBps, 'a rate above 0, in bit/s')]),
    ...(roundTripPs > 0 && roundTripPs < Infinity
      ? []
      : [issue('roundTripPs', roundTripPs, 'a time above 0, in picoseconds')]),
    ...(flows >= 1 && flows < Infinity ? [] : [issue('flows', flows, 'a number of flows of 1 or more')]),
  ]
  if (issues.length > 0) throw new ConfigError(issues)
  return (roundTripPs * rateBps) / 8e12 / Math.sqrt(flows)
}

const issue = (key: string, got: number, expected: string) => ({
  path: [key],
  message: `${got} is not ${expected}`,
})
