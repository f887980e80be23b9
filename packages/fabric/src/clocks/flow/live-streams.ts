import { SECOND, type Simulation } from '@weft/core'
import type { MovedAddress } from '../../build/address-holders.ts'
import type { Network } from '../../build/network.ts'
import { WANT_OF_ROOM } from '../../interfaces/holds.ts'
import { PROTOCOL_UDP } from '../../model/packet-table.ts'
import type { FiveTuple } from '../../model/probe-packet.ts'
import { type FlowIndex, type FlowTable, NO_ENDPOINT } from '../../transport/flow-table.ts'
import { UDP_HEADER_BYTES } from '../../transport/udp/source.ts'
import type { Directions } from './directions.ts'
import type { FlowHolds } from './flow-holds.ts'
import { Inelastic } from './inelastic.ts'
import { LiveStream, type StreamPlan } from './live-stream.ts'
import { Path } from './path.ts'
import type { PathProbe } from './path-probe.ts'
import { StreamBooks } from './stream-books.ts'

export const START_STREAM = 1
export const STOP_STREAM = 2
export const ASK_AGAIN = 4
/** A stream without room asks so often, where each of its packets would. */
const ASK_AGAIN_PS = SECOND

export interface LiveStreamsParts {
  readonly network: Network
  readonly flows: FlowTable
  readonly directions: Directions
  readonly probe: PathProbe
  /** Undefined where nothing on the way remembers flows. */
  readonly holds: FlowHolds | undefined
  /** By link. */
  readonly isUsable: Uint8Array
  /** Whose events streams' are. */
  readonly handler: number
}

/** Streams of datagrams under the flow clock: they take what they offer, wherever links have it. */
export class LiveStreams {
  readonly all: LiveStream[] = []
  readonly books: StreamBooks
  readonly #parts: LiveStreamsParts
  readonly #sim: Simulation
  readonly #inelastic: Inelastic
  /** Streams that will ask for room again. */
  readonly #asking = new Set<number>()
  readonly #path = new Path()
  readonly #tuple: FiveTuple = { source: 0, destination: 0, protocol: 0, sourcePort: 0, destinationPort: 0 }

  constructor(parts: LiveStreamsParts) {
    this.#parts = parts
    this.#sim = parts.network.sim
    this.books = new StreamBooks(parts.directions.count, parts.isUsable)
    this.#inelastic = new Inelastic(parts.directions.count)
  }

  /** A stream of the table, from its start to its stop. */
  add(flow: FlowIndex, plan: StreamPlan): void {
    const index = this.all.push(new LiveStream(flow, plan)) - 1
    if (plan.startPs >= plan.stopPs) return
    this.#sim.schedule(plan.startPs, this.#parts.handler, START_STREAM, index)
    this.#sim.schedule(plan.stopPs, this.#parts.handler, STOP_STREAM, index)
  }

