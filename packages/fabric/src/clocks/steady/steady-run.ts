import { type EventHandler, LONG_TIME_MAX, Simulation } from '@weft/core'
import type { Blueprint } from '../../blueprint/blueprint.ts'
import { Network } from '../../build/network.ts'
import { withUpstream } from '../../ingress/controller/upstream-traffic.ts'
import { ExpectedLookups } from '../../names/expected-lookups.ts'
import { NameEvents, type NameEventTarget } from '../../names/name-events.ts'
import { LinkState } from '../../routing/topology.ts'
import { demandOfTraffic } from '../../traffic/demand/from-traffic.ts'
import { FlowTable } from '../../transport/flow-table.ts'
import { Failures, type FailureTarget } from '../failures.ts'
import { LifeEvents, type LifeTarget } from '../life-events.ts'
import { randomFailures } from '../random-failures.ts'
import { DemandTurns } from './demand-turns.ts'
import { type MixLoads, SteadyMix } from './steady-mix.ts'
import { admissionsOf, isAsked, type SteadyRefusal } from './pools/admission.ts'
import { FillingSteps } from './pools/filling-steps.ts'
import { type AnsweredPart, unservedParts } from './request-parts.ts'
import { type RequestAnswers, SteadyIngress } from './steady-ingress.ts'
import { type SteadyPlaces, type SteadyPool, SteadyPools } from './pools/steady-pools.ts'
import { addStreamRows } from './stream-rows.ts'
import type { Passes } from './thinning.ts'
import { splitByTraffic } from './traffic-parts.ts'

export interface SteadyRunOptions {
  /** No traffic is sent and nothing fails by itself from here on. */
  readonly arrivalsEndPs: number
  /** Rates that follow profiles change at most this often, and are their means in between; whole picoseconds. */
  readonly windowPs: number
  /**
   * `sim.run` ends where loads take several passes over all demands, as losses in a circle of full links do: `isSolving` is
   * true then, and `solveOn` takes a pass. Default false: an instant's loads are found at once.
   */
  readonly inPasses?: boolean
}

/** Loads that last from one change to the next. */
export interface SteadySpan {
  readonly fromPs: number
  readonly loads: MixLoads
  /** In the order of the run's pools, see `SteadyPools`. */
  readonly pools: readonly SteadyPool[]
  /** What policies, services and edges refuse, and what finds no place where addresses are translated, or in tables of connections. */
  readonly refusals: readonly SteadyRefusal[]
  /** What is up, the routes or who sends is not as it was; false where only a rate that follows a profile is not. */
  readonly isNew: boolean
}

export interface SpanListener {
  /** The loads change at this instant. Ends the span before, if there was one. */
  onSpan(span: SteadySpan): void
}

const TURN = 0
const SOLVE = 1
const FORGET = 2
const FILL = 3
/** Steps in which caches forget old records, at most. */
const FORGET_STEPS = 64

/**
 * A blueprint under the steady clock, ready for `sim.run(until)`: loads that are constant from one change to the next, as
 * if queues had settled at once. Changes are failures, repairs, new routes, and traffic that starts, stops or follows a
 * profile. Lists and bursts of flows count as their average over the run.
 */
export class SteadyRun implements FailureTarget, LifeTarget, NameEventTarget, EventHandler {
  readonly name = 'steady'
  readonly blueprint: Blueprint
  readonly sim: Simulation
  readonly network: Network
  /** Streams alone; flows that arrive are many and have no rows. */
  readonly flows: FlowTable
  readonly failures: Failures
  readonly ingress: SteadyIngress
  readonly life: LifeEvents
  readonly nameEvents: NameEvents
  readonly turns: DemandTurns
  /** Undefined where no traffic goes to names. */
  readonly lookups: ExpectedLookups | undefined
  /** What each traffic sends while it does, and what comes back; then what requests send that are not served. */
  parts: readonly AnsweredPart[]
  readonly mix: SteadyMix
  readonly pools: SteadyPools
  /** Some connection or stream has found no place. */
  hasRefused = false
  /** Set before the first event. */
  listener: SpanListener | undefined
  readonly #state: LinkState
  readonly #handler: number
  #factors = new Float64Array(0)
  /** By traffic: what it sends of its mean rate now. */
  #sending: Float64Array = new Float64Array(0)
  /** The loads at hand are of another state of the network, of another demand. */
  #isUnsettled = false
  #isNew = true
  #willSolve = false
  readonly #inPasses: boolean
  readonly #arrivalsEndPs: number
  readonly #windowPs: number
  readonly #filling: FillingSteps
  /** Old records are forgotten in steps of this length. */
  #stepPs = 0
  #forgetPs = 0
  /** Who sends, or who serves, is not as it was when `parts` were made. */
  #isOfOthers = false
  /** Of the span that begins now. */
  #places: SteadyPlaces = { pools: [], settlingPs: 0, refusals: [], denied: [] }
  /** Loads of this instant, not yet found. */
  #solution: Passes<MixLoads> | undefined

