import { ConfigError } from '@weft/core'
import { LinkState, trafficOfClass } from '@weft/fabric'
import type { CountedProfiles } from '../planning/profile-rates.ts'
import { Evaluator } from './evaluator.ts'
import { binomial } from './failure-sets.ts'
import { PartOrbits } from './part-orbits.ts'
import { type Part, stateWithout } from './parts.ts'
import { ServedFinder } from './served.ts'
import type { Subject } from './subject.ts'
import { allSets } from './sweep.ts'
import { lostBps } from './outcome.ts'

export interface AvailabilityRequest {
  /** States of up to so many parts down at once are computed; the others are a bound. Whole, 0 or more. Default 2. */
  readonly any?: number
  /** Share of time, 0 to 1, that demands should be served; rows tell whether they are. */
  readonly target?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly done: number; readonly sets: number }) => void
}

/** A share of time that lies between two numbers: states that were not computed may serve a demand or not. */
export interface Between {
  readonly least: number
  readonly most: number
}

export interface AvailabilityRow {
  readonly traffic: string
  /** Hosts; null in rows of whole traffics. */
  readonly from: string | null
  readonly to: string | null
  readonly ipBps: number
  /** Share of time in which all of it is served. */
  readonly available: Between
  /** Unavailability in minutes of a year of 365.25 days, at most. */
  readonly downMinutesPerYear: number
  /** Expected share of it that is served. */
  readonly served: Between
  /** Whether `available` reaches the target; null where the bound leaves that open or there is none. */
  readonly meetsTarget: boolean | null
}

export interface AvailabilityAnswer {
  readonly schema: 1
  readonly clock: 'steady'
  /** What of the traffic's profiles is counted; null where it has none, or a demand takes its place. */
  readonly profiles: CountedProfiles | null
  /** Parts with an availability that follows from their mtbf and mttr in `reliability`. */
  readonly partsFromReliability: number
  /** Parts with an availability, and how many of them may be down at once in what was computed. */
  readonly parts: number
  readonly any: number
  readonly sets: number
  readonly computed: number
  /** Probability of all states that were not computed: the width of every bound. */
  readonly restOfTime: number
  readonly target: number | null
  readonly per: 'pair' | 'traffic'
  readonly partial: boolean
  /** Least available first. */
  readonly rows: readonly AvailabilityRow[]
}

const ANY_DEFAULT = 2
/** Pairs up to which each has a row of its own; beyond, whole traffics have. */
const PAIR_ROWS_MAX = 10_000
const PAIR_SETS_MAX = 200_000
const COMPUTED_MAX = 5_000_000
const BREATH_MS = 50
const MINUTES_PER_YEAR = 365.25 * 24 * 60

/**
 * How much of the time every demand is served in full, from how often parts are down, each independently of the others.
 * Sets of up to `any` parts down are computed; the probability of all others is stated, and widens the bounds.
 */
export async function availability(
  subject: Subject,
  request: AvailabilityRequest = {},
): Promise<AvailabilityAnswer> {
  const { any = ANY_DEFAULT, target, signal, onProgress } = request
  if (!(Number.isInteger(any) && any >= 0))
    throw new ConfigError([
      { path: ['any'], message: `${any} is no number of parts; expected a whole number` },
    ])
  const { parts, down } = fallible(subject)
  const size = Math.min(any, parts.length)
  const total = Array.from({ length: size + 1 }, (_, k) => binomial(parts.length, k)).reduce((a, b) => a + b)
  const perPair = subject.demand.source.length <= PAIR_ROWS_MAX && total <= PAIR_SETS_MAX
  const orbits = perPair ? undefined : orbitsOf(subject, parts, down, size)
  const sets = orbits === undefined ? allSets(parts, size, undefined) : [...allSets(parts, size, orbits)]
  const planned = orbits === undefined ? total : (sets as unknown[]).length
  if (planned > COMPUTED_MAX) refuseMany(size, parts.length, planned)
  const states = new StateWeights(down)
  const tally = new Tally(subject, perPair)
  tally.add(states.of([]), [])
  let breath = performance.now()
  let partial = false
  for (const { members, count } of sets) {
    tally.add(
      count * states.of(members),
      members.map((member) => parts[member]!),
    )
    if (performance.now() - breath < BREATH_MS) continue
    onProgress?.({ done: tally.states, sets: planned + 1 })
    await new Promise((resolve) => setImmediate(resolve))
    partial = signal?.aborted === true
    if (partial) break
    breath = performance.now()
  }
  const restOfTime = partial ? Math.max(0, 1 - tally.mass) : moreThan(size, down)
  return {
    schema: 1,
    clock: 'steady',
    profiles: subject.profiles,
    partsFromReliability: subject.scenario.availability.filter(({ from }) => from === 'reliability').length,
    parts: parts.length,
    any,
    sets: total,
    computed: tally.states,
    restOfTime,
    target: target ?? null,
    per: perPair ? 'pair' : 'traffic',
    partial,
    rows: tally.rows(restOfTime, target),
  }
}

/** Parts that are down at times, and how often each is. */
function fallible({ scenario, parts: index }: Subject): { parts: Part[]; down: number[] } {
  const entries = scenario.availability.filter(({ unavailability }) => unavailability > 0)
  if (scenario.availability.length === 0)
    throw new ConfigError([
      {
        path: ['availability'],
        message:
          'the scenario says of no part how often it is up; give it "availability", such as [{ of: link, up: 99.95% }], or "reliability"',
      },
    ])
  return {
    parts: entries.map(({ name }) => index.named([name], 'availability')[0]!),
    down: entries.map(({ unavailability }) => unavailability),
  }
}