  /** One of the events above. */
  onEvent(kind: number, index: number): void {
    const stream = this.all[index]!
    stream.book(this.#sim.now, this.books)
    if (kind === ASK_AGAIN) this.#asking.delete(index)
    else stream.isOn = kind === START_STREAM
    if (stream.isOn) this.#route(stream)
    else if (kind === STOP_STREAM) this.#parts.holds?.close(stream.flow)
  }

  /** Routes are not as they were. */
  routeAnew(): void {
    for (const stream of this.all) if (stream.isOn) this.#route(stream)
  }

  /** What runs, where services lead or whom policies let through is not as it was. */
  onLifeChanged(): void {
    for (const stream of this.all) {
      if (!stream.isOn) continue
      // the connection of datagrams is forgotten with its endpoint, and the next one opens another
      if (this.#isForgotten(stream.flow)) this.#parts.flows.endpoint[stream.flow] = NO_ENDPOINT
      this.#route(stream)
    }
  }

  /**
   * An address goes from one host to another: streams from it are sent from what else their host has, those to it reach the new
   * one, and all meet rules again when routes have changed.
   */
  onMoving({ address, from }: MovedAddress): void {
    const { flows, network } = this.#parts
    for (const { flow } of this.all) {
      const isSender = flows.source[flow] === address
      if (!isSender && flows.destination[flow] !== address) continue
      if (isSender) flows.source[flow] = network.substituteFor(address, from)
      flows.endpoint[flow] = NO_ENDPOINT
    }
  }

  /** Streams meet rules again. */
  onBlocked(): void {
    for (const stream of this.all) if (stream.isOn) this.#parts.flows.endpoint[stream.flow] = NO_ENDPOINT
  }

  /** What each direction carries of streams, by what they offer and what it can: bit/s. */
  solve(capacityOf: (direction: number) => number): Float64Array {
    const on = this.all.filter(({ isOn }) => isOn)
    // before the books would take what gets through from now on for what got through until now
    for (const stream of on) stream.book(this.#sim.now, this.books)
    this.#inelastic.solve(on, capacityOf)
    return this.#inelastic.carried
  }

  /** Before links change: what was lost until now is not what is lost from now on. */
  book(): void {
    for (const stream of this.all) stream.book(this.#sim.now, this.books)
  }

  /** Brings the table of flows up to now. */
  bookAll(): void {
    for (const stream of this.all) this.#bookFlow(stream)
  }

  /** Whether a stream was led to an endpoint that hosts know to be gone. */
  #isForgotten(row: FlowIndex): boolean {
    const { flows, network } = this.#parts
    const { endpoint, destination } = flows
    const address = endpoint[row]!
    if (address === NO_ENDPOINT || address === destination[row]) return false
    const conditions = network.interfaces?.services.conditionsAt(address)
    return conditions !== undefined && !conditions.ready && !conditions.serving
  }

  #route(stream: LiveStream): void {
    const { flows, probe, directions, holds } = this.#parts
    const { flow } = stream
    const tuple = this.#tuple
    const isFirst = flows.endpoint[flow] === NO_ENDPOINT
    tuple.protocol = PROTOCOL_UDP
    tuple.source = flows.source[flow]!
    tuple.destination = isFirst ? flows.destination[flow]! : flows.endpoint[flow]!
    tuple.sourcePort = flows.sourcePort[flow]!
    tuple.destinationPort = isFirst ? flows.destinationPort[flow]! : flows.endpointPort[flow]!
    stream.book(this.#sim.now, this.books)
    probe.find(tuple, stream.plan.packetBytes, this.#path, isFirst)
    if (isFirst && this.#path.died === undefined) flows.takenBy(flow, probe.arrivedAt, probe.arrivedPort)
    stream.route(this.#path, directions)
    if (!isFirst) return
    const { died } = this.#path
    if (died === undefined) holds?.keep(flow, false, 0)
    else if (WANT_OF_ROOM.has(died.reason)) this.#askAgain(stream)
  }

  /** A stream that found no room somewhere: its packets go on asking. */
  #askAgain(stream: LiveStream): void {
    const index = this.all.indexOf(stream)
    if (this.#asking.has(index)) return
    this.#asking.add(index)
    this.#sim.queue.due = this.#sim.now + ASK_AGAIN_PS
    this.#sim.queue.push(this.#parts.handler, ASK_AGAIN, index)
  }

  #bookFlow(stream: LiveStream): void {
    stream.book(this.#sim.now, this.books)
    const { flow, packetsSent, packetsReceived, plan } = stream
    const { flows, network } = this.#parts
    const { source, packetsOriginated, packetsDelivered, packetsDropped, bytesDelivered } = flows
    const headerBytes = UDP_HEADER_BYTES + network.addresses.headerBytesOf(source[flow]!)
    packetsOriginated[flow] = packetsSent
    packetsDelivered[flow] = packetsReceived
    packetsDropped[flow] = Math.max(0, packetsSent - packetsReceived)
    bytesDelivered[flow] = packetsReceived * (plan.packetBytes - headerBytes)
  }
}
