import { type AddressTable, canonicalAddress } from '../model/address-table.ts'
import { type AddressBits, bitsOfCanonical } from './address-bits.ts'
import type { AddressBlocks, BlockId } from './address-blocks.ts'
import type { Identities, IdentityId, IdentityTraits } from './identities.ts'
import type { LabelGroup, LabelGroups } from './label-groups.ts'
import { inCluster, type Labels, labelsKey } from './label-selector.ts'
import { NO_NAMED_PORTS, type PortNames } from './named-ports.ts'
import type { NodeSelectors } from './node-labels.ts'
import type { PeerSet } from './peer-set.ts'

/** One end of a connection: an address of a workload or of a node, or a block of addresses outside; a small integer. */
export type EndId = number

/** In a column of `Ends`: no such thing. */
export const NOBODY = -1

/** Whom an end belongs to. */
export type EndOwner =
  | { readonly kind: 'workload'; readonly workload: number; group: LabelGroup; readonly home: number }
  | { readonly kind: 'node'; readonly node: number; readonly cluster: string | undefined; labels: Labels }
  | { readonly kind: 'outside'; readonly block: BlockId }

interface End {
  readonly owner: EndOwner
  /** Canonical; absent for a block, and for who bears no address. */
  readonly address: string | undefined
  readonly bits: AddressBits | undefined
}

export interface EndsContext {
  readonly identities: Identities
  readonly groups: LabelGroups
  readonly blocks: AddressBlocks
  readonly nodes: NodeSelectors
  readonly names: PortNames
  readonly addresses: AddressTable
  readonly addressesMatchWorkloads: boolean
}

/** All ends that there are, and the identity of each, which `settle` brings up to date. */
export class Ends {
  /** By end. */
  identity = new Int32Array(64)
  /** By end: its workload; NOBODY for a node's address and for those outside. */
  workload = new Int32Array(64)
  /** By end: the node that a workload runs on. */
  home = new Int32Array(64)
  /** By end: the node whose address it is. */
  host = new Int32Array(64)
  /** By end: the block that its address lies in, where rules may see that; NOBODY elsewhere. */
  private block = new Int32Array(64)
  private readonly rows: (End | undefined)[] = []
  private readonly free: EndId[] = []
  private readonly changed = new Set<EndId>()
  private readonly ofGroup = new Map<LabelGroup, Set<EndId>>()
  private readonly ofAddress = new Map<string, EndId[]>()
  private readonly outside = new Map<BlockId, EndId>()
  /** By id in the address table, as far as known; NOBODY elsewhere. */
  private ofAddressId = new Int32Array(0)
  private readonly context: EndsContext

  constructor(context: EndsContext) {
    this.context = context
  }

  /** Makes an end; it has an identity after `settle`. */
  add(owner: EndOwner, address?: string): EndId {
    const id = this.free.pop() ?? this.rows.length
    if (id >= this.identity.length) this.grow()
    const canonical = address === undefined ? undefined : canonicalAddress(address)
    this.rows[id] = {
      owner,
      address: canonical,
      bits: canonical === undefined ? undefined : bitsOfCanonical(canonical),
    }
    this.identity[id] = NOBODY
    this.block[id] = owner.kind === 'outside' ? owner.block : NOBODY
    this.workload[id] = owner.kind === 'workload' ? owner.workload : NOBODY
    this.home[id] = owner.kind === 'workload' ? owner.home : NOBODY
    this.host[id] = owner.kind === 'node' ? owner.node : NOBODY
    if (owner.kind === 'workload') this.enter(id, owner.group)
    this.changed.add(id)
    if (canonical !== undefined) {
      this.ofAddress.set(canonical, [...(this.ofAddress.get(canonical) ?? []), id])
      this.forgetAddress(canonical)
    }
    return id
  }

