import type { TierOversubscription } from '@weft/fabric'
import type { PlanLimits } from '../compile/questions/plan.ts'
import type { IngressPlan } from './ingress.ts'
import type { PoolPlan } from './pools.ts'
import type { CountedProfiles } from './profile-rates.ts'
import type { Sizing } from './sizing.ts'
import type { Upgrades, UpgradedLinks } from './upgrades.ts'

/** The answer of `weft plan`, as `--json` prints it. Rates are bit/s, shares and growth fractions of 1. */
export interface CapacityPlan {
  /** Version of this shape. */
  readonly schema: 1
  readonly weft: string
  readonly name: string
  /** The scenario's file as the user named it. */
  readonly source?: string
  readonly clock: 'steady'
  /** What the numbers rest on, in sentences. */
  readonly assumptions: readonly string[]
  readonly warnings: readonly string[]
  /** Interrupted: failures, upgrades or sizes that were not looked at are missing. */
  readonly partial: boolean
  /** Times today's demand that was asked about; 1 where none was. */
  readonly growth: number
  /** The day of today's demand; null where the scenario names none. */
  readonly from: string | null
  readonly demand: PlanDemand
  /** What of the traffic's profiles is counted; null where it has none, or demands take its place. */
  readonly profiles: CountedProfiles | null
  readonly limits: PlanLimits
  readonly failures: FailureCoverage
  /** The first resource to pass its limit as all demand grows alike, with everything up and under a failure; null: none ever does. */
  readonly normal: PlanPassing | null
  readonly failure: PlanPassing | null
  /** The same by time, as demand grows at the rates given; null: none within 100 years. */
  readonly normalByDate: PlanPassing | null
  readonly failureByDate: PlanPassing | null
  readonly tiers: readonly TierPlan[]
  readonly oversubscription: readonly TierOversubscription[]
  /** Every direction of every link, alike ones together, the least room first. */
  readonly resources: readonly ResourcePlan[]
  /** Hosts that limit the connections that they accept, alike ones together, the least room first; failures bring them none. */
  readonly pools: readonly PoolPlan[]
  /** Ingress controllers that requests go to, the least room first; failures of links and switches bring them none. */
  readonly ingress: readonly IngressPlan[]
  /** Failures that lose demand, the most first. */
  readonly losses: readonly PlanLoss[]
  readonly upgrades: PlanUpgrades
  /** Sizes of generated fabrics that `growth` times today's demand needs; empty where no growth was asked about. */
  readonly sizing: readonly Sizing[]
  /** Regions that are no generator's, of which sizes cannot be told. */
  readonly notSized: readonly string[]
}

export interface PlanDemand {
  /** The scenario's traffic, or a matrix given in its place. */
  readonly of: 'traffic' | 'matrix'
  /** IP bits, headers included. */
  readonly ipBps: number
  readonly packetsPerSecond: number
  /** New ones; 0 where nobody asks. */
  readonly connectionsPerSecond: number
  /** By growth per year. */
  readonly growth: readonly { readonly perYear: number; readonly ipBps: number }[]
}

export interface FailureCoverage {
  /** Failures of one link or one switch that there are. */
  readonly total: number
  /** Those whose loads were computed. */
  readonly computed: number
  /** Those that are answered by one of these, by a symmetry that was checked. */
  readonly bySymmetry: number
  /** Those that were not looked at since the work was interrupted. */
  readonly left: number
}

/** A resource at its limit. */
export interface PlanPassing {
  /** A direction of a link, `a → b`. */
  readonly resource: string
  /** How many there are like it. */
  readonly alike: number
  readonly tier: string
  /** The switch or link that is down; null with everything up. */
  readonly failure: string | null
  /** Today. */
  readonly utilization: number
  readonly limit: number
  /** Times today's demand at which it passes its limit; below 1 where it has. */
  readonly growth: number
  /** Years until then; 0 where it has already, null where not within 100 years. */
  readonly years: number | null
  /** The day; null without years or without a day to count from. */
  readonly date: string | null
}

export interface TierPlan {
  readonly tier: string
  readonly links: number
  /** Of all its links in both directions together. */
  readonly capacityBps: number
  readonly loadBps: number
  /** Of the fullest direction. */
  readonly utilizationMax: number
  readonly utilizationMaxUnderFailure: number
  /** Times today's demand until the first of its resources passes a limit; null: never. */
  readonly growth: number | null
}

export interface ResourcePlan {
  /** All directions that are alike, `a → b`. */
  readonly names: readonly string[]
  readonly tier: string
  readonly rateBps: number
  /** Offered today with everything up, on the wire. */
  readonly loadBps: number
  readonly utilization: number
  readonly limit: number
  /** Limit less load: what fits beside today's demand; below 0 where the limit is passed. */
  readonly headroomBps: number
  /** Offered today with everything up, as the load is. */
  readonly packetsPerSecond: number
  /** New connections that are opened across it, 0 where nobody asks; their answers count on the way back as packets. */
  readonly connectionsPerSecond: number
  /** Mean wait for the transmitter by M/G/1, in picoseconds; null at full load. */
  readonly waitPs: number | null
  /** Under the failure that loads it most; null where no failure leaves anything on it. */
  readonly underFailure: {
    readonly resource: string
    readonly failure: string
    readonly loadBps: number
    readonly utilization: number
    readonly limit: number
  } | null
  /** Times today's demand until a limit is passed, of both the lesser; null: never. */
  readonly growth: number | null
  readonly years: number | null
  readonly date: string | null
}

/** What a failure loses of today's demand, in IP bit/s. */
export interface PlanLoss {
  readonly failure: string
  readonly alike: number
  /** Between hosts that are still attached. */
  readonly cutBps: number
  /** From and to hosts that hang off what failed. */
  readonly detachedBps: number
}

export interface PlanUpgrades {
  readonly currency: string | null
  /** Without costs in the scenario a link costs 1, to the next of the usual rates. */
  readonly hasCosts: boolean
  readonly steps: readonly PlanUpgradeStep[]
  /** Why it ends there. */
  readonly end: Upgrades['end']
}

export interface PlanUpgradeStep {
  readonly upgraded: readonly UpgradedLinks[]
  readonly cost: number
  readonly costSoFar: number
  /** Times today's demand that fits then. */
  readonly growth: number
  readonly years: number | null
  readonly date: string | null
  /** What passes its limit next. */
  readonly next: PlanPassing | null
}
