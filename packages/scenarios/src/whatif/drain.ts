import { ConfigError } from '@weft/core'
import { atOnce, type PlanProgress, type Steps } from '../planning/pace.ts'
import type { CountedProfiles } from '../planning/profile-rates.ts'
import { RowMaker, type WorstLink } from './answer.ts'
import { bestOrder, eachAlone, greedyOrder } from './drain-order.ts'
import { type Evaluator, evaluatorOf } from './evaluator.ts'
import type { Outcome } from './outcome.ts'
import type { Part } from './parts.ts'
import { parsePartsOf, type Subject } from './subject.ts'

export interface DrainRequest {
  /** Names or patterns of parts to take out of service. */
  readonly drain: readonly string[]
  /** False: each comes back before the next is drained. True: all that were drained stay so. Default false. */
  readonly cumulative?: boolean
  /** What else may fail, one at a time, while parts are drained: as in WhatIfRequest. Default link. */
  readonly of?: string
}

/** Room while some parts are drained. */
export interface Room {
  /** Limit less utilization of the direction with the least room, as fractions of its rate; negative beyond the limit. */
  readonly headroom: number
  readonly worst: WorstLink | null
  /** IP bit/s of demand that is left without a way by the drain; or by drain and failure together and by neither alone. */
  readonly cutBps: number
}

export interface DrainStep {
  readonly drain: string
  /** Everything that is drained now. */
  readonly drained: readonly string[]
  readonly room: Room
  /** With the one more failure that is worst then. */
  readonly worstCase: Room & { readonly failed: string }
}

export interface DrainAnswer {
  readonly schema: 1
  readonly clock: 'steady'
  /** What of the traffic's profiles is counted; null where it has none, or a demand takes its place. */
  readonly profiles: CountedProfiles | null
  readonly cumulative: boolean
  readonly of: string
  /** `exact`: no order has more room at its tightest step, and of those that have as much, none has more in sum. */
  readonly method: 'exact' | 'greedy' | 'any order is as good'
  readonly evaluated: number
  /** Nothing drained. */
  readonly before: Room
  readonly steps: readonly DrainStep[]
  /** Interrupted: parts are missing from the steps. */
  readonly partial: boolean
}

/** States that the exact search looks at, at most. */
const EXACT_MAX = 300_000
const EXACT_PARTS_MAX = 16
/** Beyond any overload that is told apart: where demand is cut off. */
const CUT_SCORE = -10

/** An order in which to drain parts. Throws ConfigError on unknown names. */
export const drainOrder = (subject: Subject, request: DrainRequest): DrainAnswer =>
  atOnce(drainSteps(subject, request))

/** The same step by step; interrupted, it has the steps of which it knows the room. */
export function* drainSteps(subject: Subject, request: DrainRequest): Steps<DrainAnswer> {
  const { drain, cumulative = false, of = 'link' } = request
  if (drain.length === 0)
    throw new ConfigError([{ path: ['drain'], message: 'nothing is drained; name the parts to drain' }])
  const parts = subject.parts.named(drain, 'drain')
  const rooms = new Rooms(subject, subject.parts.of(parsePartsOf(of)))
  const isExact = parts.length <= EXACT_PARTS_MAX && 2 ** parts.length * rooms.statesEach <= EXACT_MAX
  const find = !cumulative ? eachAlone : isExact ? bestOrder : greedyOrder
  rooms.plan(
    !cumulative ? parts.length : isExact ? 2 ** parts.length : (parts.length * (parts.length + 1)) / 2,
  )
  yield* rooms.lookAtOthers()
  const order = yield* find(parts.length, (members) => rooms.score(members.map((member) => parts[member]!)))
  const steps = order.map((member, i) => {
    const down = cumulative ? order.slice(0, i + 1).map((each) => parts[each]!) : [parts[member]!]
    return { drain: parts[member]!.name, drained: down.map(({ name }) => name), ...rooms.step(down) }
  })
  return {
    schema: 1,
    clock: 'steady',
    profiles: subject.profiles,
    cumulative,
    of,
    method: !cumulative ? 'any order is as good' : isExact ? 'exact' : 'greedy',
    evaluated: rooms.evaluated,
    before: rooms.room(rooms.outcome([]), 0),
    steps,
    partial: steps.length < parts.length,
  }
}

