import { ConfigError, Simulation } from '@weft/core'
import { type DemandMatrix, Network, type NetworkBlueprint, type ProfileRates } from '@weft/fabric'
import type { Compiled, CompiledScenario } from '../compile/compile.ts'
import type { CostSettings } from '../compile/questions/plan.ts'
import { regionOf } from '../compile/traffic/pairs.ts'
import { type Assessment, assess, firstPassing } from './assessment.ts'
import { type DemandBasis, demandBasis } from './demand-basis.ts'
import type { Pace } from './pace.ts'
import type { SingleFailure } from './single-failures.ts'

/** Something that a generator has a number of, and how many of it grown demand needs, all else as it is. */
export interface Sizing {
  readonly region: string
  readonly generator: 'leafSpine' | 'fatTree'
  readonly key: 'spines' | 'parallelLinks' | 'hostsPerLeaf' | 'k'
  readonly now: number
  /** The least that holds the demand; null where none does. */
  readonly needed: number | null
  /** Why none does. */
  readonly why: string | null
  /** More than there are now; less than 0 where fewer would do. */
  readonly switches: number
  readonly hosts: number
  readonly links: number
  /** Of what is added; null without costs. */
  readonly cost: number | null
}

export interface SizingRequest {
  /** The scenario's plain data, and what it compiles to. */
  readonly data: unknown
  readonly compiled: CompiledScenario
  /** Compiles data like it, with the manifests that it names. */
  readonly compile: (data: unknown) => Compiled
  /** Demand that takes the place of traffic, for whatever network it comes to. */
  readonly matrixFor?: (network: Network) => DemandMatrix
  /** What of profiles counts. */
  readonly rates: ProfileRates
  /** Times today's demand. */
  readonly growth: number
}

/** What of a scenario decides about capacity. Events and expectations name parts that another size may not have. */
const KEPT = [
  'weft',
  'name',
  'seed',
  'regions',
  'internet',
  'kubernetes',
  'directAttach',
  'dns',
  'traffic',
  'plan',
  'run',
] as const
const TRIES_MAX = 40
/** Room that grows by less than this comes to an end: what it gained last is then about all that it has still to gain. */
const GAIN_LEAST = 1.05
const GAINS_LEFT = 4
const ROUNDING = 1e-9

type Data = Record<string, unknown>

interface Axis {
  readonly region: string
  readonly generator: Sizing['generator']
  readonly key: Sizing['key']
  readonly noun: string
  readonly now: number
  /** Fat-trees have even numbers of ports. */
  readonly step: number
}

/** How a size fares: room is what fits over what is asked, at least 1 where it holds. */
interface Fit {
  readonly room: number
  readonly why: string
  /** Today's where there is no fabric of this size. */
  readonly network: NetworkBlueprint
  readonly isBuilt: boolean
}

/** Finds the least size of every kind that regions of generators need; what is interrupted is left out. */
export async function sizingsFor(request: SizingRequest, pace: Pace): Promise<Sizing[]> {
  const sizings: Sizing[] = []
  for (const axis of axesOf(request.data)) {
    const search = new SizeSearch(request, axis, pace)
    const sizing = await search.find()
    if (sizing === undefined) break
    sizings.push(sizing)
  }
  return sizings
}

/** Regions that no generator makes: their links are named one by one, and nobody can say what more of them would be. */
export const regionsWithoutGenerator = (data: unknown): string[] =>
  regionsOf(data).flatMap(([name, { fabric }]) => ((fabric as Data)['graph'] === undefined ? [] : [name]))

const regionsOf = (data: unknown) => Object.entries((data as Data)['regions'] as Record<string, Data>)

function axesOf(data: unknown): Axis[] {
  return regionsOf(data).flatMap(([region, { fabric }]): Axis[] => {
    const { leafSpine, fatTree } = fabric as { leafSpine?: Data; fatTree?: Data }
    const axis = (of: Data, key: Sizing['key'], noun: string, step = 1) => {
      const generator = leafSpine === undefined ? ('fatTree' as const) : ('leafSpine' as const)
      return { region, generator, key, noun, now: (of[key] as number | undefined) ?? 1, step }
    }
    if (leafSpine !== undefined)
      return [
        axis(leafSpine, 'spines', 'spines'),
        axis(leafSpine, 'parallelLinks', 'parallel links'),
        axis(leafSpine, 'hostsPerLeaf', 'hosts per leaf'),
      ]
    return fatTree === undefined ? [] : [axis(fatTree, 'k', 'ports per switch', 2)]
  })
}

