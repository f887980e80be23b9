import { queueingDelaysPs, type SteadyLoads } from '@weft/fabric'
import { type Assessment, type Factor, factorsOf, firstPassing, type Rates, ratesOf } from './assessment.ts'
import type { FailureCoverage, PlanLoss, PlanPassing, ResourcePlan, TierPlan } from './capacity-plan.ts'
import type { Passing } from './failure-sweep.ts'
import { dayAfter, yearsUntil } from './growth-dates.ts'

/** Growth of what never passes a limit, to sort by. */
const NEVER = Number.MAX_VALUE

/** Turns numbers of an assessment into names. */
export class PlanWords {
  readonly #assessment: Assessment
  readonly #rates: Rates
  readonly #from: string | undefined

  constructor(assessment: Assessment, from: string | undefined, rates: Rates = ratesOf(assessment.network)) {
    this.#assessment = assessment
    this.#rates = rates
    this.#from = from
  }

  /** Null where nothing ever passes. */
  passing({ resource, kind, factor }: Factor): PlanPassing | null {
    if (factor === Infinity) return null
    const { sweep } = this.#assessment
    const worst = sweep.worst[resource]!
    const own = this.#assessment.resources[resource]!.direction
    const isNormal = kind === 'normal'
    const loadBps = isNormal ? sweep.normalBps[resource]! : worst.loadBps
    return {
      ...this.#describe(resource, isNormal ? own : worst.direction, kind, loadBps),
      failure: isNormal ? null : (worst.failure?.name ?? null),
      growth: factor,
      ...this.dated(this.#years(resource, kind)),
    }
  }

  /** What passes first in time, of one kind; null where nothing does within 100 years. */
  firstByDate(kind: 'normal' | 'failure'): PlanPassing | null {
    const { sweep, resources } = this.#assessment
    const all = kind === 'normal' ? sweep.normalPassing : sweep.failurePassing
    let first: { readonly resource: number; readonly passing: Passing } | undefined
    for (let resource = 0; resource < resources.length; resource++) {
      const passing = all[resource]!
      if (passing.years !== null && (first === undefined || passing.years < first.passing.years!))
        first = { resource, passing }
    }
    if (first === undefined) return null
    const { resource, passing } = first
    const { direction, failure, loadBps, years } = passing
    const described = this.#describe(resource, direction, kind, loadBps)
    return {
      ...described,
      failure: failure?.name ?? null,
      growth: described.limit / described.utilization,
      ...this.dated(years),
    }
  }

  resources(): ResourcePlan[] {
    const { resources, model } = this.#assessment
    const loads = model.today()
    const waitsPs = queueingDelaysPs(loads)
    return resources
      .map((_, resource) => this.#resource(resource, loads, waitsPs))
      .sort((a, b) => (a.growth ?? NEVER) - (b.growth ?? NEVER))
  }

  #resource(resource: number, loads: SteadyLoads, waitsPs: Float64Array): ResourcePlan {
    const { network, resources, sweep, limits } = this.#assessment
    const { topology } = network
    const { direction, directions } = resources[resource]!
    const { tier } = topology.links[direction >> 1]!
    const rateBps = this.#rates(direction >> 1)
    const limit = limits[direction >> 1]!
    const loadBps = sweep.normalBps[resource]!
    const worst = sweep.worst[resource]!
    const { normal, failure } = factorsOf(this.#assessment, resource, this.#rates)
    const years = [this.#years(resource, 'normal'), this.#years(resource, 'failure')].flatMap(
      (each) => each ?? [],
    )
    return {
      names: directions.map((each) => this.#name(each)),
      tier,
      rateBps,
      loadBps,
      utilization: loadBps / rateBps,
      limit: limit.normal,
      headroomBps: limit.normal * rateBps - loadBps,
      packetsPerSecond: loads.offeredPacketsPerSecond[direction]!,
      connectionsPerSecond: loads.offeredConnectionsPerSecond[direction]!,
      waitPs: finite(waitsPs[direction]!),
      underFailure:
        worst.failure === undefined
          ? null
          : {
              resource: this.#name(worst.direction),
              failure: worst.failure.name,
              loadBps: worst.loadBps,
              utilization: worst.loadBps / rateBps,
              limit: limit.failure,
            },
      growth: finite(Math.min(normal, failure)),
      ...this.dated(years.length === 0 ? null : Math.min(...years)),
    }
  }

  tiers(): TierPlan[] {
    const { network, resources, sweep } = this.#assessment
    const { links } = network.topology
    return [...new Set(links.map(({ tier }) => tier))].sort().map((tier) => {
      const own = links.flatMap((link, index) => (link.tier === tier ? [index] : []))
      const wanted = (resource: number) => links[resources[resource]!.direction >> 1]!.tier === tier
      const shares = { normal: 0, failure: 0, loadBps: 0 }
      resources.forEach(({ direction, directions }, resource) => {
        if (!wanted(resource)) return
        const rateBps = this.#rates(direction >> 1)
        shares.loadBps += sweep.normalBps[resource]! * directions.length
        shares.normal = Math.max(shares.normal, sweep.normalBps[resource]! / rateBps)
        shares.failure = Math.max(shares.failure, sweep.worst[resource]!.loadBps / rateBps)
      })
      return {
        tier,
        links: own.length,
        capacityBps: 2 * own.reduce((sum, link) => sum + this.#rates(link), 0),
        loadBps: shares.loadBps,
        utilizationMax: shares.normal,
        utilizationMaxUnderFailure: shares.failure,
        growth: finite(firstPassing(this.#assessment, this.#rates, wanted).first.factor),
      }
    })
  }

  losses(): PlanLoss[] {
    return this.#assessment.sweep.losses
      .map(({ failure, cutBps, detachedBps }) => ({
        failure: failure.name,
        alike: failure.alike,
        cutBps,
        detachedBps,
      }))
      .sort((a, b) => b.cutBps - a.cutBps || b.detachedBps - a.detachedBps)
  }

  coverage(): FailureCoverage {
    const { failures, sweep } = this.#assessment
    const total = failures.reduce((sum, { alike }) => sum + alike, 0)
    const done = failures.slice(0, sweep.computed).reduce((sum, { alike }) => sum + alike, 0)
    return { total, computed: sweep.computed, bySymmetry: done - sweep.computed, left: total - done }
  }

  dated(years: number | null): { readonly years: number | null; readonly date: string | null } {
    return { years, date: years === null || this.#from === undefined ? null : dayAfter(this.#from, years) }
  }

  /** As it was swept; at other rates than the network's, by its own growth where all demand grows alike. */
  #years(resource: number, kind: 'normal' | 'failure'): number | null {
    const { sweep, model, network, resources } = this.#assessment
    const link = resources[resource]!.direction >> 1
    const swept = kind === 'normal' ? sweep.normalPassing : sweep.failurePassing
    if (this.#rates(link) === network.topology.links[link]!.rateBps) return swept[resource]!.years
    const { groups } = model.basis
    if (groups.length > 1) return null
    const factor = factorsOf(this.#assessment, resource, this.#rates)[kind]
    return yearsUntil([1], [groups[0]!.perYear], factor)
  }

  #describe(resource: number, direction: number, kind: 'normal' | 'failure', loadBps: number) {
    const { network, resources, limits } = this.#assessment
    const link = direction >> 1
    return {
      resource: this.#name(direction),
      alike: resources[resource]!.directions.length,
      tier: network.topology.links[link]!.tier,
      utilization: loadBps / this.#rates(link),
      limit: limits[link]![kind],
    }
  }

  #name(direction: number): string {
    return this.#assessment.network.topology.directionName(direction >> 1, (direction & 1) as 0 | 1)
  }
}

const finite = (factor: number): number | null => (factor === Infinity ? null : factor)