  constructor(blueprint: Blueprint, { arrivalsEndPs, windowPs, inPasses = false }: SteadyRunOptions) {
    this.blueprint = { ...blueprint, traffic: withUpstream(blueprint.traffic, arrivalsEndPs) }
    const { traffic } = this.blueprint
    this.#inPasses = inPasses
    this.sim = new Simulation({ seed: blueprint.seed, timeMaxPs: LONG_TIME_MAX })
    this.network = new Network(blueprint.network, { sim: this.sim })
    this.flows = new FlowTable(this.network.packets)
    this.turns = new DemandTurns(traffic, { endPs: arrivalsEndPs, windowPs })
    this.#arrivalsEndPs = arrivalsEndPs
    this.#windowPs = windowPs
    this.#filling = new FillingSteps(windowPs, arrivalsEndPs)
    this.parts = this.#partsNow()
    this.lookups = ExpectedLookups.of(this.network, traffic, arrivalsEndPs)
    this.pools = new SteadyPools(this.network, traffic, this.parts)
    this.#state = new LinkState(this.network.topology)
    this.mix = new SteadyMix(
      this.network,
      this.parts.map(({ demand: each }) => each),
      this.#state,
    )
    const random = randomFailures(blueprint.reliability ?? [], this.sim, arrivalsEndPs)
    this.ingress = new SteadyIngress(this.network, blueprint.ingress ?? [], traffic, () => {
      this.#isNew = true
      this.#filling.change()
      this.#solveSoon()
    })
    this.failures = new Failures(this, [...blueprint.events, ...random])
    this.life = new LifeEvents(this, blueprint.events)
    this.nameEvents = new NameEvents(this, blueprint.events)
    this.#handler = this.sim.register(this)
    addStreamRows(this.network, this.flows, traffic, this.parts)
    this.sim.schedule(0, this.#handler, TURN, 0)
  }

  /** By traffic: the factor of its mean rate that it sends at this instant. */
  get sending(): Float64Array {
    return this.#sending
  }

  /** The loads of this instant are not found yet; nothing else may run before they are. */
  get isSolving(): boolean {
    return this.#solution !== undefined
  }

  /** Takes a pass; `false` ends with what there is: loads near those that would be found, marked as not converged. */
  solveOn(goOn = true): void {
    const solution = this.#solution
    if (solution === undefined) return
    const pass = solution.next(goOn)
    if (pass.done !== true) return
    this.#solution = undefined
    this.#turnTo(pass.value)
  }

  onEvent(kind: number, turn: number): void {
    if (kind === TURN) this.#turn(turn)
    else if (kind === SOLVE) this.#solve()
    else if (kind === FILL) {
      // what changed meanwhile began steps of its own
      if (this.sim.now === this.#filling.endsPs) this.#solveSoon()
    } else if (this.sim.now === this.#forgetPs) this.#forget()
  }

  setLinkUsable(link: number, usable: boolean): void {
    this.#state.linkUp[link] = usable ? 1 : 0
    this.#unsettle()
  }

  setNodeUp(node: number, up: boolean): void {
    this.#state.nodeUp[node] = up ? 1 : 0
    this.#unsettle()
  }

  onRoutesInstalled(): void {
    // questions about names go by routes too
    if (this.network.names?.areCarried === true) this.#isOfOthers = true
    this.#unsettle()
  }

  onLifeChanged(): void {
    this.#isOfOthers = true
    this.#unsettle()
  }

  /** From here on caches forget what names stood for: shares go by the means of steps. */
  onRecordsChanged(): void {
    this.#isNew = true
    this.#stepPs = 0
    this.#forget()
  }

  #forget(): void {
    const { names, sim } = this.network
    const { shares } = names!
    const leftPs = shares.staleUntilPs - sim.now
    const stepPs = Math.ceil(Math.min(leftPs, Math.max(this.#windowPs, leftPs / FORGET_STEPS, this.#stepPs)))
    this.#stepPs = stepPs
    shares.averagePs = stepPs
    this.#isOfOthers = true
    this.#isUnsettled = true
    this.#filling.change()
    this.#solveSoon()
    this.#forgetPs = sim.now + stepPs
    if (stepPs > 0) sim.schedule(this.#forgetPs, this.#handler, FORGET)
  }

  #partsNow(): AnsweredPart[] {
    const { traffic } = this.blueprint
    const forPs = this.#arrivalsEndPs
    const demand = demandOfTraffic(this.network, traffic, { forPs })
    const all = splitByTraffic(demand, traffic, forPs).map((part) => ({ ...part, answer: 'whole' as const }))
    return [...all, ...unservedParts(this.network, traffic, forPs)]
  }

  #askOthers(): void {
    this.#isOfOthers = false
    this.parts = this.#partsNow()
    this.mix.ask(this.parts.map(({ demand }) => demand))
    this.pools.ask(this.parts)
    this.lookups?.ask()
  }

  #turn(turn: number): void {
    if (this.turns.isStartOrStop(turn)) this.#isNew = true
    this.#filling.change()
    this.#sending = this.turns.factors(turn)
    const next = this.turns.instants[turn + 1]
    if (next !== undefined) this.sim.schedule(next, this.#handler, TURN, turn + 1)
    this.#solveSoon()
  }

  #unsettle(): void {
    this.#filling.change()
    this.#isUnsettled = true
    this.#isNew = true
    this.#solveSoon()
  }

  /** Behind all that is pending for this instant, so that its changes are answered together. */
  #solveSoon(): void {
    if (this.#willSolve) return
    this.#willSolve = true
    this.sim.schedule(this.sim.now, this.#handler, SOLVE)
  }

  #solve(): void {
    this.#willSolve = false
    if (this.#isOfOthers) this.#askOthers()
    this.lookups?.turn(this.#sending)
    if (this.#isUnsettled) {
      this.mix.settle(this.#state)
      this.pools.settle()
    }
    this.#isUnsettled = false
    this.#admit()
    this.#solution = this.mix.loadsInPasses(this.#factors)
    this.solveOn()
    if (this.#inPasses && this.isSolving) this.sim.stop()
    while (!this.#inPasses && this.isSolving) this.solveOn()
  }

  /** Finds what has places, and what controllers make of requests: what they pass on is less then, and asks for less. */
  #admit(): void {
    const sending = Float64Array.from(this.parts, ({ traffic, answer }) =>
      answer === 'whole' ? this.#sending[traffic]! : 0,
    )
    const step = this.#filling.begin(this.sim.now)
    let places = this.pools.places(this.mix, sending, step)
    let answers = this.#answersOf(sending, places)
    const asked = sending.map((factor, part) => factor * answers.passedOn[this.parts[part]!.traffic]!)
    if (asked.some((factor, part) => factor !== sending[part])) {
      places = this.pools.places(this.mix, asked, step)
      answers = this.#answersOf(asked, places)
    }
    const admissions = admissionsOf(lostIn(places), answers.byPart, this.parts, this.blueprint.traffic)
    this.mix.admit(admissions)
    this.#factors = Float64Array.from(this.parts, ({ traffic }, part) =>
      isAsked(admissions[part]) ? this.#sending[traffic]! * answers.passedOn[traffic]! : 0,
    )
    this.#places = places
    this.#fillOn()
    this.hasRefused ||= answers.byPart.size > 0 || places.refusals.some(({ share }) => share > 0)
  }

  /** Pools that have not settled are asked again, until nothing is sent any more. */
  #fillOn(): void {
    if (this.#filling.goesOn(this.sim.now, this.#places.settlingPs))
      this.sim.schedule(this.#filling.endsPs, this.#handler, FILL)
  }

  #answersOf(factors: Float64Array, places: SteadyPlaces): RequestAnswers {
    return this.ingress.turn(this.parts, factors, lostIn(places))
  }

  #turnTo(loads: MixLoads): void {
    const limits = this.pools.limitsAt(this.#sending, loads.connectionsPerSecondTo)
    const pools = [...limits, ...this.#places.pools]
    const refusals = lostIn(this.#places)
    const span = { fromPs: this.sim.now, loads, pools, refusals, isNew: this.#isNew }
    this.#isNew = false
    this.listener?.onSpan(span)
  }
}

const lostIn = ({ denied, refusals }: SteadyPlaces): SteadyRefusal[] => [...denied, ...refusals]
