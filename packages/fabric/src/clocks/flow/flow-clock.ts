import type { EventHandler, Simulation } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { FlowSpec } from '../../sharing/flow-spec.ts'
import { type FlowIndex, type FlowTable, NO_ENDPOINT } from '../../transport/flow-table.ts'
import type { FailureTarget } from '../failures.ts'
import type { LifeTarget } from '../life-events.ts'
import { Admission } from './admission.ts'
import type { ConnectionDriver, Message } from './connection-driver.ts'
import { Directions } from './directions.ts'
import { acknowledgesApart, type FlowModel } from './flow-model.ts'
import { FlowHolds } from './flow-holds.ts'
import { checkSharing, resourceOf } from './latency-sharing.ts'
import type { LiveStream, StreamPlan } from './live-stream.ts'
import { LiveStreams } from './live-streams.ts'
import type { Path } from './path.ts'
import { PathProbe } from './path-probe.ts'
import { SynRetries } from './syn-retries.ts'
import { TcpTerms } from './tcp-terms.ts'
import { Transfers } from './transfers.ts'

/** Beside the events of streams: see live-streams.ts. */
const START_FLOW = 0
const REACT = 3
const REFUSED = 5
const CLOSE = 6

/** The flow clock's view of a network: flows with rates on paths, each direction of a link a shared resource. */
export class FlowClock implements FailureTarget, LifeTarget, EventHandler {
  readonly name = 'flow clock'
  readonly network: Network
  readonly directions: Directions
  readonly transfers: Transfers
  readonly model: FlowModel
  /** Told of every flow that gives up since no host took it. */
  onGivenUp: (flow: FlowIndex) => void = () => {}
  /** Told of every flow whose sender closes its connection. */
  onClosing: (flow: FlowIndex) => void = () => {}
  readonly #sim: Simulation
  readonly #flows: FlowTable
  readonly #handler: number
  readonly #terms: TcpTerms
  readonly #probe: PathProbe
  readonly #streams: LiveStreams
  /** Undefined where hosts accept any number of connections. */
  readonly #admission: Admission | undefined
  /** Undefined where nothing on the way remembers flows. */
  readonly #holds: FlowHolds | undefined
  readonly #retries: SynRetries
  /** The resource of flows that have no path now. */
  readonly #nowhere: number
  readonly #isUsable: Uint8Array
  readonly #isNodeUp: Uint8Array
  /** A reaction to changes of this instant is pending. */
  #isReacting = false
  /** Flows that shake hands. */
  readonly #opening = new Set<FlowIndex>()
  /** Flows that have completed, and whose connections stay open. */
  readonly #open = new Set<FlowIndex>()
  /** Flows under way that would be dropped on their way now. */
  readonly #stranded = new Set<FlowIndex>()
  /** Of connections whose ends say what they carry, and what these carry now, or will carry next. */
  readonly #drivers = new Map<FlowIndex, ConnectionDriver>()
  readonly #messages = new Map<FlowIndex, Message>()
  /** Flows that could not begin: their connections would not be made. */
  #waiting: FlowIndex[] = []
  /** What flows of a row run on: needed when they start, and when routes change. */
  readonly #options: (TcpOptions | undefined)[] = []
  /** What their ends were given: a sender whose SYN was lost begins smaller, its receiver does not. */
  readonly #given: (TcpOptions | undefined)[] = []
  readonly #spec = new FlowSpec()

