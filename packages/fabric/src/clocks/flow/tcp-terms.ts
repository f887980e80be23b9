import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { PROTOCOL_TCP } from '../../model/packet-table.ts'
import { DROPS_OF_ROUTES } from '../../routing/route-drops.ts'
import type { FlowSpec } from '../../sharing/flow-spec.ts'
import { type FlowIndex, type FlowTable, NO_ENDPOINT } from '../../transport/flow-table.ts'
import { WINDOW_UNSCALED_MAX } from '../../transport/tcp/receiver.ts'
import type { Directions } from './directions.ts'
import type { FlowModel } from './flow-model.ts'
import { crossShared, latencyPs, weigh } from './latency-sharing.ts'
import { Path } from './path.ts'
import type { FiveTuple } from '../../model/probe-packet.ts'
import { PathProbe } from './path-probe.ts'
import { acknowledgementCost, handshakeCost, payloadCost, type Segments, segmentsOf } from './segments.ts'
import { type IdleConnection, slowStartWaits, type Waits, windowPacePs } from './start-up.ts'

/**
 * What a TCP flow is to the network on the paths it would take now: what it costs there, what holds it back, and how
 * long things take. One such object is filled anew for every flow; see `find`.
 */
export class TcpTerms {
  /** The way there, and where it matters the way back: else empty. */
  readonly forward = new Path()
  readonly back = new Path()
  readonly #network: Network
  readonly #flows: FlowTable
  readonly #directions: Directions
  readonly #model: FlowModel
  readonly #probe: PathProbe
  readonly #tuple: FiveTuple = { source: 0, destination: 0, protocol: 0, sourcePort: 0, destinationPort: 0 }
  #options!: TcpOptions
  #segments!: Segments
  /** What was found goes over a connection that stands: an answer, from the flow's receiver to its sender, or another message. */
  #isAnswer = false

  constructor(network: Network, flows: FlowTable, directions: Directions, model: FlowModel) {
    this.#network = network
    this.#flows = flows
    this.#directions = directions
    this.#model = model
    this.#probe = new PathProbe(network)
  }

  /** Finds the paths of a flow as routes are now. One that nobody has taken yet meets rules and choices, as its SYN would. */
  find(flow: FlowIndex, options: TcpOptions): void {
    const flows = this.#flows
    const { source, destination, sourcePort, destinationPort } = flows
    this.#begin(flow, options, flows.requestBytes(flow), false)
    const tuple = this.#tuple
    tuple.source = source[flow]!
    tuple.sourcePort = sourcePort[flow]!
    const isFirst = flows.endpoint[flow] === NO_ENDPOINT
    tuple.destination = isFirst ? destination[flow]! : flows.endpoint[flow]!
    tuple.destinationPort = isFirst ? destinationPort[flow]! : flows.endpointPort[flow]!
    this.#probe.find(tuple, this.#segments.fullBytes, this.forward, isFirst)
    this.back.clear()
    if (isFirst) {
      if (this.forward.died !== undefined) {
        this.#probe.findAnswer(this.forward, this.#segments.resetBytes, this.back)
        return
      }
      flows.takenBy(flow, this.#probe.arrivedAt, this.#probe.arrivedPort)
    }
    if (!this.#looksBack()) return
    this.#towardSender(flow)
    this.#probe.find(tuple, this.#segments.ackBytes, this.back, false)
  }

  /** The same of its answer. */
  findAnswer(flow: FlowIndex, options: TcpOptions): void {
    this.findMessage(flow, options, this.#flows.responseBytes[flow]!, true)
  }

  /** The same of so many bytes on its connection, which stands: to its receiver, or back. */
  findMessage(flow: FlowIndex, options: TcpOptions, bytes: number, isBack: boolean): void {
    this.#begin(flow, options, bytes, true)
    if (isBack) this.#towardSender(flow)
    else this.#towardReceiver(flow)
    this.#probe.find(this.#tuple, this.#segments.fullBytes, this.forward, false)
    this.back.clear()
    if (this.forward.died !== undefined || !this.#looksBack()) return
    if (isBack) this.#towardReceiver(flow)
    else this.#towardSender(flow)
    this.#probe.find(this.#tuple, this.#segments.ackBytes, this.back, false)
  }

  #begin(flow: FlowIndex, options: TcpOptions, bytes: number, isAnswer: boolean): void {
    const headerBytes = this.#model.headers
      ? this.#network.addresses.headerBytesOf(this.#flows.source[flow]!)
      : 0
    this.#options = options
    this.#segments = segmentsOf(bytes, options, headerBytes)
    this.#isAnswer = isAnswer
    this.#tuple.protocol = PROTOCOL_TCP
  }

  /** Whether the way back matters. */
  #looksBack(): boolean {
    const { acknowledgements, startUp, windows, sharing } = this.#model
    const isCrossed = sharing !== 'max-min' && sharing.crossTraffic > 0
    return acknowledgements || windows || isCrossed || startUp !== 'none'
  }

  #towardReceiver(flow: FlowIndex): void {
    const { source, sourcePort, endpoint, endpointPort } = this.#flows
    const tuple = this.#tuple
    tuple.source = source[flow]!
    tuple.destination = endpoint[flow]!
    tuple.sourcePort = sourcePort[flow]!
    tuple.destinationPort = endpointPort[flow]!
  }

  #towardSender(flow: FlowIndex): void {
    const { source, sourcePort, endpoint, endpointPort } = this.#flows
    const tuple = this.#tuple
    tuple.source = endpoint[flow]!
    tuple.destination = source[flow]!
    tuple.sourcePort = endpointPort[flow]!
    tuple.destinationPort = sourcePort[flow]!
  }

