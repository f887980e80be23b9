import { type LinkBlueprint, Network, type NetworkBlueprint } from '@weft/fabric'
import { Simulation } from '@weft/core'
import type { CostSettings, LinkCost } from '../compile/questions/plan.ts'
import {
  type Assessment,
  assess,
  type AssessmentOptions,
  factorsOf,
  firstPassing,
  type Rates,
} from './assessment.ts'
import type { DemandBasis } from './demand-basis.ts'
import type { Pace } from './pace.ts'

/** Links of one tier and rate that are upgraded together. */
export interface UpgradedLinks {
  readonly tier: string
  readonly fromBps: number
  readonly toBps: number
  /** Names, in natural order. */
  readonly links: readonly string[]
}

/** One step of the sequence, and where it leads. */
export interface UpgradeStep {
  readonly upgraded: readonly UpgradedLinks[]
  readonly cost: number
  readonly costSoFar: number
  /** Times today's demand that the network holds after this step. */
  readonly growth: number
  readonly assessment: Assessment
  readonly rates: Rates
}

export interface Upgrades {
  readonly steps: readonly UpgradeStep[]
  /** Why it ends there: `enough`, no rate to go to, no gain, or the most steps that are shown. */
  readonly end: 'growth reached' | 'no further rate' | 'no gain' | 'steps shown' | 'interrupted'
}

export interface UpgradeOptions extends AssessmentOptions {
  readonly costs: CostSettings
  readonly basis: DemandBasis
  /** Ends where demand fits this many times; absent: after `stepsMax`. */
  readonly growth?: number
  readonly stepsMax: number
}

/** Where a scenario says no costs: a link costs one, whatever its next rate, and these are the rates. */
export const USUAL_RATES_BPS = [1, 2.5, 5, 10, 25, 50, 100, 200, 400, 800, 1600].map((gbps) => gbps * 1e9)

/** Factors that differ by less are the same. */
const TIED = 1 + 1e-9

interface Candidate {
  readonly links: readonly number[]
  readonly cost: number
}

/**
 * Upgrades one after the other, each the one that gains most growth for its cost, with all computed anew after each.
 * Looked at are: the links of a tier that pass their limit first, those of all tiers together, and whole tiers, each link
 * to its next rate.
 */
export async function nextUpgrades(
  start: Assessment,
  options: UpgradeOptions,
  pace: Pace,
): Promise<Upgrades> {
  const steps: UpgradeStep[] = []
  let assessment = start
  let rates: Rates = ratesIn(start.network.topology.links)
  let costSoFar = 0
  const target = options.growth ?? Infinity
  for (;;) {
    if (pace.interrupted) return { steps, end: 'interrupted' }
    const { factor } = firstPassing(assessment, rates).first
    if (factor >= target) return { steps, end: 'growth reached' }
    if (steps.length === options.stepsMax) return { steps, end: 'steps shown' }
    const candidates = candidatesOf(assessment, rates, options.costs)
    if (candidates.length === 0) return { steps, end: 'no further rate' }
    let best: { readonly step: UpgradeStep; readonly gain: number } | undefined
    for (const [index, candidate] of candidates.entries()) {
      const progress = { step: `upgrade ${steps.length + 1}`, done: index, of: candidates.length }
      if (!(await pace.goOn(progress))) return { steps, end: 'interrupted' }
      const tried = await tryUpgrade(assessment, rates, candidate, options, pace)
      if (tried === undefined) return { steps, end: 'interrupted' }
      const growth = firstPassing(tried.assessment, tried.rates).first.factor
      const gain = (growth - factor) / candidate.cost
      if (growth <= factor * TIED || (best !== undefined && gain <= best.gain * TIED)) continue
      const upgraded = describe(assessment.network.topology.links, rates, tried.rates, candidate.links)
      const cost = candidate.cost
      best = { gain, step: { upgraded, cost, costSoFar: costSoFar + cost, growth, ...tried } }
    }
    if (best === undefined) return { steps, end: 'no gain' }
    const step = await timed(best.step, options, pace)
    if (step === undefined) return { steps, end: 'interrupted' }
    steps.push(step)
    ;({ assessment, rates, costSoFar } = step)
  }
}

const ratesIn =
  (links: readonly LinkBlueprint[]): Rates =>
  (link) =>
    links[link]!.rateBps

