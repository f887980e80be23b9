import type { Network } from '../../../build/network.ts'
import { ATTACHED } from '../../../model/forwarding-table.ts'
import { addTo } from './amounts.ts'
import { type ClassPlan, type ClassPlanner, SWITCHES_MAX } from './class-plan.ts'
import type { DemandIndex } from './demand-index.ts'
import { NOWHERE } from './first-packets.ts'
import type { Origins } from './origins.ts'
import type { Ports } from './ports.ts'
import { APART, denialsOf, REFUSED, type Screen } from './screen.ts'
import { NO_WAYS, type Ways } from './ways.ts'

/** Demands to one class of destinations. */
export interface ClassDemands {
  readonly receivers: readonly ReceiverDemands[]
  readonly plan: ClassPlan
}

/** Demands to one endpoint that come there alike. */
export interface ReceiverDemands {
  readonly endpoint: number
  /** What their packets bear when they arrive, by id. */
  readonly address: number
  readonly demands: Int32Array
  /** Where they go first; undefined: straight here. */
  readonly stage: StageDemands | undefined
}

/** Demands that go to one class first, and from there to others. */
export interface StageDemands {
  readonly plan: ClassPlan
  /** The nodes where they get another destination. */
  readonly ends: readonly number[]
  readonly demands: readonly number[]
}

interface Stage extends StageDemands {
  readonly demands: number[]
}

/** Demands by how they are followed. */
export interface SortedDemands {
  readonly classes: readonly ClassDemands[]
  readonly stages: readonly StageDemands[]
  /** To be followed one by one. */
  readonly apart: readonly number[]
  readonly refused: readonly RefusedDemand[]
}

/** Quantities of connections that a node refuses for a reason, so that they are never sent, nor what would answer them. */
export interface RefusedDemand {
  readonly node: number
  readonly reason: string
  readonly amounts: Float64Array
}

/** What demands are sorted with. */
export interface SortingParts {
  readonly network: Network
  readonly index: DemandIndex
  readonly ports: Ports
  readonly ways: Ways
  readonly origins: Origins
  readonly planner: ClassPlanner
  readonly screen: Screen | undefined
}

/** Scopes that an address may have, see `AddressScopes`. */
const SCOPES = 4

interface Draft {
  readonly classId: number
  readonly address: number
}

interface ReceiverDraft extends Draft {
  readonly demands: number[]
  readonly endpoint: number
  /** The key of the stage. */
  readonly via: number
}

interface StageDraft extends Draft {
  readonly receivers: Set<ReceiverDraft>
}

/** Sorts demands by class of destinations and by what their packets bear, and plans how each class goes on. */
export class DemandSorter {
  readonly #parts: SortingParts
  readonly #apart: number[] = []
  /** By node and reason. */
  readonly #refused = new Map<string, RefusedDemand>()
  /** By class and scope of the address that packets go to first, or last. */
  readonly #stages = new Map<number, StageDraft>()
  readonly #classes = new Map<number, Map<string, ReceiverDraft>>()

  constructor(parts: SortingParts) {
    this.#parts = parts
  }

  sort(): SortedDemands {
    const { address, start } = this.#parts.index
    for (let d = 0; d < address.length; d++) this.#draft(d, start[d]!, start[d + 1]!)
    const stages = new Map<number, Stage>()
    for (const [key, draft] of this.#stages) stages.set(key, this.#stage(draft))
    const classes = [...this.#classes.values()].map((drafts) => this.#class([...drafts.values()], stages))
    return {
      classes: classes.filter(({ receivers }) => receivers.length > 0),
      stages: [...stages.values()].filter(({ demands }) => demands.length > 0),
      apart: this.#apart,
      refused: [...this.#refused.values()],
    }
  }

  #draft(endpoint: number, from: number, to: number): void {
    const { index, origins, screen } = this.#parts
    let draft: ReceiverDraft | undefined
    let before = NOWHERE
    for (let i = from; i < to; i++) {
      if (origins.pairwise[index.source[i]!] === 1 || screen?.fates[i] === APART) {
        this.#apart.push(i)
        continue
      }
      if (screen?.fates[i] === REFUSED) {
        this.#refuse(i, screen)
        continue
      }
      const address = screen?.to[i] ?? index.address[endpoint]!
      const via = screen?.via[i] ?? NOWHERE
      if (draft?.address !== address || before !== via) draft = this.#draftOf(endpoint, address, via)
      before = via
      draft.demands.push(i)
    }
  }

  #draftOf(endpoint: number, address: number, via: number): ReceiverDraft {
    const key = this.#keyOf(address)
    let receivers = this.#classes.get(key)
    if (receivers === undefined) {
      receivers = new Map()
      this.#classes.set(key, receivers)
    }
    const stage = via === NOWHERE ? NOWHERE : this.#keyOf(via)
    const own = `${endpoint}/${address}/${stage}`
    let draft = receivers.get(own)
    if (draft === undefined) {
      draft = { classId: this.#classOf(address), address, demands: [], endpoint, via: stage }
      receivers.set(own, draft)
    }
    if (stage !== NOWHERE && !this.#stages.has(stage))
      this.#stages.set(stage, { classId: this.#classOf(via), address: via, receivers: new Set() })
    if (stage !== NOWHERE) this.#stages.get(stage)!.receivers.add(draft)
    return draft
  }

  #classOf(address: number): number {
    return this.#parts.network.routes.classOf[address]!
  }

  /** Gateways look at scopes besides. */
  #keyOf(address: number): number {
    return this.#classOf(address) * SCOPES + this.#parts.network.scopes.of(address)
  }

  #stage(draft: StageDraft): Stage {
    const ends = this.#parts.network.takersOf(draft.address)
    const plan = this.#plan(draft, this.#ingressOf(draft.receivers), ends)
    return { plan, ends: endsOf(plan), demands: [] }
  }