interface Judged {
  readonly outcome: Outcome
  readonly cutBps: number
}

/** A state, and the worst of one more failure. */
interface Looked {
  readonly now: Judged
  readonly worst: Judged
  readonly failed: string
  readonly score: number
}

/** Room of states, with and without one more failure. */
class Rooms {
  evaluated = 0
  /** States that are to be evaluated. */
  #planned = 0
  readonly #evaluator: Evaluator
  readonly #rows: RowMaker
  readonly #others: readonly Part[]
  /** Demand that each other failure leaves without a way by itself. */
  readonly #alone: number[] = []
  readonly #demandBps: number
  readonly #limits: Float64Array
  readonly #known = new Map<string, Looked>()

  constructor(subject: Subject, others: readonly Part[]) {
    this.#evaluator = evaluatorOf(subject)
    this.#rows = new RowMaker(
      subject.network.topology,
      subject.limits,
      subject.judge.criteria,
      this.#evaluator.demandBps,
    )
    this.#limits = subject.limits
    this.#demandBps = this.#evaluator.demandBps
    this.#others = others
  }

  get statesEach(): number {
    return 1 + this.#others.length
  }

  outcome(down: readonly Part[]): Outcome {
    this.evaluated++
    return this.#evaluator.outcome(down, false)
  }

  room(outcome: Outcome, cutBps: number): Room {
    return { headroom: this.#headroom(outcome), worst: this.#rows.worst(outcome), cutBps }
  }

  /** How many states with something drained are to be looked at. */
  plan(states: number): void {
    this.#planned = this.#others.length + states * this.statesEach
  }

  /** What each other failure cuts off by itself; comes first. */
  *lookAtOthers(): Generator<PlanProgress, void, boolean> {
    for (const part of this.#others) {
      this.#alone.push(this.outcome([part]).unreachableBps)
      if (!(yield this.#progress)) return
    }
  }

  /** The least room of a state under any one more failure; one number for both kinds of trouble. */
  *score(down: readonly Part[]): Generator<PlanProgress, number | undefined, boolean> {
    const key = keyOf(down)
    const looked = this.#known.get(key) ?? (yield* this.#look(down))
    if (looked === undefined) return undefined
    this.#known.set(key, looked)
    return looked.score
  }

  /** Of a state that has a score. */
  step(down: readonly Part[]): Pick<DrainStep, 'room' | 'worstCase'> {
    const { now, worst, failed } = this.#known.get(keyOf(down))!
    return {
      room: this.room(now.outcome, now.cutBps),
      worstCase: { failed, ...this.room(worst.outcome, worst.cutBps) },
    }
  }

  /** Undefined where it is interrupted. */
  *#look(down: readonly Part[]): Generator<PlanProgress, Looked | undefined, boolean> {
    if (this.#alone.length < this.#others.length) return undefined
    const outcome = this.outcome(down)
    const now = { outcome, cutBps: outcome.unreachableBps }
    let worst: Judged = { outcome, cutBps: 0 }
    let failed = ''
    for (const [i, other] of this.#others.entries()) {
      if (down.includes(other)) continue
      const then = this.outcome([...down, other])
      if (!(yield this.#progress)) return undefined
      const more = then.unreachableBps - now.cutBps - this.#alone[i]!
      const judged = { outcome: then, cutBps: more > this.#demandBps * CUT_MIN ? more : 0 }
      if (failed !== '' && this.#scoreOf(judged) >= this.#scoreOf(worst)) continue
      worst = judged
      failed = other.name
    }
    return { now, worst, failed, score: Math.min(this.#scoreOf(now), this.#scoreOf(worst)) }
  }

  get #progress(): PlanProgress {
    return { step: 'states', done: Math.min(this.evaluated, this.#planned), of: this.#planned }
  }

  #scoreOf({ outcome, cutBps }: Judged): number {
    if (cutBps > 0) return CUT_SCORE - cutBps / this.#demandBps
    return Math.max(CUT_SCORE + 1, this.#headroom(outcome))
  }

  #headroom({ direction, utilization }: Outcome): number {
    return direction < 0 ? 1 : this.#limits[direction >> 1]! - utilization
  }
}

const keyOf = (down: readonly Part[]): string =>
  down
    .map(({ name }) => name)
    .sort()
    .join('\n')

/** Less of the demand than this is noise of sums. */
const CUT_MIN = 1e-9