function candidatesOf(assessment: Assessment, rates: Rates, costs: CostSettings): Candidate[] {
  const { links } = assessment.network.topology
  const least = firstPassing(assessment, rates).first.factor
  const factors = new Float64Array(links.length).fill(Infinity)
  assessment.resources.forEach(({ directions }, resource) => {
    const { normal, failure } = factorsOf(assessment, resource, rates)
    for (const direction of directions)
      factors[direction >> 1] = Math.min(factors[direction >> 1]!, normal, failure)
  })
  const binding = links.flatMap((_, link) => (factors[link]! <= least * TIED ? [link] : []))
  const tiers = [...new Set(links.map(({ tier }) => tier))]
  const of = (tier: string, among: readonly number[]) => among.filter((link) => links[link]!.tier === tier)
  const all = links.map((_, link) => link)
  const sets = [...tiers.map((tier) => of(tier, binding)), binding, ...tiers.map((tier) => of(tier, all))]
  const seen = new Set<string>()
  return sets.flatMap((set): Candidate[] => {
    // of a whole tier, links that are at their last rate stay; those that pass first must not
    const upgradable = set.filter((link) => nextStep(links[link]!.tier, rates(link), costs) !== undefined)
    if (
      upgradable.length === 0 ||
      (set.every((link) => binding.includes(link)) && upgradable.length < set.length)
    )
      return []
    const key = upgradable.join()
    if (seen.has(key)) return []
    seen.add(key)
    const cost = upgradable.reduce(
      (sum, link) => sum + nextStep(links[link]!.tier, rates(link), costs)!.cost,
      0,
    )
    return [{ links: upgradable, cost }]
  })
}

/** The next rate of a tier's links, and its cost per link. */
function nextStep(
  tier: string,
  rateBps: number,
  { links }: CostSettings,
): LinkCost['upgrades'][number] | undefined {
  if (links.every(({ upgrades }) => upgrades.length === 0)) {
    const next = USUAL_RATES_BPS.find((usual) => usual > rateBps)
    return next === undefined ? undefined : { rateBps: next, cost: 1 }
  }
  return links.find((each) => each.tier === tier)?.upgrades.find((upgrade) => upgrade.rateBps > rateBps)
}

/** What an upgrade gives; undefined where it was interrupted. */
async function tryUpgrade(
  assessment: Assessment,
  rates: Rates,
  candidate: Candidate,
  options: UpgradeOptions,
  pace: Pace,
): Promise<{ readonly assessment: Assessment; readonly rates: Rates } | undefined> {
  const { network } = assessment
  const { links } = network.topology
  const upgraded = new Set(candidate.links)
  const after: Rates = (link) =>
    upgraded.has(link) ? nextStep(links[link]!.tier, rates(link), options.costs)!.rateBps : rates(link)
  if (!routesDependOnRates(network.blueprint)) {
    const known = Float64Array.from(links, (_, link) => after(link))
    return { assessment, rates: (link) => known[link]! }
  }
  return reassess(network, after, options, pace)
}

/** The same step with its time until limits: where parts of demand grow differently, loads must be gone through again. */
async function timed(
  step: UpgradeStep,
  options: UpgradeOptions,
  pace: Pace,
): Promise<UpgradeStep | undefined> {
  const { network } = step.assessment
  if (options.basis.groups.length === 1) return step
  const again = await reassess(network, step.rates, options, pace)
  return again === undefined ? undefined : { ...step, ...again }
}

/** The network with other rates, swept anew; undefined where it was interrupted. */
async function reassess(network: Network, rates: Rates, options: UpgradeOptions, pace: Pace) {
  const changed = new Map(network.topology.links.map(({ name }, link) => [name, rates(link)]))
  const blueprint: NetworkBlueprint = {
    ...network.blueprint,
    links: network.blueprint.links.map((link) => ({ ...link, rateBps: changed.get(link.name)! })),
  }
  const sim = new Simulation({ seed: network.sim.seed })
  const assessment = await assess(new Network(blueprint, { sim }), options.basis, options, pace)
  if (assessment.sweep.computed < assessment.failures.length) return undefined
  return { assessment, rates: ratesIn(assessment.network.topology.links) }
}

/** Whether another rate of a link moves traffic: groups that weigh by rate, and bonds, which always do. */
function routesDependOnRates({ nodes }: NetworkBlueprint): boolean {
  return nodes.some((node) =>
    node.kind === 'host'
      ? node.interfaces.some(({ links }) => links.length > 1)
      : node.ecmp.weights === 'rate',
  )
}

/** Upgraded links by tier and rates. */
function describe(
  links: readonly LinkBlueprint[],
  before: Rates,
  after: Rates,
  upgraded: readonly number[],
): UpgradedLinks[] {
  const groups = new Map<string, { tier: string; fromBps: number; toBps: number; links: string[] }>()
  for (const link of upgraded) {
    const { tier, name } = links[link]!
    const [fromBps, toBps] = [before(link), after(link)]
    const key = `${tier} ${fromBps} ${toBps}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { tier, fromBps, toBps, links: [name] })
    else known.links.push(name)
  }
  return [...groups.values()]
}