  remove(id: EndId): void {
    const { owner, address } = this.rows[id]!
    if (this.identity[id]! !== NOBODY) this.context.identities.release(this.identity[id]!)
    if (owner.kind === 'workload') this.leave(id, owner.group)
    if (address !== undefined) {
      const others = this.ofAddress.get(address)!.filter((other) => other !== id)
      if (others.length > 0) this.ofAddress.set(address, others)
      else this.ofAddress.delete(address)
      this.forgetAddress(address)
    }
    this.rows[id] = undefined
    this.changed.delete(id)
    this.free.push(id)
  }

  /** A workload's labels are others. */
  moveTo(id: EndId, group: LabelGroup): void {
    const { owner } = this.rows[id]!
    if (owner.kind !== 'workload') return
    this.leave(id, owner.group)
    owner.group = group
    this.enter(id, group)
    this.changed.add(id)
  }

  /** A node's labels are others. */
  relabel(id: EndId, labels: Labels): void {
    const { owner } = this.rows[id]!
    if (owner.kind === 'node') owner.labels = labels
    this.changed.add(id)
  }

  /** The end that bears an address of the table, the last one added where several do; the block outside that it lies in. */
  ofAddressIn(addressId: number): EndId {
    const known = addressId < this.ofAddressId.length ? this.ofAddressId[addressId]! : NOBODY
    return known === NOBODY ? this.look(addressId) : known
  }

  /** The end of an address in text form. */
  ofText(text: string): EndId {
    const canonical = canonicalAddress(text)
    const own = this.ofAddress.get(canonical)
    return own?.at(-1) ?? this.outside.get(this.context.blocks.blockOf(bitsOfCanonical(canonical)))!
  }

  /** The ends that bear an address in text form. */
  bearing(text: string): readonly EndId[] {
    return this.ofAddress.get(canonicalAddress(text)) ?? []
  }

  /** The end of each block of addresses outside. */
  outsideEnds(): ReadonlyMap<BlockId, EndId> {
    return this.outside
  }

  addressOf(id: EndId): string | undefined {
    return this.rows[id]!.address
  }

  ownerOf(id: EndId): EndOwner {
    return this.rows[id]!.owner
  }

  /** Addresses that several ends of workloads bear. */
  *shared(): Generator<{ readonly address: string; readonly workloads: readonly number[] }> {
    for (const [address, ends] of this.ofAddress) {
      const workloads = ends.map((id) => this.workload[id]!).filter((workload) => workload !== NOBODY)
      if (new Set(workloads).size > 1) yield { address, workloads }
    }
  }

  /** Gives every end whose traits changed its identity. */
  settle(): void {
    const { blocks, groups, nodes } = this.context
    if (blocks.isStale) this.cutAnew()
    else for (const id of this.changed) this.place(id)
    for (const group of groups.changed) for (const id of this.ofGroup.get(group) ?? []) this.changed.add(id)
    if (nodes.isChanged) {
      for (const [id, end] of this.rows.entries()) if (end?.owner.kind === 'node') this.changed.add(id)
    }
    groups.changed.clear()
    nodes.isChanged = false
    const alike = new Map<unknown, Map<number, IdentityId>>()
    for (const id of this.changed) this.identify(id, alike)
    this.changed.clear()
  }

  private identify(id: EndId, alike: Map<unknown, Map<number, IdentityId>>): void {
    const { identities } = this.context
    const { owner } = this.rows[id]!
    const before = this.identity[id]!
    const block = this.block[id]!
    const kind = alikeIn(owner)
    let byBlock = alike.get(kind)
    if (byBlock === undefined) {
      byBlock = new Map()
      alike.set(kind, byBlock)
    }
    const known = byBlock.get(block)
    if (known === undefined) {
      this.identity[id] = identities.acquire(this.traits(owner, block))
      byBlock.set(block, this.identity[id]!)
    } else {
      identities.share(known)
      this.identity[id] = known
    }
    if (before !== NOBODY) identities.release(before)
  }

