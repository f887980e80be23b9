import { exponential, type RandomStream } from '@weft/core'
import type { StreamProcess } from '../../blueprint/traffic.ts'
import { PsPerByte } from '../../model/ps-per-byte.ts'

const PS_BITS_PER_BYTE = 8e12

/** When the packets of an open-loop stream leave. */
export interface Gaps {
  /** Out of `next`: whole picoseconds until the next packet. */
  gapPs: number
  next(): void
}

/**
 * Gaps between packets of this many IP bytes at a mean rate. Fractions of a picosecond are carried on, so
 * that the rate holds over any time.
 */
export function createGaps(
  process: StreamProcess,
  packetBytes: number,
  rateBps: number,
  stream: RandomStream,
): Gaps {
  if (process.kind === 'constant') return new ConstantGaps(packetBytes, rateBps)
  const meanPs = (packetBytes * PS_BITS_PER_BYTE) / rateBps
  if (process.kind === 'poisson') return new PoissonGaps(meanPs, stream)
  return new OnOffGaps(meanPs, process.onPs, process.offPs, stream)
}

/** Exactly periodic, for a rate in whole bits per second. */
class ConstantGaps implements Gaps {
  gapPs = 0
  private readonly packetBytes: number
  private readonly psPerByte: PsPerByte

  constructor(packetBytes: number, rateBps: number) {
    this.packetBytes = packetBytes
    this.psPerByte = new PsPerByte(rateBps)
  }

  next(): void {
    const { whole, exact } = this.psPerByte
    this.gapPs = whole * this.packetBytes + (exact ? 0 : this.psPerByte.carry(this.packetBytes))
  }
}

class PoissonGaps implements Gaps {
  gapPs = 0
  private carry = 0
  private readonly stream: RandomStream
  private readonly gap: ReturnType<typeof exponential>

  constructor(meanPs: number, stream: RandomStream) {
    this.stream = stream
    this.gap = exponential(meanPs)
  }

  next(): void {
    const exactPs = this.gap.sample(this.stream) + this.carry
    this.gapPs = Math.floor(exactPs)
    this.carry = exactPs - this.gapPs
  }
}

/**
 * Periodic on a clock that runs in on periods alone, at the peak rate that makes the mean right. On and off
 * periods are exponential; the first one is on with the probability of finding it so.
 */
class OnOffGaps implements Gaps {
  gapPs = 0
  private carry = 0
  private onLeftPs: number
  private readonly intervalPs: number
  private readonly stream: RandomStream
  private readonly on: ReturnType<typeof exponential>
  private readonly off: ReturnType<typeof exponential>

  constructor(meanPs: number, onPs: number, offPs: number, stream: RandomStream) {
    const onShare = onPs / (onPs + offPs)
    this.intervalPs = meanPs * onShare
    this.stream = stream
    this.on = exponential(onPs)
    this.off = exponential(offPs)
    this.onLeftPs = stream.next() < onShare ? this.on.sample(stream) : 0
  }

  next(): void {
    let leftPs = this.intervalPs
    let exactPs = this.carry + leftPs
    while (this.onLeftPs < leftPs) {
      leftPs -= this.onLeftPs
      exactPs += this.off.sample(this.stream)
      this.onLeftPs = this.on.sample(this.stream)
    }
    this.onLeftPs -= leftPs
    this.gapPs = Math.floor(exactPs)
    this.carry = exactPs - this.gapPs
  }
}
