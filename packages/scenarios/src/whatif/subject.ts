import { ConfigError, Simulation } from '@weft/core'
import { type DemandMatrix, demandOfTraffic, Network, NetworkSymmetry } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { ExchangeDemand } from '../exchange/network.ts'
import { matrixOfDemands } from '../planning/given-demands.ts'
import {
  type CountedProfiles,
  countedProfiles,
  parseRates,
  type RatesOptions,
  WITH_DEMANDS,
} from '../planning/profile-rates.ts'
import { EndpointLoss } from './endpoint-loss.ts'
import { Judge, labelsOf, type Limits } from './judge.ts'
import { Workers } from './workers.ts'
import { type Part, PART_KINDS, PartIndex, type PartKind, type PartsOf } from './parts.ts'

export interface SubjectOptions extends RatesOptions {
  /** Whether there is something to ask about where nothing is sent. Default false. */
  readonly mayBeIdle?: boolean
}

/** Demands in place of a scenario's traffic, or what of its profiles counts. */
export interface GivenDemands extends SubjectOptions {
  /** Named as in the CSV files of `weft plan`: hosts, or switches, pods and regions for all hosts below them. */
  readonly demands?: readonly ExchangeDemand[] | undefined
}

export function subjectOf(scenario: CompiledScenario, { demands, ...rates }: GivenDemands = {}): Subject {
  return new Subject(scenario, demands && ((network) => matrixOfDemands(network, demands)), rates)
}

/** A scenario as questions about failures see it. */
export class Subject {
  readonly scenario: CompiledScenario
  readonly network: Network
  readonly demand: DemandMatrix
  /** What of the traffic's profiles is counted; null where it has none, or a demand takes its place. */
  readonly profiles: CountedProfiles | null
  readonly parts: PartIndex
  readonly limits: Limits
  readonly judge: Judge
  readonly workers: Workers
  /** Undefined where a demand stands for the scenario's traffic. */
  readonly endpointLoss: EndpointLoss | undefined

  /** `demand` stands for the scenario's traffic, by node indices of its network. */
  constructor(
    scenario: CompiledScenario,
    demandOf?: (network: Network) => DemandMatrix,
    options: SubjectOptions = {},
  ) {
    const { blueprint, run, reach, risks } = scenario
    this.scenario = scenario
    this.network = new Network(blueprint.network, { sim: new Simulation({ seed: blueprint.seed }) })
    const rates = parseRates(options)
    if (options.rates !== undefined && demandOf !== undefined)
      throw new ConfigError([{ path: ['rates'], message: WITH_DEMANDS }])
    this.profiles = demandOf === undefined ? countedProfiles(blueprint.traffic, options) : null
    const demandNow = () => demandOfTraffic(this.network, blueprint.traffic, { forPs: run.forPs, rates })
    this.demand = demandOf?.(this.network) ?? demandNow()
    this.endpointLoss =
      demandOf === undefined ? new EndpointLoss(this.network, this.demand, demandNow) : undefined
    if (this.demand.source.length === 0 && reach.length === 0 && options.mayBeIdle !== true)
      throw new ConfigError([
        {
          path: ['traffic'],
          message: 'nothing is sent; give the scenario traffic, or demands in a CSV file',
        },
      ])
    this.parts = new PartIndex(this.network.topology, risks)
    this.limits = limitsOf(this.network, scenario)
    this.workers = new Workers(this.network, blueprint, this.demand)
    this.judge = new Judge(this.network, scenario, this.limits, this.workers)
  }

  /**
   * Symmetry that keeps demands, expectations and limits, what is `fixed` where it is, and the groups of risks among `parts`:
   * they are no vertices, and whatever moves a member of one would need another to move it to.
   */
  symmetry(
    fixed: readonly Part[] = [],
    parts: readonly Part[] = [],
    labelOf: (name: string) => string = () => '',
  ): NetworkSymmetry {
    const { topology } = this.network
    const judged = labelsOf(topology, this.scenario, this.limits)
    const own = new Map<string, string>()
    const add = (name: string, label: string) => own.set(name, `${own.get(name) ?? ''} ${label}`)
    for (const [host, controller] of this.workers.replicas()) add(host, `replica of ${controller}`)
    for (const { kind, name, links, nodes } of parts) {
      if (kind !== 'risk') continue
      for (const link of links) add(topology.links[link]!.name, `risk ${name}`)
      for (const node of nodes) add(topology.nodes[node]!.name, `risk ${name}`)
    }
    for (const { links, nodes } of fixed) {
      for (const link of links) add(topology.links[link]!.name, 'down')
      for (const node of nodes) add(topology.nodes[node]!.name, 'down')
    }
    return new NetworkSymmetry(topology, {
      demand: this.demand,
      labelOf: (name) => `${judged(name)}${own.get(name) ?? ''}${labelOf(name)}`,
    })
  }
}

/** `link`, `switch/spine`: a kind, and a tier where one is meant. Throws ConfigError. */
export function parsePartsOf(text: string): PartsOf {
  const [kind = '', tier] = text.split('/', 2) as [string, string?]
  if (!isKind(kind)) {
    const message = `${JSON.stringify(kind)} is no kind of part; expected one of ${PART_KINDS.join(', ')}, with a tier behind a slash where one is meant: link/fabric`
    throw new ConfigError([{ path: ['of'], message }])
  }
  return tier === undefined ? { kind } : { kind, tier }
}

const isKind = (text: string): text is PartKind => (PART_KINDS as readonly string[]).includes(text)

/** Under failures, by tier. */
function limitsOf({ topology }: Network, { plan }: CompiledScenario): Limits {
  const tiers = new Map(plan.limits.tiers.map(({ tier, failure }) => [tier, failure]))
  return Float64Array.from(topology.links, ({ tier }) => tiers.get(tier) ?? plan.limits.failure)
}
