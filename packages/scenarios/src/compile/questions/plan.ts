import { printRate } from '@weft/core'
import type { NetworkBlueprint } from '@weft/fabric'
import type { PlanGrowthInput, PlanInput } from '../../schema/plan.ts'
import { HostIndex } from '../selectors/hosts.ts'
import { type Path, type Problems, quote } from '../problems.ts'

/** What planning goes by: growth, limits, costs. Names are checked. */
export interface PlanSettings {
  /** The day, such as `2026-01-31`, on which demand is what the scenario says. */
  readonly from?: string
  readonly growth: GrowthSettings
  readonly limits: PlanLimits
  readonly costs: CostSettings
}

/** Growth per year as a fraction: 0.4 is 40 % more every year. */
export interface GrowthSettings {
  readonly all: number
  readonly traffic: readonly { readonly name: string; readonly perYear: number }[]
  /** Later ones win. */
  readonly pairs: readonly {
    readonly from: readonly string[]
    readonly to: readonly string[]
    readonly perYear: number
  }[]
}

/** Fractions of a link's rate. */
export interface Limit {
  /** While everything is up. */
  readonly normal: number
  /** Under any failure of one link or switch. */
  readonly failure: number
}

export interface LimitSettings extends Limit {
  /** Tiers of links with limits of their own. */
  readonly tiers: readonly (Limit & { readonly tier: string })[]
}

export interface PlanLimits extends LimitSettings {
  /** Fraction of the SYNs that come to a host that limits its connections which it refuses at most. */
  readonly pools: number
}

export interface CostSettings {
  readonly currency?: string
  readonly links: readonly LinkCost[]
  /** By tier of switches; `host` for hosts. */
  readonly devices: readonly { readonly tier: string; readonly each: number }[]
}

export interface LinkCost {
  readonly tier: string
  /** Of one more link. */
  readonly each: number
  /** Ascending by rate; empty where links cannot be upgraded. */
  readonly upgrades: readonly { readonly rateBps: number; readonly cost: number }[]
}

export const PLAN_DEFAULTS: PlanSettings = {
  growth: { all: 0, traffic: [], pairs: [] },
  limits: { normal: 0.8, failure: 1, tiers: [], pools: 0.01 },
  costs: { links: [], devices: [] },
}

const HOST_TIER = 'host'

/** Throws nothing; what is wrong goes into `problems`. */
export function compilePlan(
  input: PlanInput | undefined,
  network: NetworkBlueprint,
  traffic: readonly string[],
  problems: Problems,
): PlanSettings {
  if (input === undefined) return PLAN_DEFAULTS
  const { from, growth, limits, costs } = input
  return {
    ...(from !== undefined && { from }),
    growth: compileGrowth(growth, network, traffic, problems),
    limits: compileLimits(limits, network, problems),
    costs: compileCosts(costs, network, problems),
  }
}

function compileGrowth(
  input: PlanGrowthInput | undefined,
  network: NetworkBlueprint,
  known: readonly string[],
  problems: Problems,
): GrowthSettings {
  if (input === undefined) return PLAN_DEFAULTS.growth
  if (typeof input === 'number') return { ...PLAN_DEFAULTS.growth, all: input }
  const path = ['plan', 'growth']
  const hosts = new HostIndex(network)
  const traffic = Object.entries(input.traffic ?? {}).map(([name, perYear]) => {
    refuseUnknown('traffic', name, known, [...path, 'traffic', name], problems)
    return { name, perYear }
  })
  const pairs = (input.pairs ?? []).map(({ from, to, growth }, index) => ({
    from: hosts.select(from, [...path, 'pairs', index, 'from'], problems),
    to: hosts.select(to, [...path, 'pairs', index, 'to'], problems),
    perYear: growth,
  }))
  return { all: input.all ?? 0, traffic, pairs }
}

function compileLimits(
  input: PlanInput['limits'],
  network: NetworkBlueprint,
  problems: Problems,
): PlanLimits {
  const { normal, failure, pools } = PLAN_DEFAULTS.limits
  const all = { normal: input?.normal ?? normal, failure: input?.failure ?? failure }
  const known = linkTiers(network)
  const tiers = Object.entries(input?.tiers ?? {}).map(([tier, own]) => {
    refuseUnknown('tier of links', tier, known, ['plan', 'limits', 'tiers', tier], problems)
    return { tier, normal: own.normal ?? all.normal, failure: own.failure ?? all.failure }
  })
  return { ...all, tiers, pools: input?.pools ?? pools }
}

function compileCosts(
  input: PlanInput['costs'],
  network: NetworkBlueprint,
  problems: Problems,
): CostSettings {
  const path = ['plan', 'costs']
  const tiers = linkTiers(network)
  const links = Object.entries(input?.links ?? {}).map(([tier, { each = 0, upgrades = [] }]) => {
    refuseUnknown('tier of links', tier, tiers, [...path, 'links', tier], problems)
    const steps = upgrades.map(({ to, cost }) => ({ rateBps: to, cost }))
    refuseTwice(steps, [...path, 'links', tier, 'upgrades'], problems)
    return { tier, each, upgrades: steps.sort((a, b) => a.rateBps - b.rateBps) }
  })
  const kinds = deviceTiers(network)
  const devices = Object.entries(input?.devices ?? {}).map(([tier, each]) => {
    refuseUnknown('tier of devices', tier, kinds, [...path, 'devices', tier], problems)
    return { tier, each }
  })
  return { ...(input?.currency !== undefined && { currency: input.currency }), links, devices }
}

function refuseTwice(steps: readonly { readonly rateBps: number }[], path: Path, problems: Problems): void {
  steps.forEach(({ rateBps }, index) => {
    if (steps.findIndex((step) => step.rateBps === rateBps) < index)
      problems.refuse([...path, index, 'to'], `${printRate(rateBps)} is listed already; a rate has one cost`)
  })
}

function refuseUnknown(
  what: string,
  name: string,
  known: readonly string[],
  path: Path,
  problems: Problems,
): void {
  if (known.includes(name)) return
  const expected = known.length === 0 ? 'there is none' : `it is one of ${known.map(quote).join(', ')}`
  problems.refuseKey(path, problems.unknownName(what, name, known, expected))
}

const linkTiers = ({ links }: NetworkBlueprint): string[] => [...new Set(links.map(({ tier }) => tier))]

const deviceTiers = ({ nodes }: NetworkBlueprint): string[] => [
  ...new Set(nodes.map((node) => (node.kind === 'host' ? HOST_TIER : node.tier))),
]
