import { printPercent, SECOND } from '@weft/core'
import { ConvergedReach, type Network, type SteadyLoads, type Topology } from '@weft/fabric'
import type { Bound, Expectation } from '../compile/questions/expect.ts'
import type { ReachExpectation } from '../compile/questions/reach.ts'
import type { Workers } from './workers.ts'
import { holds } from '../expect/measurement.ts'
import { questionOf } from '../reach/reach-questions.ts'
import type { Metric } from '../schema/expect.ts'

/** What a steady state is held against: the links' limits first, then those of workers, then the expectations that it can judge. */
export interface Criterion {
  readonly text: string
}

/** An expectation that expected loads say nothing about, and why. */
export interface NotJudged {
  readonly text: string
  readonly why: string
}

/** What fraction of its rate each link may carry, by link; 1 is all of it. */
export type Limits = Float64Array

/** Overloads by less than this are noise of sums. */
const TOLERANCE = 1e-9

/** Offered loads of one state, as the judge looks at them. */
export interface OfferedState {
  /** IP bit/s of demand without a way. */
  readonly lostBps: number
  /** Offered load over rate, by direction: 2 × link + end. */
  utilizations(): Float64Array
  /** The highest of all directions, and which that is; -1 where nothing is loaded. */
  readonly worstUtilization: number
  readonly worstDirection: number
  /** Numbers of what is down. */
  down(): { readonly links: readonly number[]; readonly nodes: readonly number[] }
  /** Whether a host is down, whose demand is lost for another reason than that of others. */
  readonly isHostDown: boolean
}

/** Whether a state breaks a rule; undefined where offered loads alone do not tell. */
type Quick = (state: OfferedState) => boolean | undefined

interface Rule extends Criterion {
  readonly quick: Quick
  /** From everything that the steady clock knows; absent where offered loads always tell. */
  readonly full?: (loads: SteadyLoads) => boolean
}

/** What of a scenario is judged. */
export interface Judged {
  readonly expectations: readonly Expectation[]
  readonly reach: readonly ReachExpectation[]
}

/** Holds steady states against a scenario's expectations and limits. */
export class Judge {
  readonly criteria: readonly Criterion[]
  readonly notJudged: readonly NotJudged[]
  readonly limits: Limits
  readonly reach: readonly ReachExpectation[]
  readonly #rules: readonly Rule[]
  readonly #reach: ConvergedReach | undefined
  /** Of all links, where they have one. */
  readonly #commonLimit: number | undefined

  constructor(network: Network, { expectations, reach }: Judged, limits: Limits, workers?: Workers) {
    const { topology } = network
    this.limits = limits
    this.reach = reach.filter(({ isTimed }) => !isTimed)
    const questions = this.reach.map((each) => questionOf(each, topology))
    this.#reach = questions.length === 0 ? undefined : new ConvergedReach(network, questions)
    const [first = 1] = limits
    this.#commonLimit = limits.every((limit) => limit === first) ? first : undefined
    const rules: Rule[] = (workers?.criteria ?? []).map((text, controller) => ({
      text,
      quick: (state) => workers!.isShort(controller, state.down()),
    }))
    const notJudged: NotJudged[] = []
    expectations.forEach((expectation) => {
      const rule = ruleOf(expectation, topology)
      if (typeof rule === 'string') notJudged.push({ text: expectation.text, why: rule })
      else rules.push({ text: expectation.text, ...rule })
    })
    for (const { text, isTimed } of reach)
      if (isTimed)
        notJudged.push({ text, why: 'it is about times of the scenario, whose events are left out' })
    this.#rules = rules
    this.criteria = [{ text: limitText(limits) }, ...[...rules, ...this.reach].map(({ text }) => ({ text }))]
    this.notJudged = notJudged
  }

