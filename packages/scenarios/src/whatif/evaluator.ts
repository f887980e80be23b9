import type { DemandMatrix, LinkState, Network, SteadyLoads } from '@weft/fabric'
import { FailureSweep, SteadyClock } from '@weft/fabric'
import type { Steps } from '../planning/pace.ts'
import type { EndpointLoss, Resettled } from './endpoint-loss.ts'
import type { Judge, OfferedState } from './judge.ts'
import { NOISE, type Outcome, thinnedOf } from './outcome.ts'
import { numbersOf, type Part, stateWithout } from './parts.ts'
import type { Subject } from './subject.ts'

/** What is offered in one state. */
interface Seen {
  /** Of the demand as it then is. */
  readonly clock: SteadyClock
  readonly worstDirection: number
  readonly worstUtilization: number
  /** IP bit/s without a way. */
  readonly lostBps: number
  /** IP bit/s to services without an endpoint. */
  readonly refusedBps: number
  utilizations(): Float64Array
}

/** Evaluates states of one network under one demand, routes converged. */
export class Evaluator {
  readonly network: Network
  readonly judge: Judge
  readonly clock: SteadyClock
  /** IP bit/s in all. */
  readonly demandBps: number
  readonly #sweep: FailureSweep
  readonly #loss: EndpointLoss | undefined
  /** Numbers of prepared parts. */
  readonly #numbers = new Map<Part, number>()

  /** `loss`: of endpoints of services that the demand goes to; absent: all stay. */
  constructor(network: Network, demand: DemandMatrix, judge: Judge, loss?: EndpointLoss) {
    this.network = network
    this.judge = judge
    this.clock = new SteadyClock(network, demand)
    this.demandBps = demand.ipBps.reduce((sum, bps) => sum + bps, 0)
    this.#sweep = new FailureSweep(this.clock)
    this.#loss = loss
  }

  /** Keeps what each of these changes alone, so that pairs of them take less. */
  prepare(parts: readonly Part[]): void {
    this.#numbers.clear()
    for (const [number, part] of parts.entries()) this.#numbers.set(part, number)
    this.#sweep.prepare(parts)
  }

  /** States that were put together from what two parts change alone. */
  get pairedCount(): number {
    return this.#sweep.pairedCount
  }

  /**
   * What becomes of it while these parts are down. Losses at full links take a computation many times as long:
   * without `withThinning` they are found only where an expectation cannot be judged otherwise.
   */
  outcome(down: readonly Part[], withThinning: boolean): Outcome {
    return this.#outcome(down, this.#look(down), withThinning)
  }

  /** The same with losses at full links, pass by pass; interrupted, they are not known: `thinnedBps` is undefined. */
  *outcomeSteps(down: readonly Part[]): Steps<Outcome> {
    const { clock, worstUtilization } = this.#look(down)
    const isThinned = worstUtilization > 1 + NOISE
    const found = isThinned ? yield* lossSteps(clock, stateWithout(this.network.topology, down)) : undefined
    // others may have asked about other states in between
    const outcome = this.#outcome(down, this.#look(down), true, found?.loads)
    return found?.isWhole === false ? { ...outcome, thinnedBps: undefined } : outcome
  }

  /** Offered load over rate of every direction while these parts are down. */
  utilizations(down: readonly Part[]): Float64Array {
    return this.#look(down).utilizations()
  }

