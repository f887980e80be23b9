import { type AddressBits, type Family, formatPrefix, hostPrefix, type PrefixBits } from './address-bits.ts'
import type { PeerSet } from './peer-set.ts'
import { PrefixTrie } from './prefix-trie.ts'

/** Part of the address space that a rule names: some prefixes without what is cut out of them. */
export class AddressPart {
  readonly key: string
  includes: readonly PrefixBits[]
  readonly excludes: readonly PrefixBits[]
  /** Of peers that it is among. */
  readonly peerSets = new Set<PeerSet>()

  constructor(key: string, includes: readonly PrefixBits[], excludes: readonly PrefixBits[]) {
    this.key = key
    this.includes = includes
    this.excludes = excludes
  }

  setAddresses(addresses: readonly AddressBits[]): void {
    this.includes = addresses.map(hostPrefix)
  }
}

/** A block keeps its number for as long as the address space has addresses in just these parts. */
export type BlockId = number

/** Addresses that lie in the same parts. */
export interface AddressBlock {
  readonly peerSets: readonly PeerSet[]
  /** The fewest prefixes that make it up, in ascending order. */
  readonly cidrs: Readonly<Record<Family, readonly string[]>>
}

const FAMILIES: readonly Family[] = ['ipv4', 'ipv6']

/** The address space cut by all prefixes that rules name. */
export class AddressBlocks {
  isStale = true
  blocks: ReadonlyMap<BlockId, AddressBlock> = new Map()
  private readonly parts = new Map<string, AddressPart>()
  private tries = newTries()
  private byKey = new Map<string, BlockId>()
  private nextId = 0
  /** By node of a trie. */
  private blockOfNode: Record<Family, Int32Array> = { ipv4: new Int32Array(1), ipv6: new Int32Array(1) }

  use(key: string, make: () => AddressPart): AddressPart {
    let part = this.parts.get(key)
    if (part === undefined) {
      part = make()
      this.parts.set(key, part)
    }
    this.isStale = true
    return part
  }

  /** To be called when a part is in one peer set less; forgets it after the last. */
  dropIfUnused(part: AddressPart): void {
    this.isStale = true
    if (part.peerSets.size === 0) this.parts.delete(part.key)
  }

  /** The block of an address as of the last `rebuild`. */
  blockOf({ family, words }: AddressBits): BlockId {
    return this.blockOfNode[family][this.tries[family].locate(words)]!
  }

  rebuild(): void {
    this.isStale = false
    this.tries = newTries()
    const before = this.byKey
    this.byKey = new Map()
    const blocks = new Map<BlockId, AddressBlock & { readonly cidrs: Record<Family, string[]> }>()
    const blockIn = (peerSets: readonly PeerSet[]): BlockId => {
      const key = peerSets.map(({ id }) => id).join()
      const id = this.byKey.get(key) ?? before.get(key) ?? this.nextId++
      this.byKey.set(key, id)
      if (!blocks.has(id)) blocks.set(id, { peerSets, cidrs: { ipv4: [], ipv6: [] } })
      return id
    }
    for (const family of FAMILIES) this.blockOfNode[family] = this.cut(this.tries[family], blockIn)
    for (const family of FAMILIES) {
      for (const { prefix, value } of this.tries[family].regions(this.blockOfNode[family]))
        blocks.get(value)!.cidrs[family].push(formatPrefix(prefix))
    }
    this.blocks = blocks
  }

  private cut(trie: PrefixTrie, blockIn: (peerSets: readonly PeerSet[]) => BlockId): Int32Array {
    const { begins, ends } = this.marks(trie)
    const blockOfNode = new Int32Array(trie.size)
    // how many parts of each set cover the node that is visited: parts nest, so that counting is enough
    const covering = new Map<PeerSet, number>()
    const change = (parts: readonly AddressPart[] | undefined, by: number): void => {
      for (const part of parts ?? []) {
        for (const set of part.peerSets) {
          const count = (covering.get(set) ?? 0) + by
          if (count === 0) covering.delete(set)
          else covering.set(set, count)
        }
      }
    }
    const blockHere = () => blockIn([...covering.keys()].sort((a, b) => a.id - b.id))
    trie.visit(
      (node, parent) => {
        change(begins.get(node), 1)
        change(ends.get(node), -1)
        const isCut = parent < 0 || begins.has(node) || ends.has(node)
        blockOfNode[node] = isCut ? blockHere() : blockOfNode[parent]!
      },
      (node) => {
        change(begins.get(node), -1)
        change(ends.get(node), 1)
      },
    )
    return blockOfNode
  }

  /** Parts by the nodes where they begin and where they are cut out. */
  private marks(trie: PrefixTrie) {
    const begins = new Map<number, AddressPart[]>()
    const ends = new Map<number, AddressPart[]>()
    for (const part of this.parts.values()) {
      mark(begins, part, outermost(part.includes, trie))
      mark(ends, part, outermost(part.excludes, trie))
    }
    return { begins, ends }
  }
}

const newTries = () => ({ ipv4: new PrefixTrie('ipv4'), ipv6: new PrefixTrie('ipv6') })

function mark(marks: Map<number, AddressPart[]>, part: AddressPart, nodes: Iterable<number>): void {
  for (const node of nodes) {
    const there = marks.get(node)
    if (there === undefined) marks.set(node, [part])
    else there.push(part)
  }
}

/** Nodes of prefixes of the trie's family that lie within no other of them, so that each address is counted once. */
function outermost(prefixes: readonly PrefixBits[], trie: PrefixTrie): Set<number> {
  const own = prefixes.filter(({ family }) => family === trie.family).sort((a, b) => a.length - b.length)
  if (own.length < 2) return new Set(own.map((prefix) => trie.insert(prefix)))
  const kept = new PrefixTrie(trie.family)
  const ends = new Set<number>()
  const nodes = new Set<number>()
  for (const prefix of own) {
    if (kept.passes(prefix, ends)) continue
    ends.add(kept.insert(prefix))
    nodes.add(trie.insert(prefix))
  }
  return nodes
}