  /** Indices of the criteria that a state breaks. `full` is asked for where offered loads do not tell. */
  broken(state: OfferedState, { overLimit }: WorstDirection, full: () => SteadyLoads): readonly number[] {
    const broken = overLimit > 0 ? [0] : []
    this.#rules.forEach((rule, index) => {
      if (rule.quick(state) ?? rule.full?.(full()) === true) broken.push(index + 1)
    })
    if (this.#reach !== undefined) {
      const { links, nodes } = state.down()
      for (const index of this.#reach.brokenBy(links, nodes)) broken.push(1 + this.#rules.length + index)
    }
    return broken
  }

  /** The expectation of reach that a criterion is; undefined of others. */
  reachOf(criterion: number): ReachExpectation | undefined {
    return this.reach[criterion - 1 - this.#rules.length]
  }

  /** The direction with the least room below its limit. */
  worst(state: OfferedState): WorstDirection {
    const { worstUtilization, worstDirection } = state
    const limit = this.#commonLimit
    if (limit !== undefined && worstDirection >= 0 && worstUtilization <= limit * (1 + TOLERANCE))
      return { direction: worstDirection, utilization: worstUtilization, overLimit: 0 }
    return this.#scan(state)
  }

  #scan(state: OfferedState): WorstDirection {
    const { limits } = this
    const utilizations = state.utilizations()
    let direction = -1
    let worst = -1
    let overLimit = 0
    for (let i = 0; i < 2 * limits.length; i++) {
      const ofLimit = utilizations[i]! / limits[i >> 1]!
      if (ofLimit > 1 + TOLERANCE) overLimit++
      if (ofLimit <= worst) continue
      worst = ofLimit
      direction = i
    }
    return { direction, utilization: direction < 0 ? 0 : utilizations[direction]!, overLimit }
  }
}

export interface WorstDirection {
  /** 2 × link + end; -1 in a network without links. */
  readonly direction: number
  /** Offered load over its rate. */
  readonly utilization: number
  /** Directions beyond their limits. */
  readonly overLimit: number
}

function limitText(limits: Limits): string {
  const [first = 1] = limits
  const percent = (limit: number) => printPercent(limit, { digits: 4 })
  if (limits.every((limit) => limit === first)) return `limit  every link at most ${percent(first)}`
  const sorted = Float64Array.from(limits).sort()
  return `limit  every link at most its own, ${percent(sorted[0]!)} to ${percent(sorted.at(-1)!)}`
}

/** Values that differ from the bound by the noise of sums alone are the bound. */
function holdsNearly(bound: Bound, value: number): boolean {
  const isBound = Math.abs(value - bound.value) <= TOLERANCE * Math.abs(bound.value)
  return holds(bound, isBound ? bound.value : value)
}

const breaks = ({ bounds }: Expectation, value: number): boolean =>
  bounds.some((bound) => !holdsNearly(bound, value))

const NO_FLOWS = 'expected loads have no single flows, and so no completion times'
const NO_STREAMS = 'expected loads have no single packets of streams'
const NO_QUEUES = 'expected loads have no queues'

/** Why metrics are not judged. */
const WHY_NOT: Readonly<Record<Exclude<Metric, 'link.utilization' | 'drops'>, string>> = {
  'flow.slowdown': NO_FLOWS,
  'flow.fct': NO_FLOWS,
  'flow.throughput': NO_FLOWS,
  'flow.unfinished': NO_FLOWS,
  'flow.failed': NO_FLOWS,
  'flow.retransmissions': NO_FLOWS,
  'flow.timeouts': NO_FLOWS,
  'stream.loss': NO_STREAMS,
  'stream.delay': NO_STREAMS,
  'stream.goodput': NO_STREAMS,
  'stream.jitter': NO_STREAMS,
  'link.marks': NO_QUEUES,
  'queue.depth': NO_QUEUES,
  'pool.evicted': 'failures of links and switches bring no table more clients',
  'pool.refused': 'failures of links and switches bring no host and no table more connections',
  'ingress.refused': 'expected loads have no single requests; what workers cannot do is a limit of its own',
  'dns.stale': 'failures of links and switches change no records',
  'dns.failed': 'failures of links and switches change no records',
  'certificate.expired': 'failures of links and switches expire no certificates',
}

/** How an expectation is judged; a text where it cannot be. */
function ruleOf(expectation: Expectation, topology: Topology): Pick<Rule, 'quick' | 'full'> | string {
  const { metric, filter } = expectation
  if (metric === 'link.utilization') return { quick: utilizationRule(expectation, topology) }
  if (metric !== 'drops') return `${WHY_NOT[metric]}; weft check runs it`
  if (filter.traffic !== undefined) return 'losses of one traffic alone are not told apart'
  const measure = dropsMeasure(expectation, topology)
  return { quick: dropsRule(expectation), full: (loads) => breaks(expectation, measure(loads)) }
}

