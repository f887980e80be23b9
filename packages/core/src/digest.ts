/**
 * A 64-bit hash over the ordered events of a run: same inputs, same digest, on any machine or in a browser.
 *
 * Two 32-bit lanes of multiply and xor-shift, which stir each other as in a Feistel network, so that no event maps
 * two states to one. Only 32-bit integer arithmetic, so that every engine agrees. Against accidents, not attackers.
 */
export class Digest {
  private low = 0x9e3779b9 | 0
  private high = 0x85ebca6b | 0

  /** Mixes one event. `time` is a whole number below 2^63; the others are 32-bit integers. */
  add(time: number, handler: number, a: number, b: number): void {
    const timeHigh = (time / 0x1_0000_0000) | 0
    const timeLow = time | 0
    // Every word enters on its own, with a multiplication between it and the next.
    let low = Math.imul(this.low ^ timeLow, 0x85ebca6b)
    let high = Math.imul(this.high ^ b, 0xc2b2ae35)
    low = Math.imul(low ^ (low >>> 15) ^ a, 0x2c1b3c6d)
    high = Math.imul(high ^ (high >>> 13) ^ handler, 0x297a2d39)
    low ^= Math.imul(high ^ (high >>> 16) ^ timeHigh, 0x9e3779b1)
    this.low = low
    this.high = high ^ Math.imul(low ^ (low >>> 15), 0x27d4eb2f)
  }

  /** Sixteen hexadecimal digits. */
  toString(): string {
    // The last event's words have been through half of the mixing only.
    let low = this.low
    let high = this.high
    for (let round = 0; round < 2; round++) {
      low = Math.imul(low ^ (low >>> 16) ^ high, 0x85ebca6b)
      high = Math.imul(high ^ (high >>> 13) ^ low, 0xc2b2ae35)
    }
    return hex(high ^ (high >>> 16)) + hex(low ^ (low >>> 16))
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