  /** Some of it would be dropped, there or back. */
  get hasDied(): boolean {
    return this.forward.died !== undefined || this.back.died !== undefined
  }

  /** Why its SYN, or the answer to it, would be dropped. */
  get lossReason(): string | undefined {
    return (this.forward.died ?? this.back.died)?.reason
  }

  /** Its SYN is dropped where there is a way: by a rule, or for want of room. */
  get isLost(): boolean {
    const { died } = this.forward
    return died !== undefined && !DROPS_OF_ROUTES.has(died.reason)
  }

  /** Its SYN is refused, and the sender told. */
  get isRefused(): boolean {
    return this.forward.died?.answer !== undefined && this.back.died === undefined
  }

  /** Costs by direction and the cap, into a cleared spec. */
  fill(spec: FlowSpec): void {
    const { forward, back } = this
    const directions = this.#directions
    const segments = this.#segments
    const { acknowledgements, sharing } = this.#model
    spec.cap = this.#cap()
    if (sharing !== 'max-min') weigh(spec, forward, directions, sharing)
    for (let i = 0; i < forward.length; i++) {
      const direction = forward.directions[i]!
      const cost = payloadCost(segments, directions, direction) + this.#openingCost(direction, 'forward')
      this.#cross(spec, direction, forward.shares[i]! * cost)
    }
    const crossTraffic = sharing === 'max-min' ? 0 : sharing.crossTraffic
    if (!acknowledgements && crossTraffic === 0) return
    for (let i = 0; i < back.length; i++) {
      const direction = back.directions[i]!
      const replies = acknowledgements
        ? acknowledgementCost(segments, directions, direction) + this.#openingCost(direction, 'back')
        : 0
      const cost = back.shares[i]! * (replies + crossTraffic)
      if (sharing === 'max-min') spec.cross(directions.acknowledgementsOn(direction), cost)
      else if (cost > 0) this.#cross(spec, direction, cost)
    }
  }

