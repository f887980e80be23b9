import { type Network, NetworkSymmetry } from '@weft/fabric'
import type { Limit, LimitSettings } from '../compile/questions/plan.ts'
import type { DemandBasis } from './demand-basis.ts'
import { type Sweep, sweepFailures } from './failure-sweep.ts'
import { LoadModel } from './load-model.ts'
import type { Pace } from './pace.ts'
import { alikeResources, eachOnItsOwn, type Resource } from './resources.ts'
import { type SingleFailure, singleFailures } from './single-failures.ts'

/** Loads, limits and failures of one network under one demand: what every question of a plan is answered from. */
export interface Assessment {
  readonly network: Network
  readonly model: LoadModel
  readonly resources: readonly Resource[]
  readonly failures: readonly SingleFailure[]
  /** By link. */
  readonly limits: readonly Limit[]
  readonly sweep: Sweep
}

/** Factors that differ by less are the same but for rounding: the first one is named. */
const BELOW = 1 - 2 ** -40

/** How often demand fits before a limit is passed. */
export interface Factor {
  /** Times today's demand; Infinity where nothing is loaded. */
  readonly factor: number
  /** By number of the resource. */
  readonly resource: number
  readonly kind: 'normal' | 'failure'
}

export interface AssessmentOptions {
  readonly limits: LimitSettings
  /** Answer for failures that are alike by one of them; default true. */
  readonly symmetry?: boolean
}

/** Sweeps all single failures, by symmetry where there is one. */
export async function assess(
  network: Network,
  basis: DemandBasis,
  { limits: settings, symmetry: wanted = true }: AssessmentOptions,
  pace: Pace,
): Promise<Assessment> {
  const { topology } = network
  const found = wanted
    ? await findSymmetry(new NetworkSymmetry(topology, { demand: basis.all }), pace)
    : undefined
  const alike = found === undefined ? undefined : alikeResources(topology, found)
  const resources = alike ?? eachOnItsOwn(topology)
  const failures = singleFailures(topology, alike === undefined ? undefined : found)
  const byTier = new Map(settings.tiers.map((each) => [each.tier, each]))
  const limits = topology.links.map(({ tier }) => byTier.get(tier) ?? settings)
  const model = new LoadModel(network, basis)
  const sweep = await sweepFailures({ model, resources, failures, limits }, pace)
  return { network, model, resources, failures, limits, sweep }
}

/** Undefined where it was interrupted. */
async function findSymmetry(symmetry: NetworkSymmetry, pace: Pace): Promise<NetworkSymmetry | undefined> {
  for (const done of symmetry.search())
    if (!(await pace.goOn({ step: 'symmetry', done, of: symmetry.size }))) return undefined
  return symmetry
}

/** The same loads held against other rates, by link: for upgrades that move no traffic. */
export type Rates = (link: number) => number

export const ratesOf =
  ({ topology }: Network): Rates =>
  (link) =>
    topology.links[link]!.rateBps

/** Growth that a resource has room for, while all is up and under its worst failure. */
export function factorsOf(
  { resources, limits, sweep }: Assessment,
  resource: number,
  rates: Rates,
): { readonly normal: number; readonly failure: number } {
  const link = resources[resource]!.direction >> 1
  const rateBps = rates(link)
  const room = (share: number, loadBps: number) => (loadBps === 0 ? Infinity : (share * rateBps) / loadBps)
  return {
    normal: room(limits[link]!.normal, sweep.normalBps[resource]!),
    failure: room(limits[link]!.failure, sweep.worst[resource]!.loadBps),
  }
}

/** The growth at which the first resource passes a limit, and which; among `wanted` alone where given. */
export function firstPassing(
  assessment: Assessment,
  rates: Rates = ratesOf(assessment.network),
  wanted: (resource: number) => boolean = () => true,
): { readonly normal: Factor; readonly failure: Factor; readonly first: Factor } {
  let normal: Factor = { factor: Infinity, resource: 0, kind: 'normal' }
  let failure: Factor = { factor: Infinity, resource: 0, kind: 'failure' }
  for (let resource = 0; resource < assessment.resources.length; resource++) {
    if (!wanted(resource)) continue
    const factors = factorsOf(assessment, resource, rates)
    if (factors.normal < normal.factor * BELOW) normal = { factor: factors.normal, resource, kind: 'normal' }
    if (factors.failure < failure.factor * BELOW)
      failure = { factor: factors.failure, resource, kind: 'failure' }
  }
  return { normal, failure, first: failure.factor < normal.factor * BELOW ? failure : normal }
}
