import type { EventHandler, Simulation } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../model/packet-table.ts'
import { FlowSpec } from '../../sharing/flow-spec.ts'
import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import { UDP_HEADER_BYTES } from '../../transport/udp/source.ts'
import type { FailureTarget } from '../failures.ts'
import { Directions } from './directions.ts'
import type { FlowModel } from './flow-model.ts'
import { Inelastic } from './inelastic.ts'
import { Path } from './path.ts'
import { type FiveTuple, PathProbe } from './path-probe.ts'
import { acknowledgementCost, payloadCost, type Segments, segmentsOf } from './segments.ts'
import { slowStartIdlePs } from './start-up.ts'
import { LiveStream, type StreamPlan } from './live-stream.ts'
import { Transfers } from './transfers.ts'

const START_FLOW = 0
const START_STREAM = 1
const STOP_STREAM = 2

/** The flow clock's view of a network: flows with rates on paths, each direction of a link a shared resource. */
export class FlowClock implements FailureTarget, EventHandler {
  readonly name = 'flow clock'
  readonly network: Network
  readonly directions: Directions
  readonly transfers: Transfers
  readonly model: FlowModel
  readonly streams: LiveStream[] = []
  readonly #sim: Simulation
  readonly #flows: FlowTable
  readonly #handler: number
  readonly #probe: PathProbe
  readonly #inelastic: Inelastic
  /** The resource of flows that have no path now. */
  readonly #nowhere: number
  readonly #usable: Uint8Array
  readonly #streamBits: Float64Array
  /** What flows of a row run on: needed when they start, and when routes change. */
  readonly #options: (TcpOptions | undefined)[] = []
  readonly #spec = new FlowSpec()
  readonly #forward = new Path()
  readonly #back = new Path()
  readonly #tuple: FiveTuple = { source: 0, destination: 0, protocol: 0, sourcePort: 0, destinationPort: 0 }

