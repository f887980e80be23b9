import type { EventHandler, Simulation } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { MovedAddress } from '../../build/address-holders.ts'
import type { Network } from '../../build/network.ts'
import { type FlowIndex, type FlowTable, NO_ENDPOINT } from '../../transport/flow-table.ts'
import type { FailureTarget } from '../failures.ts'
import type { LifeTarget } from '../life-events.ts'
import type { ConnectionDriver, Message } from './connection-driver.ts'
import { Conversations } from './conversations.ts'
import { Directions } from './directions.ts'
import { Endings } from './endings.ts'
import { acknowledgesApart, type FlowModel } from './flow-model.ts'
import { checkSharing } from './latency-sharing.ts'
import type { LiveStream, StreamPlan } from './live-stream.ts'
import { LiveStreams } from './live-streams.ts'
import { Openings, REFUSED, START_FLOW } from './openings.ts'
import { PathProbe } from './path-probe.ts'
import type { DroppedPackets } from './stream-books.ts'
import { TcpTerms } from './tcp-terms.ts'
import { Transfers } from './transfers.ts'
import { Ways } from './ways.ts'

/** Beside the events of openings and streams: see openings.ts and live-streams.ts. */
const REACT = 3
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
  readonly #conversations: Conversations
  readonly #ways: Ways
  readonly #openings: Openings
  readonly #endings: Endings
  readonly #streams: LiveStreams
  /** A reaction to changes of this instant is pending. */
  #isReacting = false
  /** Connections that stand have been blocked: what they carry next meets rules again. */
  #hasBlocked = false

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
    this.#conversations = new Conversations(this.#terms, this.transfers, model)
    this.#ways = new Ways(network, this.directions)
    this.#openings = new Openings({
      network,
      flows,
      ways: this.#ways,
      conversations: this.#conversations,
      handler: this.#handler,
      onFailed: (flow, reason) => this.#fail(flow, reason),
    })
    this.#endings = new Endings({
      flows,
      conversations: this.#conversations,
      openings: this.#openings,
      onClosing: (flow) => this.onClosing(flow),
    })
    this.#streams = new LiveStreams({
      network,
      flows,
      directions: this.directions,
      probe: this.#probe,
      holds: this.#openings.holds,
      isUsable: this.#ways.isUsable,
      handler: this.#handler,
    })
    this.transfers.onDrained = (flow) => {
      if (!this.#conversations.drivers.has(flow) && !this.#goesOn(flow)) this.onClosing(flow)
    }
    this.transfers.onAsked = (flow) => this.#drainNext(flow)
    this.transfers.onArrived = (flow) => this.#arrived(flow)
  }

  get streams(): readonly LiveStream[] {
    return this.#streams.all
  }

  /** Flows that have started where there is no way now, and begin as soon as there is. */
  get waitingCount(): number {
    return this.#openings.waiting.length
  }

  /** A flow of the table begins now: its connection shakes hands, then it drains. */
  startFlow(flow: FlowIndex, options: TcpOptions): void {
    this.#conversations.give(flow, options)
    this.#openings.begin(flow, options)
  }

  /** A flow of the table begins now: its connection shakes hands, then it carries what its driver says. */
  openConnection(flow: FlowIndex, options: TcpOptions, driver: ConnectionDriver): void {
    this.#conversations.drivers.set(flow, driver)
    this.startFlow(flow, options)
  }

  /** Sends a message over a connection that stands, one at a time. */
  sendMessage(flow: FlowIndex, message: Message): void {
    this.#conversations.messages.set(flow, message)
    this.#drainNext(flow)
  }

  /**
   * Sends a few bytes over a connection that stands, beside what else it carries: they are as long on their way as on an idle path,
   * and take no room from others, but count. How long that is; undefined where there is no way now.
   */
  sendAside(flow: FlowIndex, message: Message): number | undefined {
    if (this.#hasBlocked && !this.#isLetThrough(flow)) return undefined
    this.#conversations.findMessage(flow, message)
    if (!this.#openings.isPassable(flow)) return undefined
    this.#terms.messageBits((direction, bits) => this.#conversations.addCarried(direction, bits))
    return this.#terms.alonePs()
  }

  /** A packet's way over a connection that stands, on an idle path. */
  transitPs(flow: FlowIndex, isBack: boolean): number {
    this.#conversations.findMessage(flow, { bytes: 1, isBack })
    return this.model.startUp === 'none' ? 0 : this.#terms.alonePs()
  }

  /** Ends a connection; what it carries is lost. */
  endConnection(flow: FlowIndex): void {
    const { drivers, messages, stranded } = this.#conversations
    if (!drivers.delete(flow)) return
    this.transfers.dropMessage(flow)
    messages.delete(flow)
    stranded.delete(flow)
    this.#openings.forget(flow)
    this.#endings.close(flow)
  }

  /** A stream of the table, from its start to its stop. */
  addStream(flow: FlowIndex, plan: StreamPlan): void {
    this.#streams.add(flow, plan)
  }

  onEvent(kind: number, index: number): void {
    if (kind === START_FLOW) {
      if (this.#openings.take(index)) this.#start(index)
    } else if (kind === CLOSE) {
      if (this.#endings.open.delete(index)) this.#endings.close(index)
    } else if (kind === REFUSED) {
      if (this.#openings.take(index)) this.#openings.retries.fail(index, 'connection-refused')
    } else if (kind === REACT) {
      this.#react()
    } else {
      this.#streams.onEvent(kind, index)
      this.#reactSoon()
    }
  }

  setLinkUsable(link: number, usable: boolean): void {
    this.#streams.book()
    this.#ways.setLink(link, usable)
    this.#reactSoon()
  }

  /** A node takes its links with it, which carry nothing; only what never leaves it needs to know. */
  setNodeUp(node: number, up: boolean): void {
    this.#ways.setNode(node, up)
    this.#reactSoon()
  }

  /** A changed group moves flows of surviving members too: every flow is probed again. */
  onRoutesInstalled(): void {
    this.transfers.catchUp()
    this.transfers.forEach((flow, row) => {
      this.#conversations.find(row)
      this.#conversations.reroute(flow, row)
    })
    this.#streams.routeAnew()
    this.#reactSoon()
  }

  /** Connections of a workload that stops are reset; what calls it goes on calling. */
  onStopping(node: number): void {
    this.#endings.endThose((address) => this.network.hostOf(address) === node, 'workload-stopped')
  }

  /** An address goes to another workload: connections by it are reset. */
  onMoving(moved: MovedAddress): void {
    this.#endings.endThose((address) => address === moved.address, 'connection-reset')
    this.#streams.onMoving(moved)
  }

  /** What runs, where services lead or whom policies let through is not as it was. */
  onLifeChanged(): void {
    this.#streams.onLifeChanged()
    const { stranded } = this.#conversations
    if (stranded.size > 0) this.#openAnew((row) => stranded.has(row))
    this.#reactSoon()
  }

  /** Flows that live meet rules again. */
  onBlocked(): void {
    this.#hasBlocked = true
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

  /** Packets of streams that nodes have dropped up to the last `bookAll`. */
  get droppedPackets(): readonly DroppedPackets[] {
    return this.#streams.books.dropped
  }

  /** Its connection stands, or its window: what it carries begins to drain. */
  #start(flow: FlowIndex): void {
    const { drivers, messages } = this.#conversations
    const driver = drivers.get(flow)
    if (driver !== undefined && !messages.has(flow)) {
      driver.onEstablished()
      return
    }
    if (!this.#hasBlocked || this.#isLetThrough(flow)) this.#conversations.find(flow)
    this.#conversations.drain(flow)
  }

  /** What a flow carries next begins with a window of its own. */
  #drainNext(flow: FlowIndex): void {
    this.#conversations.find(flow)
    this.#openings.drainAfter(flow, this.#conversations.idleStartPs())
  }

  #fail(flow: FlowIndex, reason: string): void {
    const driver = this.#conversations.drivers.get(flow)
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
    const { drivers, messages } = this.#conversations
    if (messages.delete(flow)) {
      drivers.get(flow)?.onArrived()
      return
    }
    const { establishedPs, holdPs } = this.#flows
    const { now, queue } = this.#sim
    if (holdPs[flow] === 0) {
      this.#openings.release(flow)
      return
    }
    this.#endings.open.add(flow)
    queue.due = Math.max(now, Math.round(establishedPs[flow]! + holdPs[flow]!))
    if (queue.due <= queue.timeMaxPs) queue.push(this.#handler, CLOSE, flow)
  }

  /** Flows under way meet rules and choices again, as the first packet of a connection does. */
  #openAnew(isMeant: (row: FlowIndex) => boolean): void {
    const { messages } = this.#conversations
    this.transfers.catchUp()
    this.transfers.forEach((flow, row) => {
      if (!isMeant(row)) return
      const isStanding = this.transfers.isAnswering(row) || messages.has(row)
      if (this.#isLetThrough(row) && isStanding) this.#conversations.find(row)
      this.#conversations.reroute(flow, row)
    })
  }

  /** Finds the terms of a flow as those of a connection's first packet, at which rules and choices are met: whether it passes. */
  #isLetThrough(row: FlowIndex): boolean {
    const { endpoint } = this.#flows
    const before = endpoint[row]!
    endpoint[row] = NO_ENDPOINT
    this.#terms.find(row, this.#conversations.openerOf(row))
    if (endpoint[row] === NO_ENDPOINT) endpoint[row] = before
    else this.#openings.holds?.keep(row, true, this.#terms.lastPs())
    return !this.#terms.hasDied
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
    const carried = this.#streams.solve((direction) => this.#ways.capacityOf(direction))
    const { sharing } = this.model
    const isHalfDuplex = sharing !== 'max-min' && sharing.duplex === 'half'
    for (let direction = 0; direction < this.directions.count; direction++) {
      const taken = isHalfDuplex ? carried[direction]! + carried[direction ^ 1]! : carried[direction]!
      this.transfers.setCapacity(direction, Math.max(0, this.#ways.capacityOf(direction) - taken))
    }
    this.#openings.beginWaiting()
  }
}
