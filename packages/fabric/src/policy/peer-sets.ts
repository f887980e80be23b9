import { parsePrefixBits } from './address-bits.ts'
import { type AddressBlocks, AddressPart } from './address-blocks.ts'
import { DomainNames } from './domain-names.ts'
import { CompiledSelector, type LabelGroups } from './label-groups.ts'
import type { NodeSelector, NodeSelectors } from './node-labels.ts'
import { PeerSet } from './peer-set.ts'
import type { PolicyPeer } from './policy-blueprint.ts'

type PeerPart = CompiledSelector | AddressPart | NodeSelector

/** The peers of rules. Equal lists of peers, in any order, are one set. */
export class PeerSets {
  readonly domains: DomainNames
  private readonly everyone = new PeerSet(0, '', true)
  private readonly sets = new Map<string, PeerSet>()
  private readonly partsOf = new Map<PeerSet, readonly PeerPart[]>()
  private nextId = 1
  private readonly groups: LabelGroups
  private readonly blocks: AddressBlocks
  private readonly nodes: NodeSelectors

  constructor(groups: LabelGroups, blocks: AddressBlocks, nodes: NodeSelectors) {
    this.groups = groups
    this.blocks = blocks
    this.nodes = nodes
    this.domains = new DomainNames(blocks)
  }

  /** The set of the peers of a rule of a cluster, which has one use more. */
  use(peers: readonly PolicyPeer[] | undefined, cluster?: string): PeerSet {
    if (peers === undefined) return this.everyone
    const parts = [...new Set(peers.map((peer) => this.part(peer, cluster)))]
    const key = parts
      .map((part) => `${kindOf(part)} ${part.key}`)
      .sort()
      .join('; ')
    let set = this.sets.get(key)
    if (set === undefined) {
      set = new PeerSet(this.nextId++, key, false)
      this.sets.set(key, set)
      this.partsOf.set(set, parts)
      for (const part of parts) {
        part.peerSets.add(set)
        if (part instanceof CompiledSelector) this.groups.touch(part)
      }
    }
    set.uses++
    return set
  }

  release(set: PeerSet): void {
    if (set.isEveryone || --set.uses > 0) return
    this.sets.delete(set.key)
    for (const part of this.partsOf.get(set)!) {
      part.peerSets.delete(set)
      this.dropIfUnused(part)
    }
    this.partsOf.delete(set)
  }

  private part(peer: PolicyPeer, cluster: string | undefined): PeerPart {
    switch (peer.kind) {
      case 'workloads':
        return this.groups.use(peer.select, cluster)
      case 'addresses': {
        const [cidr, except] = [peer.cidr, [...peer.except].sort()]
        const key = `${cidr} except ${except}`
        return this.blocks.use(
          key,
          () => new AddressPart(key, [parsePrefixBits(cidr)], except.map(parsePrefixBits)),
        )
      }
      case 'nodes':
        return this.nodes.use(peer.labels, cluster)
      case 'domain':
        return this.domains.use(peer.name)
    }
  }

  private dropIfUnused(part: PeerPart): void {
    if (part instanceof CompiledSelector) {
      this.groups.touch(part)
      this.groups.dropIfUnused(part)
    } else if (part instanceof AddressPart) this.blocks.dropIfUnused(part)
    else this.nodes.dropIfUnused(part)
  }
}

const kindOf = (part: PeerPart): string =>
  part instanceof CompiledSelector ? 'workloads' : part instanceof AddressPart ? 'addresses' : 'nodes'
