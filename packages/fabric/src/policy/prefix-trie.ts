import { bitAt, FAMILY_BITS, type Family, type PrefixBits } from './address-bits.ts'

/** Answer of a look-up where there is no node. */
const NONE = 0
const ROOT = 0

/** Instead of a value: several below. */
const MIXED = -1

/** A part of the address space and what its addresses have in common. */
export interface Region {
  readonly prefix: PrefixBits
  readonly value: number
}

/**
 * Prefixes of one IP version as a bit trie: node 0 is the whole space, each node has up to two halves. Nodes are integers,
 * so that callers keep what they know of them in arrays.
 */
export class PrefixTrie {
  readonly family: Family
  size = 1
  /** Halves of node n at 2n and 2n + 1; 0 where there is none, as nothing leads back to the root. */
  private halves = new Int32Array(64)

  constructor(family: Family) {
    this.family = family
  }

  /** The node of a prefix, made if it is new. */
  insert({ words, length }: PrefixBits): number {
    let node = ROOT
    for (let bit = 0; bit < length; bit++) {
      const place = node * 2 + bitAt(words, bit)
      if (this.halves[place] === NONE) this.append(place)
      node = this.halves[place]!
    }
    return node
  }

  /** The node of the longest way that leads towards an address. */
  locate(words: Uint32Array): number {
    const bits = FAMILY_BITS[this.family]
    let node = ROOT
    for (let bit = 0; bit < bits; bit++) {
      const next = this.halves[node * 2 + bitAt(words, bit)]!
      if (next === NONE) break
      node = next
    }
    return node
  }

  /** Whether the way to a prefix leads through one of these nodes, or ends there. */
  passes({ words, length }: PrefixBits, nodes: ReadonlySet<number>): boolean {
    let node = ROOT
    for (let bit = 0; ; bit++) {
      if (nodes.has(node)) return true
      if (bit === length) return false
      node = this.halves[node * 2 + bitAt(words, bit)]!
      if (node === NONE) return false
    }
  }

  /** Calls `enter` for each node before its halves and `leave` after them. */
  visit(enter: (node: number, parent: number) => void, leave: (node: number) => void): void {
    const descend = (node: number, parent: number): void => {
      enter(node, parent)
      for (const half of [this.halves[node * 2]!, this.halves[node * 2 + 1]!]) {
        if (half !== NONE) descend(half, node)
      }
      leave(node)
    }
    descend(ROOT, -1)
  }

  /** The fewest prefixes that tell apart all addresses of different value, in ascending order. `values` are by node. */
  regions(values: Int32Array): Region[] {
    const found: Region[] = []
    const words = new Uint32Array(FAMILY_BITS[this.family] / 32)
    const emit = (value: number, length: number): void => {
      found.push({ prefix: { family: this.family, words: words.slice(), length }, value })
    }
    /** The value that all addresses below share, or -1 once their regions went out. */
    const descend = (node: number, depth: number): number => {
      const halves = [this.halves[node * 2]!, this.halves[node * 2 + 1]!]
      if (halves[0] === NONE && halves[1] === NONE) return values[node]!
      const below = halves.map((half, bit) => {
        if (half === NONE) return values[node]!
        setBit(words, depth, bit)
        return descend(half, depth + 1)
      })
      if (below[0] !== below[1] || below[0] === MIXED) {
        for (const [bit, value] of below.entries()) {
          setBit(words, depth, bit)
          if (value !== MIXED) emit(value, depth + 1)
        }
      }
      setBit(words, depth, 0)
      return below[0] === below[1] ? below[0]! : MIXED
    }
    const all = descend(ROOT, 0)
    if (all !== MIXED) emit(all, 0)
    return found.sort((a, b) => compareWords(a.prefix.words, b.prefix.words))
  }

  private append(place: number): void {
    const node = this.size++
    this.halves[place] = node
    if ((node + 1) * 2 > this.halves.length) {
      const grown = new Int32Array(this.halves.length * 2)
      grown.set(this.halves)
      this.halves = grown
    }
  }
}

function setBit(words: Uint32Array, index: number, bit: number): void {
  const mask = 1 << (31 - (index & 31))
  const word = words[index >>> 5]!
  words[index >>> 5] = bit === 1 ? word | mask : word & ~mask
}

function compareWords(a: Uint32Array, b: Uint32Array): number {
  const differs = a.findIndex((word, i) => word !== b[i])
  return differs < 0 ? 0 : a[differs]! - b[differs]!
}
