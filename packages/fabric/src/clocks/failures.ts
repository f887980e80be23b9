import type { EventHandler, Simulation } from '@weft/core'
import type { EventBlueprint, OutageBlueprint } from '../blueprint/blueprint.ts'
import { virtualSwitchOf } from '../blueprint/generators/workloads.ts'
import { LinkState } from '../routing/topology.ts'
import type { Network } from '../build/network.ts'

const CHANGE = 0
const DETECT = 1
const CONVERGE = 2

/** One failure or repair. */
export interface Change extends OutageBlueprint {
  /** When routes that reckon with it were installed: null while they are not. */
  routedPs: number | null
  /** It came, and changed nothing: what was to fail was down already, or what was to be repaired is up or still down. */
  idle: boolean
}

/** Why events of the blueprint are, among causes of failures. */
const PLANNED = ''

/** A clock as failures see it: what they do to its links and nodes. */
export interface FailureTarget {
  readonly network: Pick<Network, 'sim' | 'topology' | 'blueprint' | 'installRoutes'>
  /** A link, by its index, begins or ceases to carry: it, or a node at its end, came up or went down. */
  setLinkUsable(link: number, usable: boolean): void
  setNodeUp(node: number, up: boolean): void
  /** Tables that reckon with a change are in force. */
  onRoutesInstalled(): void
}

/**
 * Failures and repairs, and routing's reaction to them. The hardware changes at once. A state that has lasted for
 * the detection delay is noticed, and after the convergence delay all nodes forward by tables that reckon with it.
 * What is down for several reasons (planned, by itself, with a shared risk) is up again when none of them is left.
 */
export class Failures implements EventHandler {
  readonly name = 'failures'
  readonly #clock: FailureTarget
  readonly #sim: Simulation
  readonly #handler: number
  /** In order of time. */
  readonly changes: readonly Change[]
  /** What is really up, and what the installed routes reckon with. */
  readonly #actual: LinkState
  readonly #routed: LinkState
  /** Why each target is down; none where it is up. */
  readonly #reasons = new Map<string, Set<string>>()
  /** Index of each target's latest event. */
  readonly #latest = new Map<string, number>()

  /** Of the events, failures and repairs alone. */
  constructor(clock: FailureTarget, events: readonly EventBlueprint[]) {
    this.#clock = clock
    this.#sim = clock.network.sim
    this.#handler = this.#sim.register(this)
    this.#actual = new LinkState(clock.network.topology)
    this.#routed = new LinkState(clock.network.topology)
    this.changes = events
      .filter(isOutage)
      .sort((a, b) => a.atPs - b.atPs || compare(a.target, b.target) || compare(a.action, b.action))
      .map((event) => ({ ...event, routedPs: null, idle: false }))
    for (const [index, { atPs }] of this.changes.entries())
      this.#sim.schedule(atPs, this.#handler, CHANGE, index)
  }

  onEvent(step: number, index: number): void {
    if (step === CHANGE) this.#change(index)
    else if (step === DETECT) this.#detect(index)
    else this.#converge(index)
  }

  #change(index: number): void {
    const event = this.changes[index]!
    // failing what is down and repairing what is up change nothing, and start no detection anew
    if (this.isUp(event.target) === this.#hasNoReason(event)) {
      event.idle = true
      return
    }
    this.#latest.set(event.target, index)
    for (const link of this.#apply(event, this.#actual)) {
      this.#clock.setLinkUsable(link, this.#actual.usable(link))
    }
    this.#sim.schedule(
      this.#sim.now + this.#clock.network.blueprint.routing.detectionPs,
      this.#handler,
      DETECT,
      index,
    )
  }

  /** Enters an event among the reasons for which its target is down; whether none is left. */
  #hasNoReason({ target, action, cause = PLANNED }: OutageBlueprint): boolean {
    let reasons = this.#reasons.get(target)
    if (reasons === undefined) {
      reasons = new Set()
      this.#reasons.set(target, reasons)
    }
    if (action === 'fail') reasons.add(cause)
    else reasons.delete(cause)
    return reasons.size === 0
  }

  /** A change that was undone within the detection delay goes unnoticed. */
  #detect(index: number): void {
    if (this.#latest.get(this.changes[index]!.target) !== index) return
    const { convergencePs } = this.#clock.network.blueprint.routing
    this.#sim.schedule(this.#sim.now + convergencePs, this.#handler, CONVERGE, index)
  }

  #converge(index: number): void {
    this.#apply(this.changes[index]!, this.#routed)
    this.#clock.network.installRoutes(this.#routed)
    this.changes[index]!.routedPs = this.#sim.now
    this.#clock.onRoutesInstalled()
  }

  /** Whether a node or link is itself up; a link that is up may still end at a dead node. */
  isUp(target: string): boolean {
    const { topology } = this.#clock.network
    const { nodeUp, linkUp } = this.#actual
    return (
      (topology.hasNode(target) ? nodeUp[topology.nodeIndex(target)] : linkUp[topology.linkIndex(target)]) ===
      1
    )
  }

  /** Enters an event in a state; answers the links that it may have changed. */
  #apply({ action, target }: OutageBlueprint, state: LinkState): number[] {
    const { topology } = this.#clock.network
    const up = action === 'repair' ? 1 : 0
    if (!topology.hasNode(target)) {
      const link = topology.linkIndex(target)
      state.linkUp[link] = up
      return [link]
    }
    return this.#nodesOf(target).flatMap((node) => {
      const { name } = topology.nodes[node]!
      // a virtual switch may be down by itself, whatever becomes of its server
      const isUp = up === 1 && (name === target || (this.#reasons.get(name)?.size ?? 0) === 0)
      state.nodeUp[node] = isUp ? 1 : 0
      if (state === this.#actual) this.#clock.setNodeUp(node, isUp)
      return topology.ports[node]!.map(({ link }) => link)
    })
  }

  /** A server fails with its virtual switch, and so with all that runs on it. */
  #nodesOf(target: string): number[] {
    const { topology } = this.#clock.network
    const vswitch = virtualSwitchOf(target)
    const node = topology.nodeIndex(target)
    return topology.hasNode(vswitch) ? [node, topology.nodeIndex(vswitch)] : [node]
  }
}

const isOutage = (event: EventBlueprint): event is OutageBlueprint =>
  event.action === 'fail' || event.action === 'repair'

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