  constructor(network: Network, flows: FlowTable, model: FlowModel) {
    if (model.sharing !== 'max-min') checkSharing(model.sharing)
    this.network = network
    this.model = model
    this.#sim = network.sim
    this.#flows = flows
    this.#handler = this.#sim.register(this)
    this.#probe = new PathProbe(network)
    this.directions = new Directions(network, model.headers)
    this.#terms = new TcpTerms(network, flows, this.directions, model)
    this.transfers = new Transfers(this.#sim, flows, this.directions, acknowledgesApart(model))
    this.#nowhere = this.transfers.engine.solver.addResource(0)
    this.#isUsable = new Uint8Array(network.topology.links.length).fill(1)
    this.#isNodeUp = new Uint8Array(network.topology.nodes.length).fill(1)
    this.#retries = new SynRetries(this.#sim, {
      onRetry: (flow, options) => this.#begin(flow, options),
      onGivenUp: (flow, reason) => this.#fail(flow, reason),
    })
    this.#admission = Admission.of(network, flows, this.#retries)
    this.#holds = FlowHolds.of(network)
    this.#streams = new LiveStreams({
      network,
      flows,
      directions: this.directions,
      probe: this.#probe,
      holds: this.#holds,
      isUsable: this.#isUsable,
      handler: this.#handler,
    })
    this.transfers.onDrained = (flow) => {
      if (!this.#drivers.has(flow) && !this.#goesOn(flow)) this.onClosing(flow)
    }
    this.transfers.onAsked = (flow) => this.#answer(flow)
    this.transfers.onArrived = (flow) => this.#arrived(flow)
  }

  get streams(): readonly LiveStream[] {
    return this.#streams.all
  }

  /** Flows that have started where there is no way now, and begin as soon as there is. */
  get waitingCount(): number {
    return this.#waiting.length
  }

  /** A flow of the table begins now: its connection shakes hands, then it drains. */
  startFlow(flow: FlowIndex, options: TcpOptions): void {
    this.#given[flow] = options
    this.#begin(flow, options)
  }

  /** A flow of the table begins now: its connection shakes hands, then it carries what its driver says. */
  openConnection(flow: FlowIndex, options: TcpOptions, driver: ConnectionDriver): void {
    this.#drivers.set(flow, driver)
    this.startFlow(flow, options)
  }

  /** Sends a message over a connection that stands, one at a time. */
  sendMessage(flow: FlowIndex, message: Message): void {
    this.#messages.set(flow, message)
    this.#find(flow)
    const idlePs = this.model.startUp === 'none' ? 0 : this.#terms.idlePs()
    this.#drainAfter(flow, idlePs + this.#terms.waitPs())
  }

  /**
   * Sends a few bytes over a connection that stands, beside what else it carries: they are as long on their way as on an idle path,
   * and take no room from others, but count. How long that is; undefined where there is no way now.
   */
  sendAside(flow: FlowIndex, { bytes, isBack }: Message): number | undefined {
    this.#terms.findMessage(flow, this.#optionsOf(flow, isBack), bytes, isBack)
    if (!this.#isPassable(flow)) return undefined
    this.#terms.messageBits((direction, bits) => this.#addCarried(direction, bits))
    return this.#terms.alonePs()
  }

  /** A packet's way over a connection that stands, on an idle path. */
  transitPs(flow: FlowIndex, isBack: boolean): number {
    this.#terms.findMessage(flow, this.#optionsOf(flow, isBack), 1, isBack)
    return this.model.startUp === 'none' ? 0 : this.#terms.alonePs()
  }

  /** Ends a connection; what it carries is lost. */
  endConnection(flow: FlowIndex): void {
    if (!this.#drivers.delete(flow)) return
    this.transfers.dropMessage(flow)
    this.#messages.delete(flow)
    this.#opening.delete(flow)
    this.#stranded.delete(flow)
    this.#waiting = this.#waiting.filter((each) => each !== flow)
    this.#retries.end(flow)
    this.#close(flow)
  }

  /** A stream of the table, from its start to its stop. */
  addStream(flow: FlowIndex, plan: StreamPlan): void {
    this.#streams.add(flow, plan)
  }

  onEvent(kind: number, index: number): void {
    if (kind === START_FLOW) {
      // reset while it shook hands
      if (!this.#opening.delete(index)) return
      const driver = this.#drivers.get(index)
      if (driver !== undefined && !this.#messages.has(index)) {
        driver.onEstablished()
        return
      }
      this.#find(index)
      this.#drain(index)
    } else if (kind === CLOSE) {
      if (this.#open.delete(index)) this.#close(index)
    } else if (kind === REFUSED) {
      if (this.#opening.delete(index)) this.#retries.fail(index, 'connection-refused')
    } else if (kind === REACT) {
      this.#react()
    } else {
      this.#streams.onEvent(kind, index)
      this.#reactSoon()
    }
  }

  setLinkUsable(link: number, usable: boolean): void {
    this.#streams.book()
    this.#isUsable[link] = usable ? 1 : 0
    this.#reactSoon()
  }

  /** A node takes its links with it, which carry nothing; only what never leaves it needs to know. */
  setNodeUp(node: number, up: boolean): void {
    this.#isNodeUp[node] = up ? 1 : 0
    this.#reactSoon()
  }

  /** A changed group moves flows of surviving members too: every flow is probed again. */
  onRoutesInstalled(): void {
    this.transfers.catchUp()
    this.transfers.forEach((flow, row) => {
      this.#find(row)
      this.transfers.reroute(flow, this.#specOf(row), this.#terms.latencyPs())
    })
    this.#streams.routeAnew()
    this.#reactSoon()
  }

  /** Connections of a workload that stops are reset; what calls it goes on calling. */
  onStopping(node: number): void {
    this.transfers.catchUp()
    for (const [row, driver] of [...this.#drivers]) {
      const reason = this.#endOf(row, node)
      if (reason !== undefined) driver.onReset(reason === 'workload-stopped' ? 'opener' : 'acceptor')
    }
    this.transfers.forEach((flow, row) => {
      const reason = this.#endOf(row, node)
      if (reason === undefined) return
      this.transfers.drop(flow)
      this.#reset(row, reason)
    })
    for (const row of this.#opening) {
      const reason = this.#endOf(row, node)
      if (reason !== undefined) this.#reset(row, reason)
    }
    for (const row of this.#open) {
      if (this.#endOf(row, node) === undefined) continue
      this.#open.delete(row)
      this.#close(row)
    }
    const isSender = (row: FlowIndex) => this.network.hostOf(this.#flows.source[row]!) === node
    for (const row of [...this.#waiting, ...this.#retries.flows])
      if (isSender(row)) this.#reset(row, 'workload-stopped')
    this.#waiting = this.#waiting.filter((row) => !isSender(row))
  }

  /** What runs, where services lead or whom policies let through is not as it was. */
  onLifeChanged(): void {
    this.#streams.onLifeChanged()
    if (this.#stranded.size > 0) this.#openAnew((row) => this.#stranded.has(row))
    this.#reactSoon()
  }

  /** Flows that live meet rules again. */
  onBlocked(): void {
    this.#streams.onBlocked()
    this.#openAnew(() => true)
  }

  /** Brings all books up to now, and changes nothing else: wire bits carried, bytes delivered, packets of streams. */
  bookAll(): void {
    this.transfers.bookAll()
    this.#streams.bookAll()
  }

  /** Wire bits carried in a direction up to the last `bookAll`. */
  carriedBits(direction: number): number {
    return this.transfers.carriedBits[direction]! + this.#streams.books.carriedBits[direction]!
  }

  /** Packets of streams that a direction has lost up to the last `bookAll`, by reason. */
  lostPackets(direction: number): { readonly queueFull: number; readonly linkDown: number } {
    const { overflow, cut } = this.#streams.books
    return { queueFull: overflow[direction]!, linkDown: cut[direction]! }
  }

  /** Connects a flow if both its paths carry, else lets it wait. */
  #begin(flow: FlowIndex, options = this.#options[flow]!): void {
    const terms = this.#terms
    this.#options[flow] = options
    // a SYN that comes again is a first packet too
    this.#flows.endpoint[flow] = NO_ENDPOINT
    terms.find(flow, this.#options[flow]!)
    if (terms.isRefused && this.#isReached(flow)) {
      this.#refuse(flow)
      return
    }
    if (terms.isLost && this.#isReached(flow)) {
      this.#retries.lose(flow, this.#options[flow]!)
      return
    }
    if (!this.#isPassable(flow)) {
      this.#waiting.push(flow)
      return
    }
    const driver = this.#drivers.get(flow)
    if (driver?.isAccepted() === false) {
      this.#refuse(flow)
      return
    }
    if (!this.#isAdmitted(flow)) return
    this.#retries.end(flow)
    this.#holds?.keep(flow, true, terms.lastPs())
    const { now, queue } = this.#sim
    const isImmediate = this.model.startUp === 'none'
    const handshakePs = isImmediate ? 0 : terms.handshakePs()
    const idlePs = isImmediate || driver !== undefined ? 0 : terms.idlePs()
    if (driver !== undefined) terms.openingBits((direction, bits) => this.#addCarried(direction, bits))
    const waitPs = Math.max(0, Math.round(handshakePs + idlePs + terms.waitPs()))
    this.#flows.establishedPs[flow] = now + handshakePs
    if (isImmediate && waitPs === 0 && driver === undefined) {
      this.#drain(flow)
      return
    }
    this.#opening.add(flow)
    queue.due = now + waitPs
    queue.push(this.#handler, START_FLOW, flow)
  }

  #isAdmitted(flow: FlowIndex): boolean {
    const admission = this.#admission
    if (admission === undefined || !admission.limits(flow)) return true
    // places of what has ended by now are free
    this.transfers.catchUp()
    if (admission.admit(flow, this.#options[flow]!, this.#terms.closePs())) return true
    // a RST ends what its SYN began; SYNs that were dropped come again
    if (!this.#retries.has(flow)) this.#holds?.cut()
    return false
  }

  #isPassable(flow: FlowIndex): boolean {
    return !this.#terms.hasDied && this.#isReached(flow)
  }

  /** Both its paths carry as far as they go. */
  #isReached(flow: FlowIndex): boolean {
    const { forward, back } = this.#terms
    if (this.#isNodeUp[this.network.hostOf(this.#flows.source[flow]!)!] === 0) return false
    return this.#carries(forward) && this.#carries(back)
  }

  /** A RST comes back for its SYN. */
  #refuse(flow: FlowIndex): void {
    this.#retries.end(flow)
    this.#holds?.cut()
    this.#opening.add(flow)
    const { now, queue } = this.#sim
    queue.due = now + (this.model.startUp === 'none' ? 0 : Math.round(this.#terms.refusalPs()))
    queue.push(this.#handler, REFUSED, flow)
  }

  /** The terms of what a flow carries now, or will carry next. */
  #find(flow: FlowIndex): void {
    const message = this.#messages.get(flow)
    if (message !== undefined)
      this.#terms.findMessage(flow, this.#optionsOf(flow, message.isBack), message.bytes, message.isBack)
    else if (this.transfers.isAnswering(flow)) this.#terms.findAnswer(flow, this.#given[flow]!)
    else this.#terms.find(flow, this.#options[flow]!)
  }

  /** The receiver has all of a flow, and answers: it begins with a window of its own. */
  #answer(flow: FlowIndex): void {
    this.#find(flow)
    const idlePs = this.model.startUp === 'none' ? 0 : this.#terms.idlePs()
    this.#drainAfter(flow, idlePs + this.#terms.waitPs())
  }

  #drainAfter(flow: FlowIndex, waitPs: number): void {
    this.#opening.add(flow)
    const { now, queue } = this.#sim
    queue.due = now + Math.max(0, Math.round(waitPs))
    queue.push(this.#handler, START_FLOW, flow)
  }

  /** Of who sends: a sender whose SYN was lost begins smaller, its receiver does not. */
  #optionsOf(flow: FlowIndex, isBack: boolean): TcpOptions {
    return isBack ? this.#given[flow]! : this.#options[flow]!
  }

  #addCarried(direction: number, bits: number): void {
    const { sharing } = this.model
    this.transfers.addCarried(sharing === 'max-min' ? direction : resourceOf(sharing, direction), bits)
  }

  #fail(flow: FlowIndex, reason: string): void {
    const driver = this.#drivers.get(flow)
    if (driver !== undefined) {
      driver.onFailed(reason)
      return
    }
    this.#flows.fail(flow, reason)
    this.onGivenUp(flow)
  }

  /** Whether a flow's connection stays open when what it carries now has left. */
  #goesOn(flow: FlowIndex): boolean {
    const { responseBytes, holdPs } = this.#flows
    return holdPs[flow]! > 0 || (responseBytes[flow]! > 0 && !this.transfers.isAnswering(flow))
  }

  /** A flow's last byte has arrived. */
  #arrived(flow: FlowIndex): void {
    if (this.#messages.delete(flow)) {
      this.#drivers.get(flow)?.onArrived()
      return
    }
    const { establishedPs, holdPs } = this.#flows
    const { now, queue } = this.#sim
    if (holdPs[flow] === 0) {
      this.#release(flow)
      return
    }
    this.#open.add(flow)
    queue.due = Math.max(now, Math.round(establishedPs[flow]! + holdPs[flow]!))
    if (queue.due <= queue.timeMaxPs) queue.push(this.#handler, CLOSE, flow)
  }

  #close(flow: FlowIndex): void {
    this.onClosing(flow)
    this.#release(flow)
  }

  /** The places that its connection has go to others, as soon as its last packets have passed. */
  #release(flow: FlowIndex): void {
    this.#admission?.close(flow)
    this.#holds?.close(flow)
  }

  #carries({ directions, length }: Path): boolean {
    for (let i = 0; i < length; i++) if (this.#isUsable[directions[i]! >> 1] === 0) return false
    return true
  }

  #drain(flow: FlowIndex): void {
    const spec = this.#specOf(flow)
    const latencyPs = this.#terms.latencyPs()
    const message = this.#messages.get(flow)
    if (message === undefined) this.transfers.start(flow, spec, latencyPs)
    else this.transfers.startMessage(flow, spec, latencyPs, message.bytes)
  }

  /** Of this flow, whose terms were found last. */
  #specOf(row: FlowIndex): FlowSpec {
    const spec = this.#spec.clear()
    if (this.#terms.hasDied) {
      this.#stranded.add(row)
      return spec.cross(this.#nowhere, 1)
    }
    this.#stranded.delete(row)
    this.#terms.fill(spec)
    return spec
  }

  /** Flows under way meet rules and choices again, as the first packet of a connection does. */
  #openAnew(isMeant: (row: FlowIndex) => boolean): void {
    const { endpoint } = this.#flows
    this.transfers.catchUp()
    this.transfers.forEach((flow, row) => {
      if (!isMeant(row)) return
      const before = endpoint[row]!
      endpoint[row] = NO_ENDPOINT
      this.#terms.find(row, this.#options[row]!)
      if (endpoint[row] === NO_ENDPOINT) endpoint[row] = before
      else this.#holds?.keep(row, true, this.#terms.lastPs())
      const isBlocked = this.#terms.hasDied
      const isStanding = this.transfers.isAnswering(row) || this.#messages.has(row)
      if (isStanding && !isBlocked) this.#find(row)
      this.transfers.reroute(flow, this.#specOf(row), this.#terms.latencyPs())
    })
  }

  /** How a flow ends when this workload stops: told by its peer, or with it; undefined where it goes on. */
  #endOf(row: FlowIndex, node: number): string | undefined {
    if (this.network.hostOf(this.#flows.source[row]!) === node) return 'workload-stopped'
    return this.network.hostOf(this.#flows.receiverOf(row)) === node ? 'connection-reset' : undefined
  }

  #reset(row: FlowIndex, reason: string): void {
    this.#opening.delete(row)
    this.#stranded.delete(row)
    this.transfers.forget(row)
    this.#release(row)
    this.#retries.fail(row, reason)
  }

  /** Once for all changes of this instant. */
  #reactSoon(): void {
    if (this.#isReacting) return
    this.#isReacting = true
    this.#sim.queue.due = this.#sim.now
    this.#sim.queue.push(this.#handler, REACT, 0)
  }

  /** Streams take what they offer; flows share what is left, those that wait for a way among them. */
  #react(): void {
    this.#isReacting = false
    const carried = this.#streams.solve((direction) => this.#capacityOf(direction))
    const { sharing } = this.model
    const isHalfDuplex = sharing !== 'max-min' && sharing.duplex === 'half'
    for (let direction = 0; direction < this.directions.count; direction++) {
      const taken = isHalfDuplex ? carried[direction]! + carried[direction ^ 1]! : carried[direction]!
      this.transfers.setCapacity(direction, Math.max(0, this.#capacityOf(direction) - taken))
    }
    const waiting = this.#waiting
    this.#waiting = []
    for (const flow of waiting) this.#begin(flow)
  }

  #capacityOf(direction: number): number {
    return this.#isUsable[direction >> 1] === 1 ? this.directions.capacity[direction]! : 0
  }
}
