import {
  askedAt,
  controllerLoad,
  type DemandMatrix,
  replicasSpare,
  type RequestRate,
  type TrafficBlueprint,
} from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { DemandBasis } from './demand-basis.ts'
import { dayAfter, yearsUntil } from './growth-dates.ts'

/** An ingress controller in the long run: what its workers can do, and what they are asked for. */
export interface IngressPlan {
  readonly controller: string
  readonly replicas: number
  /** Of all replicas. */
  readonly workers: number
  readonly requestsPerSecond: number
  /** Requests per second of this mix that would keep all workers busy. */
  readonly capacityPerSecond: number
  /** Of the workers' time; above 1 where they cannot keep up. */
  readonly utilization: number
  /** Mean wait of a handshake or request for a worker; null where they cannot keep up. */
  readonly waitPs: number | null
  /** What fits beside today's requests; below 0 where there are too many. */
  readonly headroomPerSecond: number
  /** Times today's requests that workers can do. */
  readonly growth: number
  readonly years: number | null
  readonly date: string | null
  /** Replicas that may be gone while the others keep up; -1 where all together do not. */
  readonly spare: number
  /** Replicas that the demand asked about takes. */
  readonly needed: number
}

export interface IngressQuestion {
  /** Times today's demand. */
  readonly growth: number
  readonly from: string | undefined
}

/** What a demand asks of a controller, a rate for each of its traffics. */
export function requestRates(
  traffic: readonly TrafficBlueprint[],
  { classes, classOf, connectionsPerSecond }: DemandMatrix,
  controller: string,
): RequestRate[] {
  const asked = new Map(traffic.flatMap(({ name, request }) => (request ? [[name, request]] : [])))
  const rates = classes.map(() => 0)
  for (const [entry, of] of classOf.entries()) rates[of]! += connectionsPerSecond[entry]!
  return classes.flatMap(({ name, connections }, of): RequestRate[] => {
    const request = asked.get(name)
    const met = request && askedAt(request, connections?.address)
    if (met?.controller !== controller || rates[of] === 0) return []
    return [{ perSecond: rates[of]!, isTls: met.tls !== undefined }]
  })
}

/** Controllers that requests of the traffic go to, the least room first. */
export function planIngress(
  { blueprint }: CompiledScenario,
  { groups }: DemandBasis,
  { growth, from }: IngressQuestion,
): IngressPlan[] {
  const plans = (blueprint.ingress ?? []).flatMap((controller): IngressPlan[] => {
    const { name, capacity } = controller
    const replicas = controller.replicas.length
    const byGroup = groups.map(({ demand }) => requestRates(blueprint.traffic, demand, name))
    const load = controllerLoad(controller, replicas, byGroup.flat())
    if (load.offeredErlangs === 0) return []
    const parts = byGroup.map((rates) => controllerLoad(controller, replicas, rates).utilization)
    const years = yearsUntil(
      parts,
      groups.map(({ perYear }) => perYear),
      1,
    )
    const { requestsPerSecond, capacityPerSecond, utilization, waitPs } = load
    return [
      {
        controller: name,
        replicas,
        workers: replicas * capacity.workers,
        requestsPerSecond,
        capacityPerSecond,
        utilization,
        waitPs,
        headroomPerSecond: capacityPerSecond - requestsPerSecond,
        growth: 1 / utilization,
        years,
        date: years === null || from === undefined ? null : dayAfter(from, years),
        spare: replicasSpare(load, replicas),
        needed: Math.floor((growth * load.offeredErlangs) / capacity.workers) + 1,
      },
    ]
  })
  return plans.sort((a, b) => a.growth - b.growth)
}