  /** Looks up the block of an end that bears an address. */
  private place(id: EndId): void {
    const { owner, bits } = this.rows[id]!
    const isSeen = owner.kind === 'node' || this.context.addressesMatchWorkloads
    if (bits === undefined || !isSeen) return
    const block = this.context.blocks.blockOf(bits)
    if (block === this.block[id]) return
    this.block[id] = block
    this.changed.add(id)
  }

  private traits(owner: EndOwner, block: number): IdentityTraits {
    const { blocks, names, nodes } = this.context
    const sets = new Set<PeerSet>(block === NOBODY ? [] : blocks.blocks.get(block)!.peerSets)
    if (owner.kind === 'node') for (const set of nodes.peerSetsOf(owner.labels, owner.cluster)) sets.add(set)
    if (owner.kind !== 'workload')
      return { policies: { egress: [], ingress: [] }, namedPorts: NO_NAMED_PORTS, peerSets: inOrder(sets) }
    const { selectors, ports } = owner.group
    for (const { peerSets } of selectors) for (const set of peerSets) sets.add(set)
    const policies = inOrder(new Set([...selectors].flatMap((selector) => [...selector.policies])))
    return {
      policies: {
        egress: policies.filter(({ egress }) => egress !== undefined),
        ingress: policies.filter(({ ingress }) => ingress !== undefined),
      },
      namedPorts: names.meaningFor(ports, owner.group.namespace.cluster),
      peerSets: inOrder(sets),
    }
  }

  /** The address space is cut otherwise: ends whose block is another are identified anew. */
  private cutAnew(): void {
    const { blocks } = this.context
    blocks.rebuild()
    for (const [id, end] of this.rows.entries()) if (end !== undefined) this.place(id)
    for (const [block, end] of this.outside) {
      if (blocks.blocks.has(block)) continue
      this.outside.delete(block)
      this.remove(end)
    }
    for (const block of blocks.blocks.keys()) {
      if (!this.outside.has(block)) this.outside.set(block, this.add({ kind: 'outside', block }))
    }
    this.ofAddressId.fill(NOBODY)
  }

  private look(addressId: number): EndId {
    const { addresses } = this.context
    if (addressId >= this.ofAddressId.length) {
      const grown = new Int32Array(Math.max(addresses.size, this.ofAddressId.length * 2)).fill(NOBODY)
      grown.set(this.ofAddressId)
      this.ofAddressId = grown
    }
    const end = this.ofText(addresses.textOf(addressId))
    this.ofAddressId[addressId] = end
    return end
  }

  private forgetAddress(address: string): void {
    if (this.ofAddressId.length === 0) return
    const addressId = this.context.addresses.find(address)
    if (addressId !== undefined && addressId < this.ofAddressId.length) this.ofAddressId[addressId] = NOBODY
  }

  private enter(id: EndId, group: LabelGroup): void {
    const ends = this.ofGroup.get(group)
    if (ends === undefined) this.ofGroup.set(group, new Set([id]))
    else ends.add(id)
  }

  private leave(id: EndId, group: LabelGroup): void {
    const ends = this.ofGroup.get(group)!
    ends.delete(id)
    if (ends.size === 0) this.ofGroup.delete(group)
  }

  private grow(): void {
    const size = this.identity.length * 2
    this.identity = grown(this.identity, size)
    this.workload = grown(this.workload, size)
    this.home = grown(this.home, size)
    this.host = grown(this.host, size)
    this.block = grown(this.block, size)
  }
}

/** Owners for which this is the same have the same traits, but for their addresses. */
function alikeIn(owner: EndOwner): unknown {
  if (owner.kind === 'workload') return owner.group
  return owner.kind === 'node' ? inCluster(owner.cluster, labelsKey(owner.labels)) : owner.kind
}

function grown(column: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(size)
  copy.set(column)
  return copy
}

const inOrder = <Item extends { readonly id: number }>(items: ReadonlySet<Item>): Item[] =>
  [...items].sort((a, b) => a.id - b.id)
