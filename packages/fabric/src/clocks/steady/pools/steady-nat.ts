import { SECOND } from '@weft/core'
import type { Network } from '../../../build/network.ts'
import type { NatPool } from '../../../pools/nat-mappings.ts'
import { type NatPart, natStages } from '../../../pools/nat-parts.ts'
import type { CountedPool } from '../../../pools/pool.ts'
import { attempts, type PoolDemand, type PoolLoad } from '../../../pools/pool-load.ts'
import type { LinkState } from '../../../routing/topology.ts'
import type { SteadyRefusal } from './admission.ts'
import type { Filling, FillingDemand } from './filling.ts'
import { type Crossing, type TranslatedPart, type TranslatingPlace, Translations } from './translations.ts'

/** A pool of a place while demand stays as it is. */
export interface SteadyNatPool {
  readonly connectionsPerSecond: number
  /** How long each has its place on the mean, hold-down of ports among it; undefined where none come. */
  readonly holdingPs: number | undefined
  readonly load: PoolLoad
}

export interface SteadyNatLoads {
  /** In the order of `pools`. */
  readonly pools: readonly SteadyNatPool[]
  readonly refusals: readonly SteadyRefusal[]
}

/** Connections that are translated alike, while demand stays as it is. */
interface Coming extends Crossing {
  /** Of these, the share that was not refused for good up to here, and SYNs per second that came and were refused. */
  passing: number
  standingShare: number
  asked: number
  /** By reason: SYNs per second, and the share that is refused for good. */
  readonly refused: Map<string, { perSecond: number; share: number }>
}

/**
 * Where regions translate, under the steady clock: new connections per second times holding time fill ports, mappings and tables,
 * by Erlang's loss formula. Each remote endpoint has all ports to itself where they are overloaded.
 */
export class SteadyNat {
  /** Every place's ports or mappings, and its table of connections. */
  readonly pools: readonly CountedPool[]
  readonly translations: Translations
  #crossings: readonly Crossing[] | undefined

  constructor(network: Network) {
    this.translations = new Translations(network)
    this.pools = this.translations.places.flatMap(({ table, pools }) => [...pools, table])
  }

  /** Forgets what it knows: to be called when other things are up, other routes are installed, or others are asked. */
  settle(): void {
    this.#crossings = undefined
  }

  /** These demands, each times its factor. */
  at(
    parts: readonly TranslatedPart[],
    factors: Float64Array,
    state: LinkState,
    filling: Filling,
  ): SteadyNatLoads {
    if (this.pools.length === 0) return { pools: [], refusals: [] }
    this.#crossings ??= this.translations.crossings(parts, state)
    const coming = this.#crossings
      .filter(({ part }) => factors[part]! > 0)
      .map((crossing) => comingOf(crossing, factors[crossing.part]!, filling.retriesOf(crossing)))
    const pools = this.translations.places.flatMap(({ name, pools: nats, table }, place) => {
      const here = coming.filter((each) => each.place === place)
      for (const [first, members] of mappingsByNat(nats, here)) fill(first, members, filling)
      const ofNats = nats.map((pool, index) =>
        natPoolOf(
          here.filter(({ mapping }) => mapping?.pool === index),
          pool,
          filling,
        ),
      )
      return [...ofNats, tableOf(here, table.size, `${name} entries`, filling)]
    })
    return { pools, refusals: refusalsOf(coming) }
  }
}

const comingOf = (crossing: Crossing, factor: number, retries: number): Coming => ({
  ...crossing,
  retries,
  connectionsPerSecond: crossing.connectionsPerSecond * factor,
  passing: 1,
  standingShare: 1,
  asked: crossing.connectionsPerSecond * factor,
  refused: new Map(),
})

/** Those that need a mapping, by NAT: protocols have pools of their own, and one NAT. */
function mappingsByNat<Of extends Crossing>(
  pools: readonly NatPool[],
  crossings: readonly Of[],
): (readonly [NatPool, readonly Of[]])[] {
  const nats = [...new Set(pools.map(({ nat }) => nat))]
  return nats.map((nat) => [
    pools.find((pool) => pool.nat === nat)!,
    crossings.filter(({ mapping }) => mapping !== undefined && pools[mapping.pool]!.nat === nat),
  ])
}

/** Places of a NAT that connections share, and which need them. */
export interface NatPartDemand {
  readonly part: NatPart
  /** How long a place is nobody's after each. */
  readonly heldDownPs: number
  readonly members: readonly Crossing[]
}

/** What connections need of the NATs of a place, by index of its pools. */
export function natPartsOf({ pools }: TranslatingPlace, crossings: readonly Crossing[]): NatPartDemand[][] {
  const all = mappingsByNat(pools, crossings).flatMap(([first, members]) => stagesOf(first, members).flat())
  return pools.map((_, index) =>
    all.filter(({ members }) => members.some(({ mapping }) => mapping!.pool === index)),
  )
}

/** One after the other: what is refused at one stage does not come to the next. */
function stagesOf<Of extends Crossing>(pool: NatPool, members: readonly Of[]) {
  const stages = natStages(
    pool,
    members.map(({ mapping }) => mapping!),
  )
  return stages.map((parts) =>
    parts.map((part) => ({
      part,
      heldDownPs: part.reason === 'nat-ports-exhausted' ? pool.nat.options.holdDownPs : 0,
      members: part.members.map((member) => members[member]!),
    })),
  )
}

