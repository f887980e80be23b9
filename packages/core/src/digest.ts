/**
 * A 64-bit hash over the ordered events of a run: same inputs, same digest, on any machine or in a browser.
 * Two 32-bit lanes of multiply-xorshift; only 32-bit integer arithmetic, so that every engine agrees.
 */
export class Digest {
  #low = 0x9e3779b9 | 0
  #high = 0x85ebca6b | 0

  /** Mixes one event. `time` is a safe integer; the others are 32-bit integers. */
  add(time: number, handler: number, a: number, b: number): void {
    const timeHigh = (time / 0x1_0000_0000) | 0
    const timeLow = (time - timeHigh * 0x1_0000_0000) | 0
    let low = Math.imul(this.#low ^ timeLow, 0x85ebca6b) ^ Math.imul(a ^ (handler << 16), 0x9e3779b1)
    low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d)
    const high = Math.imul(this.#high ^ b ^ (timeHigh << 8) ^ low, 0xc2b2ae35)
    this.#low = low ^ (high >>> 13)
    this.#high = high ^ (high >>> 16)
  }

  /** Sixteen hexadecimal digits. */
  toString(): string {
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0')
    return hex(this.#high) + hex(this.#low)
  }
}
