import type { CompiledPolicy, Direction } from './compiled-policy.ts'
import type { NamedPorts } from './named-ports.ts'
import type { PeerSet } from './peer-set.ts'
import type { PortSets } from './port-set.ts'
import { SubjectProfile } from './subject-profile.ts'

/** Ends that no rule can tell apart have one identity: a small integer. */
export type IdentityId = number

/** What rules know of an end of a connection. */
export interface IdentityTraits {
  /** Policies that select it, by direction; nobody but workloads is selected. */
  readonly policies: Readonly<Record<Direction, readonly CompiledPolicy[]>>
  readonly namedPorts: NamedPorts
  /** Sorted by id. */
  readonly peerSets: readonly PeerSet[]
}

interface Identity {
  readonly key: string
  readonly traits: IdentityTraits
  uses: number
}

/** Identities in use. One keeps its number for as long as anybody has it, whatever else changes. */
export class Identities {
  /** By identity: its policies as a source, and as a destination. */
  readonly egress: SubjectProfile[] = []
  readonly ingress: SubjectProfile[] = []
  private readonly byKey = new Map<string, IdentityId>()
  private readonly rows: (Identity | undefined)[] = []
  private readonly free: IdentityId[] = []
  private readonly profiles = new Map<string, SubjectProfile>()
  private readonly sets: PortSets

  constructor(sets: PortSets) {
    this.sets = sets
  }

  /** The identity of an end with these traits, which has it until `release`. */
  acquire(traits: IdentityTraits): IdentityId {
    const key = keyOf(traits)
    const id = this.byKey.get(key) ?? this.add(key, traits)
    this.rows[id]!.uses++
    return id
  }

  /** One end more has this identity. */
  share(id: IdentityId): void {
    this.rows[id]!.uses++
  }

  release(id: IdentityId): void {
    const identity = this.rows[id]!
    if (--identity.uses > 0) return
    this.byKey.delete(identity.key)
    this.rows[id] = undefined
    this.free.push(id)
    for (const set of identity.traits.peerSets) set.delete(id)
    for (const [key, profile] of this.profiles) {
      if (profile === this.egress[id] || profile === this.ingress[id]) profile.uses--
      if (profile.uses === 0) this.profiles.delete(key)
      else profile.forget(id)
    }
  }

  traits(id: IdentityId): IdentityTraits {
    return this.rows[id]!.traits
  }

  /** How many there are. */
  get size(): number {
    return this.byKey.size
  }

  /** Those in use, in ascending order. */
  *all(): Generator<IdentityId> {
    for (let id = 0; id < this.rows.length; id++) if (this.rows[id] !== undefined) yield id
  }

  private add(key: string, traits: IdentityTraits): IdentityId {
    const id = this.free.pop() ?? this.rows.length
    this.egress[id] = this.profile('egress', traits)
    this.ingress[id] = this.profile('ingress', traits)
    this.rows[id] = { key, traits, uses: 0 }
    this.byKey.set(key, id)
    for (const set of traits.peerSets) set.add(id)
    return id
  }

  private profile(direction: Direction, { policies, namedPorts }: IdentityTraits): SubjectProfile {
    const selecting = policies[direction]
    // the destination's names are the subject's own for ingress alone
    const ownPorts = direction === 'ingress' ? namedPorts : undefined
    const asksNames = selecting.some(({ ingress }) => ingress?.some(({ ports }) => ports.nameKeys.length > 0))
    const key = `${direction} ${policyIds(selecting)}/${asksNames ? (ownPorts?.id ?? '') : ''}`
    let profile = this.profiles.get(key)
    if (profile === undefined) {
      profile = new SubjectProfile(direction, selecting, ownPorts, {
        sets: this.sets,
        namedPortsOf: (id) => this.rows[id]!.traits.namedPorts,
      })
      this.profiles.set(key, profile)
    }
    profile.uses++
    return profile
  }
}

const policyIds = (policies: readonly CompiledPolicy[]): string => policies.map(({ id }) => id).join()

function keyOf({ policies, namedPorts, peerSets }: IdentityTraits): string {
  const sets = peerSets.map(({ id }) => id).join()
  return `${policyIds(policies.egress)}/${policyIds(policies.ingress)}/${namedPorts.id}/${sets}`
}