  #outcome(down: readonly Part[], seen: Seen, withThinning: boolean, known?: SteadyLoads): Outcome {
    const { clock, worstDirection, refusedBps } = seen
    const worstUtilization = withoutNoise(seen.worstUtilization)
    const lostBps = seen.lostBps > this.demandBps * LOST_MIN ? seen.lostBps : 0
    const unreachableBps = lostBps + (refusedBps > this.demandBps * LOST_MIN ? refusedBps : 0)
    const isThinned = worstUtilization > 1 + NOISE
    const state: OfferedState = {
      lostBps: unreachableBps,
      worstDirection,
      worstUtilization: isThinned ? worstUtilization : Math.min(worstUtilization, 1),
      down: () => numbersOf(down),
      isHostDown: down.some(({ nodes }) => nodes.some((node) => this.network.topology.isHost(node))),
      utilizations: () => seen.utilizations(),
    }
    let loads = known
    const full = () => (loads ??= clock.loads(stateWithout(this.network.topology, down)))
    const worst = this.judge.worst(state)
    const broken = this.judge.broken(state, worst, full)
    if (isThinned && withThinning) full()
    return {
      ...worst,
      unreachableBps,
      thinnedBps: isThinned ? loads && thinnedOf(loads, lostBps) : 0,
      excessBps: isThinned ? this.#excess(seen) : 0,
      broken,
    }
  }

  /** What is offered while these parts are down; of those whose endpoints all stay, until the next is looked at. */
  #look(down: readonly Part[]): Seen {
    const resettled = this.#loss?.without(numbersOf(down))
    if (resettled !== undefined) return this.#lookAnew(down, resettled)
    this.#fail(down)
    const sweep = this.#sweep
    const { worstDirection, worstUtilization, lostBps } = sweep
    const utilizations = () => sweep.utilizations()
    return { clock: this.clock, worstDirection, worstUtilization, lostBps, refusedBps: 0, utilizations }
  }

  #lookAnew(down: readonly Part[], { clock, refusedBps }: Resettled): Seen {
    const { offeredBps, lostBps } = clock.offered(stateWithout(this.network.topology, down))
    const found = offeredBps.map((bps, direction) => bps / clock.rateBps[direction]!)
    let worstDirection = -1
    for (let direction = 0; direction < found.length; direction++)
      if (found[direction]! > (found[worstDirection] ?? 0)) worstDirection = direction
    const worstUtilization = found[worstDirection] ?? 0
    return { clock, worstDirection, worstUtilization, lostBps, refusedBps, utilizations: () => found }
  }

  #fail(down: readonly Part[]): void {
    const first = down.length === 2 ? this.#numbers.get(down[0]!) : undefined
    const second = first === undefined ? undefined : this.#numbers.get(down[1]!)
    if (first !== undefined && second !== undefined && first !== second) {
      this.#sweep.failTwo(first, second)
      return
    }
    const { links, nodes } = numbersOf(down)
    this.#sweep.fail(links, nodes)
  }

  /** The most that one direction is offered beyond its rate, in the state at hand. */
  #excess(seen: Seen): number {
    const { rateBps } = this.clock
    const utilizations = seen.utilizations()
    let most = 0
    for (let direction = 0; direction < rateBps.length; direction++)
      most = Math.max(most, (utilizations[direction]! - 1) * rateBps[direction]!)
    return most
  }
}

/** Of a subject's own demand, whose endpoints on hosts that are down are gone. */
export const evaluatorOf = ({ network, demand, judge, endpointLoss }: Subject): Evaluator =>
  new Evaluator(network, demand, judge, endpointLoss)

/** Decimal digits to which shares that pass are found in the end. */
const DIGITS = 12

/** Interrupted, loads are near those that would be found. */
function* lossSteps(clock: SteadyClock, state: LinkState): Steps<{ loads: SteadyLoads; isWhole: boolean }> {
  const passes = clock.loadsInPasses(state)
  let isWhole = true
  let pass = passes.next()
  while (pass.done !== true) {
    const done = Math.min(DIGITS, Math.max(0, Math.floor(-Math.log10(pass.value.residual))))
    isWhole = yield { step: 'digits of losses at full links', done, of: DIGITS }
    pass = passes.next(isWhole)
  }
  return { loads: pass.value, isWhole }
}

/** A share of the demand that is less than this is a rounding of what is lost. */
const LOST_MIN = 1e-12

/** What is taken off a load may leave a rounding of it. */
const UTILIZATION_MIN = 1e-12

const withoutNoise = (utilization: number): number => (utilization < UTILIZATION_MIN ? 0 : utilization)