/** In a steady state every window is alike, so that all statistics are the load itself; the worst direction counts. */
function utilizationRule(expectation: Expectation, topology: Topology): Quick {
  const { filter, bounds } = expectation
  const isEverywhere = filter.links === undefined && filter.switches === undefined
  const hasUpperBounds = bounds.every(({ relation }) => relation === 'below' || relation === 'atMost')
  if (isEverywhere && hasUpperBounds)
    return (state) => breaks(expectation, Math.min(1, state.worstUtilization))
  const directions = Int32Array.from(directionsOf(expectation, topology))
  if (directions.length === 0) return () => false
  const isMeant = new Set(directions)
  return (state) => {
    // where the highest of all breaks nothing, none does
    if (hasUpperBounds) {
      if (!breaks(expectation, Math.min(1, state.worstUtilization))) return false
      if (isMeant.has(state.worstDirection)) return true
    }
    const utilizations = state.utilizations()
    let [least, most] = [1, 0]
    for (let i = 0; i < directions.length; i++) {
      const value = utilizations[directions[i]!]!
      if (value < least) least = value
      if (value > most) most = value
    }
    // where any direction breaks a bound, the least or the most loaded one does
    return breaks(expectation, Math.min(1, most)) || (!hasUpperBounds && breaks(expectation, least))
  }
}

/** Tells without a word about packets where nothing is lost, or where anything lost is too much. */
function dropsRule(expectation: Expectation): Quick {
  const { filter, bounds } = expectation
  const zeroBreaks = breaks(expectation, 0)
  const isAnywhere = filter.links === undefined && filter.switches === undefined
  const anyBreaks = isAnywhere && bounds.every(({ relation, value }) => value === 0 && relation !== 'atLeast')
  return (state) => {
    const isThinned = state.worstUtilization > 1
    const isLost = state.lostBps > 0
    if (!isThinned && !isLost) return zeroBreaks
    if (filter.reason === 'queue-full' && !isThinned) return zeroBreaks
    if (filter.reason === 'no-route' && !isLost) return zeroBreaks
    if (!anyBreaks || zeroBreaks) return undefined
    if (filter.reason === undefined || filter.reason === 'queue-full') return true
    return filter.reason === 'no-route' && !state.isHostDown ? true : undefined
  }
}

/** Packets lost in the expectation's time at the steady rate, or their share of those sent. */
function dropsMeasure(expectation: Expectation, topology: Topology): (loads: SteadyLoads) => number {
  const { filter, bounds, fromPs, toPs } = expectation
  const places = filter.links === undefined && filter.switches === undefined ? undefined : new Set<string>()
  if (places !== undefined) {
    for (const direction of directionsOf(expectation, topology))
      places.add(topology.directionName(direction >> 1, (direction & 1) as 0 | 1))
    if (filter.links === undefined) for (const name of filter.switches!) places.add(name)
  }
  const isShare = bounds.some(({ unit }) => unit === 'share')
  const seconds = (toPs - fromPs) / SECOND
  return ({ drops, demand }) => {
    let packets = 0
    for (const { place, reason, packetsPerSecond } of drops) {
      if (filter.reason !== undefined && reason !== filter.reason) continue
      if (places !== undefined && !places.has(place)) continue
      packets += packetsPerSecond
    }
    return isShare ? packets / Math.max(demand.packetsPerSecond, Number.MIN_VALUE) : packets * seconds
  }
}

function directionsOf({ filter }: Expectation, topology: Topology): number[] {
  const links = filter.links === undefined ? undefined : new Set(filter.links)
  const switches = filter.switches === undefined ? undefined : new Set(filter.switches)
  return topology.links.flatMap(({ name, ends }, link) => {
    if (links !== undefined && !links.has(name)) return []
    return ([0, 1] as const).flatMap((end) =>
      switches === undefined || switches.has(ends[end]) ? [2 * link + end] : [],
    )
  })
}

/** What of expectations and limits tells links and nodes apart, by name: for symmetry. */
export function labelsOf(
  topology: Topology,
  { expectations, reach }: Judged,
  limits: Limits,
): (name: string) => string {
  const labels = new Map<string, string>()
  const add = (name: string, label: string) => labels.set(name, `${labels.get(name) ?? ''} ${label}`)
  topology.links.forEach(({ name }, link) => {
    if (limits[link] !== 1) add(name, `limit ${limits[link]}`)
  })
  expectations.forEach(({ filter }, index) => {
    for (const name of [...(filter.links ?? []), ...(filter.switches ?? [])]) add(name, `expected ${index}`)
  })
  reach.forEach(({ from, to }, index) => {
    for (const host of from) add(host, `sends ${index}`)
    for (const host of to) add(host, `receives ${index}`)
  })
  return (name) => labels.get(name) ?? ''
}