class SizeSearch {
  readonly #request: SizingRequest
  readonly #axis: Axis
  readonly #pace: Pace
  readonly #known = new Map<number, Fit>()
  #todayBps = 0
  #interrupted = false

  constructor(request: SizingRequest, axis: Axis, pace: Pace) {
    this.#request = request
    this.#axis = axis
    this.#pace = pace
  }

  /** By doubling and halving; undefined where it was interrupted. */
  async find(): Promise<Sizing | undefined> {
    let fails = 0
    let holds = this.#axis.now
    let fit = await this.#fit(holds)
    while (!holdsIn(fit) && !this.#interrupted) {
      fails = holds
      holds = this.#larger(fails, fit.room)
      let next = await this.#fit(holds)
      while (!next.isBuilt && holds - fails > this.#axis.step) {
        holds = this.#between(fails, holds)
        next = await this.#fit(holds)
      }
      if (!next.isBuilt)
        return this.#answer(null, fit, `${fit.why}, and the next size cannot be built: ${next.why}`)
      if (!holdsIn(next) && !this.#interrupted && (isHopeless(fit, next) || this.#known.size > TRIES_MAX))
        return this.#answer(null, fit, `${next.why}, and more ${this.#axis.noun} do not help`)
      fit = next
    }
    while (holds - fails > this.#axis.step && !this.#interrupted) {
      const middle = this.#between(fails, holds)
      const tried = await this.#fit(middle)
      if (holdsIn(tried)) {
        holds = middle
        fit = tried
      } else fails = middle
    }
    return this.#interrupted ? undefined : this.#answer(holds, fit, null)
  }

  /** As much larger as would hold if room grew in proportion, twice as large at most. */
  #larger(size: number, room: number): number {
    const wanted = Math.min(2 * size, size / Math.max(room, 0.1))
    return size + this.#steps(Math.max(1, Math.ceil((wanted - size) / this.#axis.step)))
  }

  #between(low: number, high: number): number {
    return low + this.#steps(Math.floor((high - low) / this.#axis.step / 2))
  }

  #steps(count: number): number {
    return count * this.#axis.step
  }

  #answer(needed: number | null, fit: Fit, why: string | null): Sizing {
    const { region, generator, key, now } = this.#axis
    const { compiled } = this.#request
    const before = compiled.blueprint.network
    const after = needed === null ? before : fit.network
    const count = ({ nodes }: NetworkBlueprint, kind: string) =>
      nodes.filter((node) => node.kind === kind).length
    return {
      region,
      generator,
      key,
      now,
      needed,
      why,
      switches: count(after, 'switch') - count(before, 'switch'),
      hosts: count(after, 'host') - count(before, 'host'),
      links: after.links.length - before.links.length,
      cost: costOf(before, after, compiled.plan.costs),
    }
  }

  async #fit(size: number): Promise<Fit> {
    let fit = this.#known.get(size)
    if (fit === undefined) {
      fit = await this.#measure(size)
      this.#known.set(size, fit)
    }
    return fit
  }

  async #measure(size: number): Promise<Fit> {
    const { region, now } = this.#axis
    const { data, compiled: today, matrixFor, rates, growth } = this.#request
    const rebuilt = size === now ? { ok: true as const, value: today } : this.#rebuild(data, size)
    const nothing = (why: string): Fit => ({ room: 0, why, network: today.blueprint.network, isBuilt: false })
    if (!rebuilt.ok) return nothing(rebuilt.issues[0]!.message)
    const compiled = rebuilt.value
    const { blueprint, plan } = compiled
    const network = new Network(blueprint.network, { sim: new Simulation({ seed: blueprint.seed }) })
    let basis: DemandBasis
    try {
      basis = demandBasis(network, compiled, matrixFor?.(network), rates)
    } catch (error) {
      // more pairs of hosts than a matrix holds, or demands between hosts that a smaller fabric does not have
      if (error instanceof ConfigError) return nothing(error.issues[0]!.message)
      throw error
    }
    const demandBps = regionDemandBps(network, basis.all, region)
    if (size === now) this.#todayBps = demandBps
    const assessment = await assess(network, basis, { limits: plan.limits }, this.#pace)
    if (assessment.sweep.computed < assessment.failures.length) this.#interrupted = true
    // what asks of every host its share asks more of more hosts: the sum is what must fit
    const asked = demandBps === 0 ? 0 : (growth * this.#todayBps) / demandBps
    return { ...roomIn(assessment, region, asked), network: blueprint.network, isBuilt: true }
  }

  #rebuild(data: unknown, size: number) {
    const { region, generator, key } = this.#axis
    const kept: Data = structuredClone(
      Object.fromEntries(
        KEPT.flatMap((name) => ((data as Data)[name] === undefined ? [] : [[name, (data as Data)[name]]])),
      ),
    )
    const regions = kept['regions'] as Record<string, { fabric: Record<string, Data> }>
    regions[region]!.fabric[generator]![key] = size
    return this.#request.compile(kept)
  }
}

