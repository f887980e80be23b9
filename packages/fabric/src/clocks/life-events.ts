import { ConfigError, type EventHandler, type Simulation } from '@weft/core'
import type {
  EventBlueprint,
  LifeBlueprint,
  PolicyEventBlueprint,
  WorkloadEventBlueprint,
} from '../blueprint/blueprint.ts'
import type { MovedAddress } from '../build/address-holders.ts'
import type { Network } from '../build/network.ts'
import type { WorkloadInterfaces } from '../interfaces/workload-interfaces.ts'
import type { EndpointState } from '../load-balancer/endpoint-state.ts'
import { GONE, RUNS, STARTS, type WorkloadState } from '../model/workload-state.ts'

const HAPPEN = 0
const BALANCE = 1

/** What happens at one instant does so in this order. */
const ORDER: readonly LifeBlueprint['action'][] = [
  'terminate',
  'stop',
  'boot',
  'start',
  'not-ready',
  'ready',
  'delete-policy',
  'apply-policy',
]

/** Something that happened to a workload or a policy, or will. */
export type LifeChange = LifeBlueprint & {
  /** Since when all hosts go by it: later where endpoints take time to become known; null while they do not. */
  inForcePs: number | null
  /** It came, and changed nothing: what was to start runs, say. */
  idle: boolean
}

/** What becomes of a workload. */
interface LifeState extends EndpointState {
  /** Whether it sends, and listens; whoever has no interface does neither. */
  readonly workload: WorkloadState
}

/** A clock as events of workloads see it; what it does not need to be told it leaves out. */
export interface LifeTarget {
  readonly network: Pick<
    Network,
    | 'sim'
    | 'topology'
    | 'blueprint'
    | 'interfaces'
    | 'workloadStates'
    | 'runs'
    | 'hostAddresses'
    | 'hostOf'
    | 'setEndpoint'
    | 'wantedBy'
    | 'takeOver'
  >
  /** A workload, by node index, is about to stop: what it has connected is reset. */
  onStopping?(node: number): void
  /** An address is about to go from one workload to another: what is connected by it is reset. */
  onMoving?(moved: MovedAddress): void
  /** Routes lead elsewhere. */
  onRoutesInstalled?(): void
  /** What runs, who may connect or where services lead is not as it was. */
  onLifeChanged?(): void
  /** Connections that live were blocked, since policies allow them no more, or unblocked. */
  onBlocked?(): void
}

/**
 * What happens to workloads and policies while a network runs. What runs and what policies say changes at once; what a
 * change means for endpoints of services, hosts go by when the endpoint delay has passed.
 */
export class LifeEvents implements EventHandler {
  readonly name = 'life'
  /** In order of time. */
  readonly changes: readonly LifeChange[]
  readonly #clock: LifeTarget
  readonly #sim: Simulation
  readonly #handler: number
  readonly #delayPs: number
  /** By node index, of workloads that something has happened to. */
  readonly #states = new Map<number, LifeState>()
  /** By change: what hosts are to go by. */
  readonly #known: EndpointState[] = []

  /**
   * Of the events, those of workloads and policies alone. Throws ConfigError where there are any and the network has no
   * interfaces of workloads.
   */
  constructor(clock: LifeTarget, events: readonly EventBlueprint[]) {
    const { sim, blueprint } = clock.network
    this.#clock = clock
    this.#sim = sim
    this.#delayPs = blueprint.interfaces?.endpointDelayPs ?? 0
    this.changes = events
      .filter(isLife)
      .sort((a, b) => a.atPs - b.atPs || orderOf(a) - orderOf(b) || compare(a.target, b.target))
      .map((event) => ({ ...event, inForcePs: null, idle: false }))
    // nothing is registered where nothing can happen: the order of handlers is part of a run's digest
    if (this.changes.length === 0) {
      this.#handler = -1
      return
    }
    checkEvents(this.changes, clock.network)
    this.#handler = sim.register(this)
    for (const [index, { atPs }] of this.changes.entries()) sim.schedule(atPs, this.#handler, HAPPEN, index)
  }

  onEvent(step: number, index: number): void {
    const change = this.changes[index]!
    if (step === BALANCE) {
      const node = this.#clock.network.topology.nodeIndex(change.target)
      this.#setEndpoints(node, this.#known[index]!)
      change.inForcePs = this.#sim.now
      this.#clock.onLifeChanged?.()
    } else if (isOfPolicy(change)) this.#changePolicy(change)
    else this.#changeWorkload(change, index)
  }

  #changeWorkload(change: LifeChange & WorkloadEventBlueprint, index: number): void {
    const { topology, workloadStates } = this.#clock.network
    const node = topology.nodeIndex(change.target)
    const before = this.#stateOf(node)
    const after = following(before, change.action)
    if (after === before) {
      change.idle = true
      return
    }
    this.#states.set(node, after)
    if (before.isRunning && !after.isRunning) this.#clock.onStopping?.(node)
    workloadStates[node] = after.workload
    if (!before.isRunning && after.isRunning) this.#takeOver(node)
    this.#known[index] = after
    if (this.#delayPs > 0) {
      this.#sim.schedule(this.#sim.now + this.#delayPs, this.#handler, BALANCE, index)
      if (before.workload !== after.workload) this.#clock.onLifeChanged?.()
    } else this.onEvent(BALANCE, index)
  }

