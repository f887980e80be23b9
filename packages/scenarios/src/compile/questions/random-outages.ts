import { LONG_TIME_MAX, Simulation } from '@weft/core'
import {
  attachWorkloads,
  type NetworkBlueprint,
  type OutageBlueprint,
  RANDOM_FAILURES_MAX,
  randomFailures,
} from '@weft/fabric'
import { virtualLinksOf } from '../../cloud/cloud-network.ts'
import type { ReliabilityInput } from '../../schema/reliability.ts'
import type { RisksInput } from '../../schema/risks.ts'
import { FallibleParts } from '../fallible.ts'
import { Problems } from '../problems.ts'
import { compileReliability, failuresToCome } from './reliability.ts'
import { compileRisks } from './risks.ts'
import type { RunPlan } from '../run.ts'

/** What of a scenario decides on what fails by itself. */
export interface Chances {
  readonly reliability: readonly ReliabilityInput[]
  readonly risks: RisksInput
  readonly seed: string
}

/**
 * What will fail by itself in a run, and be repaired, of a network before its clusters are on it: the clocks draw the same, as each part
 * has random numbers of its own. By the names that parts have once these servers have their virtual switches. What fails besides is left
 * out: pods, gateways.
 */
export function randomOutages(
  { reliability, risks, seed }: Chances,
  network: NetworkBlueprint,
  servers: readonly string[],
  run: RunPlan,
): OutageBlueprint[] {
  if (reliability.length === 0 || servers.length === 0) return []
  const options = virtualLinksOf(network, new Set(servers))
  const named = { ...network, ...attachWorkloads(network, [], options, servers) }
  // what is wrong is told of the whole network
  const unheard = new Problems()
  const groups = compileRisks(risks, named, unheard)
  const parts = new FallibleParts(named, groups, unheard)
  const blueprint = compileReliability(reliability, parts, groups, run, unheard)
  const events = blueprint.reduce((sum, group) => sum + failuresToCome(group, run.forPs), 0)
  if (events > RANDOM_FAILURES_MAX) return []
  const sim = new Simulation({ seed, timeMaxPs: LONG_TIME_MAX })
  return randomFailures(blueprint, sim, run.forPs)
}