  /** How long a flow waits for its latency before it drains, where latencies decide how flows share. */
  waitPs(): number {
    const { sharing } = this.#model
    return sharing === 'max-min' ? 0 : sharing.latencyFactor * latencyPs(this.forward, this.#directions)
  }

  /** What arrival adds to draining: on an idle path, the two together take as long as store and forward does. */
  latencyPs(): number {
    if (!this.#model.pathDelay || this.forward.length === 0) return 0
    const { count, fullBytes, lastBytes } = this.#segments
    const { lastWaitPs, lastBurst } = this.#waits()
    const latencyPs = this.#directions.burstPs(this.forward, lastBurst, fullBytes, lastBytes)
    if (lastBurst === count) return latencyPs
    // a short last segment may catch up with what went before its burst
    const behindPs = this.#directions.burstPs(this.forward, count, fullBytes, lastBytes)
    return Math.max(latencyPs, behindPs - lastWaitPs)
  }

  /** SYN and SYN-ACK. */
  handshakePs(): number {
    const { synBytes } = this.#segments
    return (
      this.#directions.transitPs(this.forward, synBytes) + this.#directions.transitPs(this.back, synBytes)
    )
  }

  /** From the SYN to the RST that refuses it, which has neither payload nor options. */
  refusalPs(): number {
    const { synBytes, resetBytes } = this.#segments
    const directions = this.#directions
    return directions.transitPs(this.forward, synBytes) + directions.transitPs(this.back, resetBytes)
  }

  /**
   * By how much the far host has the connection for longer than from the flow's start until its last byte has arrived: its FIN
   * and the acknowledgement of that, less the SYN's way.
   */
  closePs(): number {
    if (this.#model.startUp === 'none') return 0
    const { ackBytes, synBytes } = this.#segments
    const directions = this.#directions
    const finPs = directions.transitPs(this.back, ackBytes) + directions.transitPs(this.forward, ackBytes)
    return finPs - directions.transitPs(this.forward, synBytes)
  }

  /** From when its last byte has arrived until its sender acknowledges the far end's FIN: its last packet. */
  lastPs(): number {
    return this.#model.startUp === 'none' ? 0 : this.#directions.transitPs(this.back, this.#segments.ackBytes)
  }

  /**
   * From the end of the handshake until the flow drains: its last acknowledgement goes ahead of the data, then slow start
   * waits. Less the time that the handshake's packets take of draining, since they are part of what drains.
   */
  idlePs(): number {
    if (this.forward.length === 0) return 0
    const { ackBytes, fullBytes } = this.#segments
    const leadPs = this.#isAnswer ? 0 : this.#directions.leadPs(this.forward, ackBytes, fullBytes)
    return leadPs + this.#waits().idlePs - this.#openingPs()
  }

  /** How long a message takes on an idle path, from its first bit sent to its last received. */
  alonePs(): number {
    if (this.#model.startUp === 'none') return this.latencyPs()
    return this.idlePs() + this.#drainPs('stands') + this.latencyPs()
  }

  /** Tells the wire bits of a message and its acknowledgements by direction. */
  messageBits(add: (direction: number, bits: number) => void): void {
    const { forward, back } = this
    const bits = 8 * this.#segments.bytes
    for (let i = 0; i < forward.length; i++) {
      const direction = forward.directions[i]!
      add(direction, forward.shares[i]! * bits * payloadCost(this.#segments, this.#directions, direction))
    }
    if (!this.#model.acknowledgements) return
    for (let i = 0; i < back.length; i++) {
      const direction = back.directions[i]!
      add(
        direction,
        back.shares[i]! * bits * acknowledgementCost(this.#segments, this.#directions, direction),
      )
    }
  }

  /** The same of the handshake's packets. */
  openingBits(add: (direction: number, bits: number) => void): void {
    if (this.#model.startUp === 'none') return
    const bits = 8 * this.#segments.bytes
    for (const [way, path] of [
      ['forward', this.forward],
      ['back', this.back],
    ] as const) {
      for (let i = 0; i < path.length; i++) {
        const direction = path.directions[i]!
        add(
          direction,
          path.shares[i]! * bits * handshakeCost(this.#segments, this.#directions, direction, way),
        )
      }
    }
  }

  #cross(spec: FlowSpec, direction: number, cost: number): void {
    const { sharing } = this.#model
    if (sharing === 'max-min') spec.cross(direction, cost)
    else crossShared(spec, direction, cost, sharing)
  }

  #openingCost(direction: number, way: 'forward' | 'back'): number {
    if (this.#model.startUp === 'none' || this.#isAnswer) return 0
    return handshakeCost(this.#segments, this.#directions, direction, way)
  }

  /** By how much a flow alone drains longer for the packets of its handshake. */
  #openingPs(): number {
    return this.#isAnswer ? 0 : this.#drainPs('opens') - this.#drainPs('stands')
  }

  /** How long a flow alone drains, with the packets of its handshake or without. */
  #drainPs(connection: 'opens' | 'stands'): number {
    const { forward } = this
    const bits = 8 * this.#segments.bytes
    let ps = bits / this.#cap()
    for (let i = 0; i < forward.length; i++) {
      const direction = forward.directions[i]!
      const perCostPs = (bits * forward.shares[i]!) / this.#directions.capacity[direction]!
      const opening = connection === 'opens' ? this.#openingCost(direction, 'forward') : 0
      ps = Math.max(ps, perCostPs * (payloadCost(this.#segments, this.#directions, direction) + opening))
    }
    return ps
  }

  #waits(): Waits {
    const { count } = this.#segments
    if (this.#model.startUp === 'none') return { idlePs: 0, lastWaitPs: 0, lastBurst: count }
    const { initialWindowSegments, mssBytes } = this.#options
    const connection = this.#idleConnection()
    const windowPs = this.#isHeldBack() ? windowPacePs(this.#windowSegments(), connection) : 0
    return slowStartWaits(count, {
      ...connection,
      initialWindow: initialWindowSegments,
      // the window of a SYN-ACK is not scaled (RFC 7323 §2.2)
      peerWindow: this.#isAnswer ? Infinity : Math.max(1, Math.floor(WINDOW_UNSCALED_MAX / mssBytes)),
      pacePs: Math.max(connection.segmentPs, windowPs),
    })
  }

  /** Payload bits per picosecond. */
  #cap(): number {
    // to itself: nothing is crossed, and nothing limits it but the model
    if (this.forward.length === 0) return Number.MAX_SAFE_INTEGER
    if (!this.#isHeldBack()) return Number.POSITIVE_INFINITY
    return (8 * this.#options.mssBytes) / windowPacePs(this.#windowSegments(), this.#idleConnection())
  }

  /** What fits into one window leaves at once. */
  #isHeldBack(): boolean {
    return this.#model.windows && this.#segments.bytes > this.#windowBytes()
  }

  #windowBytes(): number {
    const { sendBufferBytes, receiveBufferBytes, windowScaling } = this.#options
    return Math.min(sendBufferBytes, receiveBufferBytes, windowScaling ? Infinity : WINDOW_UNSCALED_MAX)
  }

  #windowSegments(): number {
    return Math.max(1, Math.floor(this.#windowBytes() / this.#options.mssBytes))
  }

  #idleConnection(): IdleConnection {
    const { fullBytes, ackBytes } = this.#segments
    return {
      ackSegments: this.#options.delayedAckSegments,
      ackDelayPs: this.#options.delayedAckPs,
      roundTripPs:
        this.#directions.transitPs(this.forward, fullBytes) + this.#directions.transitPs(this.back, ackBytes),
      segmentPs: this.#segmentPs(),
    }
  }

  /** A full segment at the narrowest link. */
  #segmentPs(): number {
    const { forward } = this
    let slowestPs = 0
    for (let i = 0; i < forward.length; i++) {
      const ps =
        forward.shares[i]! * this.#directions.transmissionPs(forward.directions[i]!, this.#segments.fullBytes)
      if (ps > slowestPs) slowestPs = ps
    }
    return slowestPs
  }
}