function fill(pool: NatPool, coming: readonly Coming[], filling: Filling): void {
  stagesOf(pool, coming).forEach((parts, stage) => {
    for (const { part, heldDownPs, members } of parts) {
      const { inside, protocol, remote, remotePort, external } = part
      const name = [pool.name, stage, inside, protocol, remote, remotePort, external].join()
      const standing = sum(members, (each) => each.standing * each.standingShare)
      const load = filling.loadOf(name, part.size, fillingDemands(members, heldDownPs), standing)
      for (const each of members) refuse(each, part.reason, load)
    }
  })
}

/** What comes as far as this, alike ones together. */
function fillingDemands(coming: readonly Coming[], heldDownPs: number): FillingDemand[] {
  const alike = new Map<string, FillingDemand>()
  for (const { connectionsPerSecond, passing, holdPs, retries } of coming) {
    if (connectionsPerSecond === 0) continue
    const key = `${holdPs}/${retries}`
    const perSecond = (alike.get(key)?.perSecond ?? 0) + connectionsPerSecond * passing
    alike.set(key, { perSecond, holdPs: holdPs + heldDownPs, retries })
  }
  return [...alike.values()]
}

/** Of what has come as far as this. */
function refuse(
  coming: Coming,
  reason: string,
  { blocking, standingLost }: Pick<PoolLoad, 'blocking' | 'standingLost'>,
): void {
  const isStream = coming.standing > 0
  if ((isStream ? standingLost : blocking) === 0) return
  const known = coming.refused.get(reason) ?? { perSecond: 0, share: 0 }
  coming.refused.set(reason, known)
  if (isStream) {
    known.share += coming.standingShare * standingLost
    coming.standingShare *= 1 - standingLost
    return
  }
  const { asked, lost } = attempts(blocking, coming.retries)
  const here = coming.connectionsPerSecond * coming.passing
  coming.asked += here * (asked - 1)
  known.perSecond += here * asked * blocking
  known.share += coming.passing * lost
  coming.passing *= 1 - lost
}

/** What they ask places for, by how often they ask again. */
export function crossingDemands(crossings: readonly Crossing[], heldDownPs: number): PoolDemand[] {
  const byRetries = new Map<number, number>()
  for (const { connectionsPerSecond, holdPs, retries } of crossings) {
    const erlangs = (connectionsPerSecond * (holdPs + heldDownPs)) / SECOND
    if (erlangs > 0) byRetries.set(retries, (byRetries.get(retries) ?? 0) + erlangs)
  }
  return [...byRetries].sort(([a], [b]) => a - b).map(([retries, erlangs]) => ({ retries, erlangs }))
}

/** All parts of a pool together. Ports that are held down are asked for as those in use, and are none of its mappings. */
function natPoolOf(members: readonly Coming[], { name, nat }: NatPool, filling: Filling): SteadyNatPool {
  const { holdDownPs } = nat.options
  const connectionsPerSecond = sum(members, (each) => each.connectionsPerSecond)
  const standing = sum(members, (each) => each.standing)
  const erlangs = sum(members, (each) => (each.connectionsPerSecond * (each.holdPs + holdDownPs)) / SECOND)
  const asked = sum(members, (each) => each.asked)
  const refused = sum(members, (each) => sum([...each.refused.values()], ({ perSecond }) => perSecond))
  const carried = filling.heldBy(`${name} in use`, fillingDemands(members, 0))
  const kept = sum(members, (each) => each.standing * each.standingShare)
  const asking = connectionsPerSecond === 0 ? 1 : asked / connectionsPerSecond
  const passing = sum(members, (each) => each.connectionsPerSecond * each.passing)
  return {
    connectionsPerSecond,
    holdingPs: connectionsPerSecond === 0 ? undefined : (erlangs / connectionsPerSecond) * SECOND,
    load: {
      offeredErlangs: erlangs + standing,
      askedErlangs: erlangs * asking + standing,
      asking,
      blocking: asked === 0 ? 0 : refused / asked,
      lost: connectionsPerSecond === 0 ? 0 : 1 - passing / connectionsPerSecond,
      standingLost: standing === 0 ? 0 : 1 - kept / standing,
      carriedErlangs: carried + kept,
    },
  }
}

/** The table of what is translated at a place, whether or not it takes a port: those that got one. */
function tableOf(members: readonly Coming[], size: number, name: string, filling: Filling): SteadyNatPool {
  const load = filling.loadOf(
    name,
    size,
    fillingDemands(members, 0),
    sum(members, (each) => each.standing * each.standingShare),
  )
  const connectionsPerSecond = sum(members, (each) => each.connectionsPerSecond * each.passing)
  const erlangs = sum(members, (each) => (each.connectionsPerSecond * each.passing * each.holdPs) / SECOND)
  for (const each of members) refuse(each, 'conntrack-full', load)
  return {
    connectionsPerSecond,
    holdingPs: connectionsPerSecond === 0 ? undefined : (erlangs / connectionsPerSecond) * SECOND,
    load,
  }
}

function refusalsOf(coming: readonly Coming[]): SteadyRefusal[] {
  return coming.flatMap(({ part, entry, node, refused, share: of }) =>
    [...refused].map(([reason, { perSecond, share }]) => ({
      part,
      entry,
      node,
      reason,
      perSecond,
      share: of * share,
    })),
  )
}

const sum = <Of>(items: readonly Of[], read: (item: Of) => number): number =>
  items.reduce((total, item) => total + read(item), 0)
