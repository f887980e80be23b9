import { canonicalAddress } from '../../model/address-table.ts'
import { capacityOf, formatAddress, type Prefix } from './addresses.ts'

/** Gives out the addresses of a prefix one after the other, and none that is in use already. */
export class AddressPool {
  readonly prefix: Prefix
  readonly #used: Set<string>
  /** Behind the prefix's first address, which is not given out. */
  #offset = 0n

  /** Addresses in use, in any text form. */
  constructor(prefix: Prefix, used: Iterable<string> = []) {
    this.prefix = prefix
    this.#used = new Set([...used].map(canonicalAddress))
  }

  /** The next address; undefined when there is none left. */
  take(): string | undefined {
    const { first, family } = this.prefix
    const capacity = capacityOf(this.prefix)
    while (this.#offset < capacity) {
      this.#offset++
      const address = formatAddress(first + this.#offset, family)
      if (this.#used.has(address)) continue
      this.#used.add(address)
      return address
    }
    return undefined
  }
}
