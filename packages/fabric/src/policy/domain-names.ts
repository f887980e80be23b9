import { type AddressBits, parseAddress } from './address-bits.ts'
import { type AddressBlocks, AddressPart } from './address-blocks.ts'

/**
 * Peers given by domain name. They stand for the addresses that the names were last said to have; a name of which nothing
 * was said stands for none, so that a rule about it lets nobody through.
 */
export class DomainNames {
  private readonly blocks: AddressBlocks
  private readonly addresses = new Map<string, readonly AddressBits[]>()
  private readonly parts = new Map<string, AddressPart>()

  constructor(blocks: AddressBlocks) {
    this.blocks = blocks
  }

  use(name: string): AddressPart {
    const pattern = canonicalName(name)
    const key = `domain ${pattern}`
    const part = this.blocks.use(key, () => new AddressPart(key, [], []))
    part.setAddresses(this.addressesOf(pattern))
    this.parts.set(pattern, part)
    return part
  }

  /** From now on the name has these addresses and no others. Whether any rule is about it. */
  setAddresses(name: string, addresses: readonly string[]): boolean {
    const canonical = canonicalName(name)
    this.addresses.set(canonical, addresses.map(parseAddress))
    let isMeant = false
    for (const [pattern, part] of this.parts) {
      if (part.peerSets.size === 0) this.parts.delete(pattern)
      else if (matchesDomain(pattern, canonical)) {
        part.setAddresses(this.addressesOf(pattern))
        this.blocks.isStale = true
        isMeant = true
      }
    }
    return isMeant
  }

  /** Whether something was said of a name, or of one that a pattern stands for. */
  isKnown(name: string): boolean {
    return this.addressesOf(canonicalName(name)).length > 0
  }

  private addressesOf(pattern: string): AddressBits[] {
    return [...this.addresses].flatMap(([name, bits]) => (matchesDomain(pattern, name) ? bits : []))
  }
}

/** Names are compared without case (RFC 4343) and without the final dot. */
const canonicalName = (name: string): string => name.toLowerCase().replace(/\.$/, '')

/** `*.example.com` stands for one or more labels before `example.com`. */
export function matchesDomain(pattern: string, name: string): boolean {
  if (!pattern.startsWith('*.')) return canonicalName(pattern) === canonicalName(name)
  const suffix = canonicalName(pattern).slice(1)
  return canonicalName(name).endsWith(suffix) && canonicalName(name).length > suffix.length
}