  constructor(network: Network, flows: FlowTable, model: FlowModel) {
    this.network = network
    this.model = model
    this.#sim = network.sim
    this.#flows = flows
    this.#handler = this.#sim.register(this)
    this.#probe = new PathProbe(network)
    this.directions = new Directions(network, model.headers)
    this.transfers = new Transfers(this.#sim, flows, this.directions)
    this.#nowhere = this.transfers.engine.solver.addResource(0)
    this.#inelastic = new Inelastic(this.directions.count)
    this.#streamBits = new Float64Array(this.directions.count)
    this.#usable = new Uint8Array(network.topology.links.length).fill(1)
  }

  /** A flow of the table begins now: its connection shakes hands, then it drains. */
  startFlow(flow: FlowIndex, options: TcpOptions): void {
    this.#options[flow] = options
    if (this.model.startUp === 'none') {
      this.#flows.establishedPs[flow] = this.#sim.now
      this.#drain(flow)
      return
    }
    const segments = this.#segmentsOf(flow, options)
    this.#findPaths(flow, segments)
    const handshakePs = this.#handshakePs(segments)
    this.#flows.establishedPs[flow] = this.#sim.now + handshakePs
    this.#sim.queue.due = this.#sim.now + Math.round(handshakePs + this.#idlePs(segments, options))
    this.#sim.queue.push(this.#handler, START_FLOW, flow)
  }

  /** A stream of the table, from its start to its stop. */
  addStream(flow: FlowIndex, plan: StreamPlan): void {
    const stream = new LiveStream(flow, plan)
    const index = this.streams.push(stream) - 1
    if (plan.startPs >= plan.stopPs) return
    this.#sim.schedule(plan.startPs, this.#handler, START_STREAM, index)
    this.#sim.schedule(plan.stopPs, this.#handler, STOP_STREAM, index)
  }

  onEvent(kind: number, index: number): void {
    if (kind === START_FLOW) {
      this.#drain(index)
      return
    }
    const stream = this.streams[index]!
    stream.book(this.#sim.now, this.#streamBits)
    stream.isOn = kind === START_STREAM
    if (stream.isOn) this.#routeStream(stream)
    this.#shareOut()
  }

  setLinkUsable(link: number, usable: boolean): void {
    this.#usable[link] = usable ? 1 : 0
    this.#shareOut()
  }

  /** A node takes its links with it, and they carry nothing. */
  setNodeUp(): void {}

  /** A changed group moves flows of surviving members too: every flow is probed again. */
  onRoutesInstalled(): void {
    this.transfers.catchUp()
    this.transfers.forEach((flow, row) => {
      const segments = this.#segmentsOf(row, this.#options[row]!)
      this.#findPaths(row, segments)
      this.transfers.reroute(flow, this.#specOf(segments), this.#latencyPs(segments))
    })
    for (const stream of this.streams) if (stream.isOn) this.#routeStream(stream)
    this.#shareOut()
  }

  /** Brings all books up to now, and changes nothing else: wire bits carried, bytes delivered, packets of streams. */
  bookAll(): void {
    this.transfers.bookAll()
    for (const stream of this.streams) this.#bookStream(stream)
  }

  /** Wire bits carried in a direction up to the last `bookAll`. */
  carriedBits(direction: number): number {
    return this.transfers.carriedBits[direction]! + this.#streamBits[direction]!
  }

  #drain(flow: FlowIndex): void {
    const segments = this.#segmentsOf(flow, this.#options[flow]!)
    this.#findPaths(flow, segments)
    this.transfers.start(flow, this.#specOf(segments), this.#latencyPs(segments))
  }

  #segmentsOf(flow: FlowIndex, options: TcpOptions): Segments {
    const header = this.model.headers ? this.network.addresses.headerBytesOf(this.#flows.source[flow]!) : 0
    return segmentsOf(this.#flows.bytes[flow]!, options, header)
  }

  /** The way there, and where it matters the way back. */
  #findPaths(flow: FlowIndex, { fullBytes, ackBytes }: Segments): void {
    const { source, destination, sourcePort, destinationPort } = this.#flows
    const tuple = this.#tuple
    tuple.protocol = PROTOCOL_TCP
    tuple.source = source[flow]!
    tuple.destination = destination[flow]!
    tuple.sourcePort = sourcePort[flow]!
    tuple.destinationPort = destinationPort[flow]!
    this.#probe.find(tuple, fullBytes, this.#forward)
    if (!this.model.acknowledgements && this.model.startUp === 'none') return
    tuple.source = destination[flow]!
    tuple.destination = source[flow]!
    tuple.sourcePort = destinationPort[flow]!
    tuple.destinationPort = sourcePort[flow]!
    this.#probe.find(tuple, ackBytes, this.#back)
  }

  #specOf(segments: Segments): FlowSpec {
    const { directions } = this
    const spec = this.#spec.clear()
    const forward = this.#forward
    const back = this.#back
    if (forward.died !== undefined || back.died !== undefined) return spec.cross(this.#nowhere, 1)
    // to itself: nothing is crossed, and nothing limits it but the model
    if (forward.length === 0) {
      spec.cap = Number.MAX_SAFE_INTEGER
      return spec
    }
    for (let i = 0; i < forward.length; i++) {
      const direction = forward.directions[i]!
      spec.cross(direction, forward.shares[i]! * payloadCost(segments, directions, direction))
    }
    if (!this.model.acknowledgements) return spec
    for (let i = 0; i < back.length; i++) {
      const direction = back.directions[i]!
      const cost = back.shares[i]! * acknowledgementCost(segments, directions, direction)
      if (cost > 0) spec.cross(direction, cost)
    }
    return spec
  }

  /** From the last bit's departure to its arrival. */
  #latencyPs({ lastBytes, fullBytes }: Segments): number {
    const path = this.#forward
    if (!this.model.pathDelay || path.length === 0) return 0
    const sizeBytes = Math.min(lastBytes, fullBytes)
    const firstPs = this.directions.transmissionPs(path.directions[0]!, sizeBytes)
    return Math.max(0, this.directions.transitPs(path, sizeBytes) - firstPs)
  }

  #handshakePs({ synBytes }: Segments): number {
    const { directions } = this
    return directions.transitPs(this.#forward, synBytes) + directions.transitPs(this.#back, synBytes)
  }

  #idlePs(segments: Segments, { initialWindowSegments }: TcpOptions): number {
    const { directions } = this
    const path = this.#forward
    let segmentPs = 0
    for (let i = 0; i < path.length; i++) {
      const ps = path.shares[i]! * directions.transmissionPs(path.directions[i]!, segments.fullBytes)
      if (ps > segmentPs) segmentPs = ps
    }
    const roundTripPs =
      directions.transitPs(path, segments.fullBytes) + directions.transitPs(this.#back, segments.ackBytes)
    return slowStartIdlePs(segments.count, initialWindowSegments, segmentPs, roundTripPs)
  }

  #routeStream(stream: LiveStream): void {
    const { source, destination, sourcePort, destinationPort } = this.#flows
    const tuple = this.#tuple
    tuple.protocol = PROTOCOL_UDP
    tuple.source = source[stream.flow]!
    tuple.destination = destination[stream.flow]!
    tuple.sourcePort = sourcePort[stream.flow]!
    tuple.destinationPort = destinationPort[stream.flow]!
    stream.book(this.#sim.now, this.#streamBits)
    this.#probe.find(tuple, stream.plan.packetBytes, this.#forward)
    stream.route(this.#forward, this.directions)
  }

  /** Streams take what they offer; flows share what is left. */
  #shareOut(): void {
    const on = this.streams.filter(({ isOn }) => isOn)
    const { carried } = this.#inelastic
    for (const stream of on) stream.book(this.#sim.now, this.#streamBits)
    this.#inelastic.solve(on, (direction) => this.#capacityOf(direction))
    for (let direction = 0; direction < this.directions.count; direction++) {
      this.transfers.setCapacity(direction, Math.max(0, this.#capacityOf(direction) - carried[direction]!))
    }
  }

  #bookStream(stream: LiveStream): void {
    stream.book(this.#sim.now, this.#streamBits)
    const { flow, packetsSent, packetsReceived, plan } = stream
    const { source, packetsOriginated, packetsDelivered, packetsDropped, bytesDelivered } = this.#flows
    const headerBytes = UDP_HEADER_BYTES + this.network.addresses.headerBytesOf(source[flow]!)
    packetsOriginated[flow] = packetsSent
    packetsDelivered[flow] = packetsReceived
    packetsDropped[flow] = Math.max(0, packetsSent - packetsReceived)
    bytesDelivered[flow] = packetsReceived * (plan.packetBytes - headerBytes)
  }

  #capacityOf(direction: number): number {
    return this.#usable[direction >> 1] === 1 ? this.directions.capacity[direction]! : 0
  }
}