function orbitsOf(subject: Subject, parts: readonly Part[], down: readonly number[], size: number) {
  if (size === 0 || size > SYMMETRIC_SIZE_MAX) return undefined
  const known = new Map(parts.map(({ name }, i) => [name, ` down ${down[i]}`]))
  const orbits = new PartOrbits(
    subject.symmetry([], parts, (name) => known.get(name) ?? ''),
    parts,
  )
  return orbits.orbits.length > ORBITS_MAX ? undefined : orbits
}

const ORBITS_MAX = 64
/** Sizes up to which symmetry is used; of larger sets every one is computed. */
const SYMMETRIC_SIZE_MAX = 2

function refuseMany(size: number, parts: number, sets: number): never {
  const message = `up to ${size} of ${parts} parts down make ${sets.toLocaleString('en')} states; at most ${COMPUTED_MAX.toLocaleString('en')} are computed, so let fewer be down at once`
  throw new ConfigError([{ path: ['any'], message }])
}

/** Probabilities of states: exactly these parts are down. */
class StateWeights {
  readonly #allUp: number
  readonly #odds: readonly number[]

  constructor(down: readonly number[]) {
    this.#allUp = down.reduce((product, q) => product * (1 - q), 1)
    this.#odds = down.map((q) => q / (1 - q))
  }

  of(members: readonly number[]): number {
    return members.reduce((product, member) => product * this.#odds[member]!, this.#allUp)
  }
}

/** Probability that more than `size` parts are down: the tail of a Poisson binomial distribution, without cancellation. */
export function moreThan(size: number, down: readonly number[]): number {
  const exactly = new Float64Array(size + 1)
  exactly[0] = 1
  let more = 0
  for (const q of down) {
    more += exactly[size]! * q
    for (let k = size; k > 0; k--) exactly[k] = exactly[k]! * (1 - q) + exactly[k - 1]! * q
    exactly[0]! *= 1 - q
  }
  return more
}

/** Adds up how often demands are served. */
class Tally {
  states = 0
  /** Probability of the states that were added. */
  mass = 0
  readonly #subject: Subject
  readonly #evaluator: Evaluator
  readonly #finder: ServedFinder
  /** Row of every entry of the demand. */
  readonly #rowOf: Int32Array
  readonly #bps: Float64Array
  /** By row: time in which not all of it is served, and the expected bit/s that are not. */
  readonly #broken: Float64Array
  readonly #missing: Float64Array
  readonly #names: { traffic: string; from: string | null; to: string | null }[] = []

  constructor(subject: Subject, perPair: boolean) {
    this.#subject = subject
    const { network, demand, judge } = subject
    // without what endpoints that are gone leave to others: what goes to them is lost
    this.#evaluator = new Evaluator(network, demand, judge)
    this.#finder = new ServedFinder(network, this.#evaluator.clock, demand)
    this.#rowOf = this.#numberRows(perPair)
    this.#bps = new Float64Array(this.#names.length)
    this.#rowOf.forEach((row, entry) => {
      this.#bps[row]! += subject.demand.ipBps[entry]!
    })
    this.#broken = new Float64Array(this.#names.length)
    this.#missing = new Float64Array(this.#names.length)
  }

  /** A state, with the probability of all states that it stands for. */
  add(mass: number, down: readonly Part[]): void {
    this.states++
    this.mass += mass
    if (lostBps(this.#evaluator.outcome(down, false)) === 0) return
    const state =
      down.length === 0
        ? new LinkState(this.#subject.network.topology)
        : stateWithout(this.#subject.network.topology, down)
    const served = this.#finder.find(state)
    const { ipBps } = this.#subject.demand
    const isBroken = new Uint8Array(this.#bps.length)
    this.#rowOf.forEach((row, entry) => {
      if (served[entry] === 1 || ipBps[entry] === 0) return
      isBroken[row] = 1
      this.#missing[row]! += mass * ipBps[entry]!
    })
    isBroken.forEach((broken, row) => {
      if (broken === 1) this.#broken[row]! += mass
    })
  }

  rows(rest: number, target: number | undefined): AvailabilityRow[] {
    return this.#names
      .map((names, row): AvailabilityRow => {
        const most = Math.max(0, 1 - this.#broken[row]!)
        const available = { least: Math.max(0, most - rest), most }
        const bps = this.#bps[row]!
        const served = bps === 0 ? 1 : Math.max(0, 1 - this.#missing[row]! / bps)
        return {
          ...names,
          ipBps: bps,
          available,
          downMinutesPerYear: (this.#broken[row]! + rest) * MINUTES_PER_YEAR,
          served: { least: Math.max(0, served - rest), most: served },
          meetsTarget: target === undefined ? null : verdict(available, target),
        }
      })
      .sort((a, b) => a.available.most - b.available.most || b.ipBps - a.ipBps)
  }

  #numberRows(perPair: boolean): Int32Array {
    const { demand, network } = this.#subject
    const { source, destination, classOf, classes } = demand
    const { nodes } = network.topology
    const known = new Map<string, number>()
    return Int32Array.from(source, (from, entry) => {
      const traffic = trafficOfClass(classes[classOf[entry]!]!.name)
      const key = perPair ? `${traffic} ${from} ${destination[entry]}` : traffic
      let row = known.get(key)
      if (row === undefined) {
        row = known.size
        known.set(key, row)
        const ends = perPair ? [nodes[from]!.name, nodes[destination[entry]!]!.name] : [null, null]
        this.#names.push({ traffic, from: ends[0]!, to: ends[1]! })
      }
      return row
    })
  }
}

function verdict({ least, most }: Between, target: number): boolean | null {
  if (least >= target) return true
  return most < target ? false : null
}
