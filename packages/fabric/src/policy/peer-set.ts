import type { IdentityId } from './identities.ts'

/**
 * The peers of a rule, as a bitmap over identities. Rules with the same peers share one. A set knows nothing of selectors
 * and prefixes: whoever makes an identity knows which sets it is in.
 */
export class PeerSet {
  /** Never given twice. */
  readonly id: number
  readonly key: string
  /** Whether the rule names no peers, so that everyone is one. */
  readonly isEveryone: boolean
  /** Rules with these peers. */
  uses = 0
  private bits = new Uint32Array(1)

  constructor(id: number, key: string, isEveryone: boolean) {
    this.id = id
    this.key = key
    this.isEveryone = isEveryone
  }

  has(identity: IdentityId): boolean {
    if (this.isEveryone) return true
    const word = identity >>> 5
    return word < this.bits.length && ((this.bits[word]! >>> (identity & 31)) & 1) === 1
  }

  add(identity: IdentityId): void {
    const word = identity >>> 5
    if (word >= this.bits.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.bits.length * 2))
      grown.set(this.bits)
      this.bits = grown
    }
    this.bits[word]! |= 1 << (identity & 31)
  }

  delete(identity: IdentityId): void {
    this.bits[identity >>> 5]! &= ~(1 << (identity & 31))
  }

  isEmpty(): boolean {
    return !this.isEveryone && this.bits.every((word) => word === 0)
  }
}