  #class(drafts: readonly ReceiverDraft[], stages: ReadonlyMap<number, Stage>): ClassDemands {
    const ingress = this.#ingressOf(drafts.filter(({ via }) => via === NOWHERE))
    for (const { via } of drafts)
      if (via !== NOWHERE) for (const node of stages.get(via)!.ends) ingress.add(node)
    const plan = this.#plan(drafts[0]!, ingress, [])
    const receivers = drafts.map(({ endpoint, address, demands, via }) => {
      const stage = stages.get(via)
      const isPlain = plan.pairwise === undefined && stage?.plan.pairwise === undefined
      const isShort = (stage?.plan.depth ?? 0) + plan.depth <= SWITCHES_MAX
      const together = isPlain && isShort ? demands : demands.filter((i) => this.#isTogether(i, plan, stage))
      if (together.length < demands.length) this.#setApart(demands, new Set(together))
      for (const i of together) stage?.demands.push(i)
      return { endpoint, address, demands: Int32Array.from(together), stage }
    })
    return { plan, receivers: receivers.filter(({ demands }) => demands.length > 0) }
  }

  #plan({ classId, address }: Draft, ingress: Iterable<number>, ends: readonly number[]): ClassPlan {
    return this.#parts.planner.plan(classId, address, ingress, ends)
  }

  /** Whether a demand can be followed with others. */
  #isTogether(demand: number, plan: ClassPlan, stage: StageDemands | undefined): boolean {
    const x = this.#parts.index.source[demand]!
    if (stage === undefined) return !this.#meets(x, plan)
    if (this.#meets(x, stage.plan) || stage.plan.depth + plan.depth > SWITCHES_MAX) return false
    return stage.ends.every((node) => plan.pairwise?.[node] !== 1)
  }

  #setApart(demands: readonly number[], others: ReadonlySet<number>): void {
    for (const demand of demands) if (!others.has(demand)) this.#apart.push(demand)
  }

  #refuse(demand: number, screen: Screen): void {
    const { amounts, channels } = this.#parts.index
    const { count } = channels
    for (const { node, reason, share } of denialsOf(screen, demand)) {
      const key = `${node}/${reason}`
      const refused = this.#refused.get(key) ?? { node, reason, amounts: new Float64Array(count) }
      this.#refused.set(key, refused)
      addTo(refused.amounts, 0, amounts, demand * count, share, count)
    }
  }

  #meets(x: number, { pairwise }: ClassPlan): boolean {
    return pairwise !== undefined && this.#ingressAt(x).some((node) => pairwise[node] === 1)
  }

  /** The switches at which demands come in. */
  #ingressOf(drafts: Iterable<ReceiverDraft>): Set<number> {
    const { source, address } = this.#parts.index
    const seen = new Uint8Array(address.length)
    const ingress = new Set<number>()
    for (const { demands } of drafts) {
      for (const i of demands) {
        const x = source[i]!
        if (seen[x] === 1) continue
        seen[x] = 1
        for (const node of this.#ingressAt(x)) ingress.add(node)
      }
    }
    return ingress
  }

  #ingressAt(x: number): number[] {
    const { origins, ways, ports } = this.#parts
    const range = origins.ranges[x]!
    if (range === NO_WAYS) return []
    return Array.from(
      ways.row.subarray(ways.start[range], ways.start[range + 1]),
      (row) => ports.neighbour[row]!,
    )
  }
}

const endsOf = ({ order, decisions }: ClassPlan): number[] =>
  [...order].filter((_, i) => decisions[i] === ATTACHED)