  /** What starts has the addresses that whatever it takes the place of had to itself. */
  #takeOver(node: number): void {
    const { network } = this.#clock
    const moved = network.wantedBy(node)
    if (moved.length === 0) return
    for (const each of moved) this.#clock.onMoving?.(each)
    network.takeOver(node)
    this.#clock.onRoutesInstalled?.()
  }

  #setEndpoints(node: number, state: EndpointState): void {
    const interfaces = this.#interfaces
    for (const address of this.#addressesOf(node)) {
      this.#clock.network.setEndpoint(address, state)
      if (!state.isRunning) interfaces.cutDatagramsTo(address)
    }
  }

  #changePolicy(change: LifeChange & PolicyEventBlueprint): void {
    const interfaces = this.#interfaces
    const { action, target, policy, connections } = change
    const isKnown = interfaces.hasPolicy(target)
    if (action === 'delete-policy') {
      if (!isKnown) {
        change.idle = true
        return
      }
      interfaces.deletePolicy(target)
    } else interfaces.applyPolicy(policy!)
    change.inForcePs = this.#sim.now
    if (
      connections === 'block' &&
      interfaces.blockDenied((address) => this.#clock.network.hostOf(address)) > 0
    )
      this.#clock.onBlocked?.()
    this.#clock.onLifeChanged?.()
  }

  #stateOf(node: number): LifeState {
    const known = this.#states.get(node)
    if (known !== undefined) return known
    const isRunning = this.#clock.network.runs(node)
    const [address = -1] = this.#addressesOf(node)
    const conditions = this.#interfaces.services.conditionsAt(address)
    const state: LifeState = {
      workload: isRunning ? RUNS : GONE,
      isRunning,
      isServing: isRunning && (conditions?.serving ?? true),
      isTerminating: isRunning && (conditions?.terminating ?? false),
    }
    this.#states.set(node, state)
    return state
  }

  #addressesOf(node: number): readonly number[] {
    return this.#clock.network.hostAddresses.get(node)!.flat()
  }

  get #interfaces(): WorkloadInterfaces {
    return this.#clock.network.interfaces!
  }
}

const NOT_READY: EndpointState = { isRunning: true, isServing: false, isTerminating: false }

/** The state after an event; the very same object where it changes nothing. */
function following(state: LifeState, action: WorkloadEventBlueprint['action']): LifeState {
  const { workload, isRunning, isServing, isTerminating } = state
  switch (action) {
    case 'boot':
      return isRunning ? state : { ...NOT_READY, workload: STARTS }
    case 'start':
      return workload === RUNS ? state : { ...NOT_READY, workload: RUNS }
    case 'stop':
      return isRunning ? { ...NOT_READY, isRunning: false, workload: GONE } : state
    case 'terminate':
      return isRunning && !isTerminating ? { ...state, isTerminating: true } : state
    case 'ready':
      return isRunning && !isServing ? { ...state, isServing: true } : state
    case 'not-ready':
      return isServing ? { ...state, isServing: false } : state
  }
}

const isLife = (event: EventBlueprint): event is LifeBlueprint =>
  (ORDER as readonly string[]).includes(event.action)

const isOfPolicy = (change: LifeChange): change is LifeChange & PolicyEventBlueprint =>
  change.action === 'delete-policy' || change.action === 'apply-policy'

const orderOf = ({ action }: LifeBlueprint): number => ORDER.indexOf(action)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function checkEvents(changes: readonly LifeChange[], { interfaces, topology }: LifeTarget['network']): void {
  if (interfaces === undefined) {
    const message = `"${changes[0]!.action}" needs a network with interfaces of workloads; this one has none`
    throw new ConfigError([{ path: ['events'], message }])
  }
  const issues = changes.flatMap((change) => {
    const { action, target, atPs } = change
    const refused = (message: string) => [{ path: ['events', `${action} at ${atPs} ps`], message }]
    if (isOfPolicy(change))
      return (action === 'apply-policy') === (change.policy !== undefined) &&
        (change.policy?.name ?? target) === target
        ? []
        : refused(
            `an event of policy "${target}" bears that policy if it applies it, and none if it deletes it`,
          )
    return topology.hasNode(target) && topology.isHost(topology.nodeIndex(target))
      ? []
      : refused(`no workload is called "${target}"`)
  })
  if (issues.length > 0) throw new ConfigError(issues)
}
