import { SECOND } from '@weft/core'
import type { TrafficBlueprint } from '../../blueprint/traffic.ts'
import { type RateCurve, rateCurve } from '../../traffic/rate-curve.ts'

export interface TurnOptions {
  /** Nothing is sent from here on. */
  readonly endPs: number
  /** Rates that follow profiles change this often at the most, and then to their mean until the next time; whole picoseconds. */
  readonly windowPs: number
}

/** Steps that a profile's period is cut into at least, and how long one lasts at most, where they are not too many. */
const STEPS_PER_PERIOD = 48
const STEP_MAX_PS = 1800 * SECOND
const STEPS_MAX = 100_000

/** When traffic sends: arriving flows and streams from their start to their stop, bursts and lists always. */
interface Sending {
  readonly fromPs: number
  readonly toPs: number
  readonly curve: RateCurve | undefined
}

/** The instants at which demand changes, and what factor of its mean rate each traffic sends from each to the next. */
export class DemandTurns {
  /** Ascending, from 0 on, all before the end. */
  readonly instants: readonly number[]
  /** How often rates that follow a profile change; undefined where none does. */
  readonly stepPs: number | undefined
  readonly #sendings: readonly Sending[]
  readonly #endPs: number

  constructor(traffic: readonly TrafficBlueprint[], { endPs, windowPs }: TurnOptions) {
    this.#endPs = endPs
    this.#sendings = traffic.map((each) => sendingOf(each, endPs))
    this.stepPs = stepOf(traffic, endPs, windowPs)
    const instants = new Set([0])
    for (const { fromPs, toPs } of this.#sendings) instants.add(fromPs).add(toPs)
    if (this.stepPs !== undefined)
      for (let step = 0; step * this.stepPs < endPs; step++) instants.add(step * this.stepPs)
    this.instants = [...instants].filter((atPs) => atPs < endPs).sort((a, b) => a - b)
  }

  /** By traffic. */
  factors(turn: number): Float64Array {
    const fromPs = this.instants[turn]!
    const toPs = this.instants[turn + 1] ?? this.#endPs
    return Float64Array.from(this.#sendings, (sending) => {
      if (!isOn(sending, fromPs)) return 0
      const { curve } = sending
      return curve === undefined || curve.mean === 0 ? 1 : curve.meanBetween(fromPs, toPs) / curve.mean
    })
  }

  /** By traffic: the factors' mean over a time before the end. */
  meanFactors(fromPs: number, toPs: number): Float64Array {
    const mean = new Float64Array(this.#sendings.length)
    this.instants.forEach((atPs, turn) => {
      const [begin, end] = [Math.max(atPs, fromPs), Math.min(this.instants[turn + 1] ?? this.#endPs, toPs)]
      if (end <= begin) return
      this.factors(turn).forEach((factor, traffic) => {
        mean[traffic]! += (factor * (end - begin)) / (toPs - fromPs)
      })
    })
    return mean
  }

  /** Whether some traffic begins or ceases to send, and no rate alone changes. */
  isStartOrStop(turn: number): boolean {
    const atPs = this.instants[turn]!
    const beforePs = this.instants[turn - 1]
    return beforePs === undefined || this.#sendings.some((each) => isOn(each, atPs) !== isOn(each, beforePs))
  }
}

const isOn = ({ fromPs, toPs }: Sending, atPs: number): boolean => atPs >= fromPs && atPs < toPs

function sendingOf({ offered }: TrafficBlueprint, endPs: number): Sending {
  if (offered.kind === 'list' || offered.kind === 'burst') return { fromPs: 0, toPs: endPs, curve: undefined }
  const profile = offered.kind === 'flows' ? offered.profile : undefined
  return {
    fromPs: offered.startPs,
    toPs: Math.min(offered.stopPs ?? endPs, endPs),
    curve: profile === undefined ? undefined : rateCurve(profile),
  }
}

/** A whole part of the window, so that no step crosses one, that follows the shortest period. */
function stepOf(traffic: readonly TrafficBlueprint[], endPs: number, windowPs: number): number | undefined {
  const periods = traffic.flatMap(({ offered }) =>
    offered.kind === 'flows' && offered.profile !== undefined ? [offered.profile.periodPs] : [],
  )
  if (periods.length === 0) return undefined
  const finePs = Math.min(STEP_MAX_PS, ...periods.map((periodPs) => periodPs / STEPS_PER_PERIOD))
  const wantedPs = Math.max(finePs, endPs / STEPS_MAX)
  return Math.max(1, Math.floor(windowPs / Math.max(1, Math.ceil(windowPs / wantedPs))))
}
