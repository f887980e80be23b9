import { SECOND } from '@weft/core'
import type { Network } from '../../../build/network.ts'
import type { ClientAffinity } from '../../../load-balancer/client-affinity.ts'
import { type AffinityLoad, affinityLoad, evictionAge } from '../../../pools/affinity-load.ts'
import type { LinkState } from '../../../routing/topology.ts'
import { type AffinityCall, AffinityCalls } from './affinity-calls.ts'
import {
  affinityStep,
  EVERYBODY,
  type Horizon,
  horizonAt,
  horizonLags,
  horizonStaysAt,
} from './affinity-filling.ts'
import type { Filling, FillingStep } from './filling.ts'
import { type Calling, RememberedClients } from './remembered-clients.ts'
import type { SteadyPool } from './steady-pools.ts'
import type { TranslatedPart } from './translations.ts'

/** A table of a place. */
interface PlaceState {
  readonly size: number
  readonly remembered: RememberedClients
  /** Up to the step that `next` is about, which begins at `fromPs`. */
  horizon: Horizon
  fromPs: number
  next: Horizon
}

const NOTHING = { asking: 1, blocking: 0, lost: 0, standingLost: 0 } as const

/**
 * Tables of session affinity under the steady clock: who has called within the timeout of a service is remembered, and of those that there is
 * no room for, whoever called last. They begin empty.
 */
export class SteadyAffinity {
  readonly tables: readonly ClientAffinity[]
  readonly #calls: AffinityCalls
  readonly #places: readonly PlaceState[]
  #known: readonly AffinityCall[] | undefined
  /** What histories go on with. */
  #turned: readonly AffinityCall[] | undefined
  #factors = new Float64Array(0)

  constructor(network: Network) {
    this.#calls = new AffinityCalls(network)
    this.tables = this.#calls.tables
    this.#places = this.tables.map(({ size }) => ({
      size,
      remembered: new RememberedClients(),
      horizon: EVERYBODY,
      fromPs: -Infinity,
      next: EVERYBODY,
    }))
  }

  /** Forgets who calls: to be called when other things are up, other routes are installed, or others are asked. */
  settle(): void {
    this.#known = undefined
  }

  /** By table: these demands, each times its factor, in a step. */
  at(
    parts: readonly TranslatedPart[],
    factors: Float64Array,
    state: LinkState,
    step: FillingStep,
    filling: Filling,
  ): SteadyPool[] {
    if (this.tables.length === 0) return []
    this.#known ??= this.#calls.calls(parts, state)
    if (this.#known !== this.#turned || factors.some((factor, part) => factor !== this.#factors[part]))
      this.#turn(this.#known, factors, step.nowPs)
    return this.#places.map((place) => poolOf(loadOf(place, step, filling)))
  }

  /** Whoever calls more or less often than before does so from now on. */
  #turn(calls: readonly AffinityCall[], factors: Float64Array, nowPs: number): void {
    this.#turned = calls
    this.#factors = factors.slice()
    const calling = this.#places.map(() => new Map<string, Calling>())
    for (const { table, entry, timeoutPs, chance, part, connectionsPerSecond, streams } of calls) {
      const factor = factors[part]!
      if (factor === 0) continue
      const known = calling[table]!.get(entry) ?? { timeoutPs, chance, perSecond: 0, streams: 0 }
      calling[table]!.set(entry, known)
      known.perSecond += factor * connectionsPerSecond
      known.streams += streams
    }
    this.#places.forEach(({ remembered }, table) => void remembered.turn(calling[table]!, nowPs))
  }
}

function loadOf(place: PlaceState, { nowPs, stepPs, windowPs }: FillingStep, filling: Filling): AffinityLoad {
  const { size, remembered } = place
  const { callers } = remembered
  // what was asked about at this very instant is asked anew
  if (place.fromPs < nowPs) place.horizon = horizonStaysAt(horizonAt(place.next, nowPs))
  place.fromPs = nowPs
  place.next = place.horizon
  const settling = callers.filter(
    ({ history, timeoutPs }) =>
      timeoutPs > windowPs && Math.max(history.fromPs, history.streamedPs) + timeoutPs > nowPs,
  )
  if (settling.length === 0) {
    const demands = callers.map(({ clients, history: { perSecond }, timeoutPs }) => ({
      clients,
      perSecond,
      timeoutPs,
    }))
    const load = affinityLoad(size, demands)
    if (load.expected > size) place.next = horizonLags(nowPs, evictionAge(size, demands) * SECOND)
    return load
  }
  for (const { timeoutPs } of settling) filling.settlingPs = Math.max(filling.settlingPs, timeoutPs)
  const { load, horizon } = affinityStep(size, callers, place.horizon, nowPs, nowPs + stepPs)
  place.next = horizon
  return load
}

const poolOf = ({ expected, inUse, newPerSecond, evictedPerSecond }: AffinityLoad): SteadyPool => ({
  connectionsPerSecond: newPerSecond,
  holdingPs: newPerSecond === 0 ? undefined : (inUse / newPerSecond) * SECOND,
  load: { ...NOTHING, offeredErlangs: expected, askedErlangs: expected, carriedErlangs: inUse },
  evictedPerSecond,
})