const holdsIn = ({ room }: Fit): boolean => room >= 1 - ROUNDING

/** Whether a larger size gains so little that no size would be enough. */
const isHopeless = (before: Fit, after: Fit): boolean =>
  after.room <= before.room * GAIN_LEAST && 1 - after.room > GAINS_LEFT * (after.room - before.room)

function regionDemandBps({ topology }: Network, { source, ipBps }: DemandMatrix, region: string): number {
  const inRegion = topology.nodes.map(({ name }) => regionOf(name) === region)
  return ipBps.reduce((sum, rate, i) => (inRegion[source[i]!] === true ? sum + rate : sum), 0)
}

/** What fits into a region over what is asked; nothing does where a failure cuts hosts off from each other. */
function roomIn(assessment: Assessment, region: string, asked: number): { room: number; why: string } {
  const { network, resources, sweep } = assessment
  const { topology } = network
  const isIn = (name: string) => regionOf(name) === region
  // gateways are as many as the scenario says, however large the fabric
  const isOfFabric = ({ kind, index }: SingleFailure) =>
    kind === 'link' || topology.nodes[index]!.kind !== 'gateway'
  const cut = sweep.losses.find(
    ({ failure, cutBps }) => cutBps > 0 && isIn(failure.name) && isOfFabric(failure),
  )
  if (cut !== undefined) return { room: 0, why: `a failure of ${cut.failure.name} cuts hosts off` }
  const { first } = firstPassing(assessment, undefined, (resource) =>
    isIn(topology.links[resources[resource]!.direction >> 1]!.name),
  )
  const { direction } = resources[first.resource]!
  const name = topology.directionName(direction >> 1, (direction & 1) as 0 | 1)
  const { failure } = sweep.worst[first.resource]!
  const when = first.kind === 'failure' && failure !== undefined ? ` when ${failure.name} fails` : ''
  return { room: first.factor / asked, why: `${name} passes its limit${when}` }
}

/** Of what there is more of; null where the scenario says no costs of it. */
function costOf(before: NetworkBlueprint, after: NetworkBlueprint, costs: CostSettings): number | null {
  const { devices, links } = costs
  if (devices.length === 0 && links.length === 0) return null
  const tierOf = (node: NetworkBlueprint['nodes'][number]) => (node.kind === 'host' ? 'host' : node.tier)
  const added = (count: (network: NetworkBlueprint) => number) => Math.max(0, count(after) - count(before))
  const ofDevices = devices.reduce(
    (sum, { tier, each }) =>
      sum + each * added(({ nodes }) => nodes.filter((node) => tierOf(node) === tier).length),
    0,
  )
  return links.reduce(
    (sum, { tier, each }) =>
      sum + each * added((network) => network.links.filter((link) => link.tier === tier).length),
    ofDevices,
  )
}
