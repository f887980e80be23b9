import { InvariantError } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import { hashTuple } from '../../model/five-tuple.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import * as packetTable from '../../model/packet-table.ts'
import { ACK, FIN, RST, SYN } from '../../model/tcp-flags.ts'
import * as tupleTable from '../../model/tuple-table.ts'
import type { ConnectionLimit } from '../../pools/connection-limits.ts'
import type { Output, TransportContext } from '../context.ts'
import { type FlowIndex, NO_FLOW } from '../flow-table.ts'
import { EphemeralPorts, NO_PORT } from '../ports.ts'
import { BULK_SINK, BulkSource, type TcpApplication } from './application.ts'
import { TcpConnection } from './connection.ts'
import { sequenceLength, TCP_HEADER_BYTES, type TcpTuple, TTL } from './segments.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { NOT_ECT, PROTOCOL_TCP } = packetTable
const { ABSENT } = tupleTable

export interface ConnectRequest {
  readonly flow: FlowIndex
  /** Address ids. */
  readonly source: number
  readonly destination: number
  readonly destinationPort: number
  /** Default: the next ephemeral port. */
  readonly sourcePort?: number
  readonly options: TcpOptions
  /** Written at once when established, then the connection closes; or see `application`. */
  readonly bytes?: number
  readonly application?: TcpApplication
  readonly dscp?: number
  readonly priority?: number
}

interface Listener {
  readonly options: TcpOptions
  readonly application: TcpApplication
}

/** A host's TCP: its connections by five-tuple, its listeners by port. */
export class Tcp {
  private readonly context: TransportContext
  private readonly output: Output
  private readonly limit: ConnectionLimit | undefined
  private readonly table = new tupleTable.TupleTable()
  private readonly connections: (TcpConnection | undefined)[] = []
  private readonly freeSlots: number[] = []
  private readonly listeners = new Map<number, Listener>()
  private readonly ports = new EphemeralPorts()
  /** The connection of the last segment, which the next is often of as well, and its key. */
  private recent: TcpConnection | undefined = undefined
  private recentDestination = 0
  private recentSource = 0
  private recentPorts = 0

  constructor(context: TransportContext, output: Output, limit?: ConnectionLimit) {
    this.context = context
    this.output = output
    this.limit = limit
  }

  /** Connections that are not CLOSED. */
  get connectionCount(): number {
    return this.table.size
  }

  /** Accepts connections to a port at any address of the host. Throws when it is taken. */
  listen(port: number, options: TcpOptions, application: TcpApplication = BULK_SINK): void {
    if (this.listeners.has(port)) throw new InvariantError(`TCP port ${port} is listened to already`)
    this.listeners.set(port, { options, application })
  }

  isListening(port: number): boolean {
    return this.listeners.has(port)
  }

  /** Opens a connection; undefined, and the flow failed, when no port is left for this destination. */
  connect(request: ConnectRequest): TcpConnection | undefined {
    const { flow, source, destination, destinationPort } = request
    const localPort = request.sourcePort ?? this.ephemeralPort(source, destination, destinationPort)
    if (localPort === NO_PORT) {
      this.context.flows.fail(flow, 'ports-exhausted')
      return undefined
    }
    if (flow !== NO_FLOW) {
      this.context.flows.sourcePort[flow] = localPort
      this.context.flows.destinationPort[flow] = destinationPort
    }
    const tuple = { localAddress: source, localPort, remoteAddress: destination, remotePort: destinationPort }
    if (this.find(tuple) !== ABSENT)
      throw new InvariantError(`TCP port ${localPort} is connected to that peer already`)
    const application = request.application ?? new BulkSource(request.bytes ?? 0)
    const labels = { flow, dscp: request.dscp ?? 0, priority: request.priority ?? 0 }
    const connection = this.add(tuple, application, request.options, labels, () => this.remove(tuple))
    connection.open()
    return connection
  }

  /** A segment for this host; the caller frees it. False if it was a SYN and the host has no place for its connection. */
  deliver(packet: PacketHandle): boolean {
    const { packets } = this.context
    const destination = packets.destination[packet]!
    const source = packets.source[packet]!
    const ports = (packets.destinationPort[packet]! << 16) | packets.sourcePort[packet]!
    if (
      ports !== this.recentPorts ||
      source !== this.recentSource ||
      destination !== this.recentDestination ||
      this.recent === undefined
    ) {
      const slot = this.table.get(destination, source, ports, PROTOCOL_TCP)
      if (slot === ABSENT) return this.receiveClosed(packet)
      this.recent = this.connections[slot]!
      this.recentPorts = ports
      this.recentSource = source
      this.recentDestination = destination
    }
    this.recent.receive(packet)
    return true
  }

  /** Where no connection is: LISTEN and CLOSED, RFC 9293 §3.10.7.1 and §3.10.7.2. */
  private receiveClosed(packet: PacketHandle): boolean {
    const { packets, sim } = this.context
    const { limit } = this
    const flags = packets.tcpFlags[packet]!
    if ((flags & RST) !== 0) return true
    const listener = this.listeners.get(packets.destinationPort[packet]!)
    if (listener === undefined || (flags & (SYN | ACK)) !== SYN) this.answerClosed(packet)
    else if (limit === undefined || limit.pool.take(sim.now, packets.flow[packet]!))
      this.accept(packet, listener)
    else if (limit.whenFull === 'drop') return false
    else this.answerClosed(packet)
    return true
  }

  private accept(packet: PacketHandle, listener: Listener): void {
    const { packets, sim } = this.context
    const tuple = {
      localAddress: packets.destination[packet]!,
      localPort: packets.destinationPort[packet]!,
      remoteAddress: packets.source[packet]!,
      remotePort: packets.sourcePort[packet]!,
    }
    const labels = {
      flow: packets.flow[packet]!,
      dscp: packets.dscp[packet]!,
      priority: packets.priority[packet]!,
    }
    const forget = () => {
      this.limit?.pool.release(sim.now)
      this.remove(tuple)
    }
    this.add(tuple, listener.application, listener.options, labels, forget).accept(packet)
  }

  private add(
    tuple: TcpTuple,
    application: TcpApplication,
    options: TcpOptions,
    labels: { flow: FlowIndex; dscp: number; priority: number },
    forget: () => void,
  ): TcpConnection {
    const connection = new TcpConnection({
      context: this.context,
      output: this.output,
      tuple,
      labels,
      options,
      application,
      forget,
    })
    const slot = this.freeSlots.pop() ?? this.connections.length
    this.connections[slot] = connection
    const { localAddress, remoteAddress, localPort, remotePort } = tuple
    this.table.set(localAddress, remoteAddress, (localPort << 16) | remotePort, PROTOCOL_TCP, slot)
    return connection
  }

  private remove(tuple: TcpTuple): void {
    const { localAddress, remoteAddress, localPort, remotePort } = tuple
    const slot = this.table.delete(localAddress, remoteAddress, (localPort << 16) | remotePort, PROTOCOL_TCP)
    this.connections[slot] = undefined
    this.recent = undefined
    this.freeSlots.push(slot)
  }

  private find(tuple: TcpTuple): number {
    const { localAddress, remoteAddress, localPort, remotePort } = tuple
    return this.table.get(localAddress, remoteAddress, (localPort << 16) | remotePort, PROTOCOL_TCP)
  }

  private ephemeralPort(localAddress: number, remoteAddress: number, remotePort: number): number {
    return this.ports.next(
      (localPort) => this.find({ localAddress, localPort, remoteAddress, remotePort }) !== ABSENT,
    )
  }

  /**
   * RST for what no connection expects; a bare FIN that comes again is acknowledged instead, for TIME-WAIT.
   */
  private answerClosed(packet: PacketHandle): void {
    const { packets } = this.context
    const flags = packets.tcpFlags[packet]!
    const payload = packets.payloadBytes[packet]!
    const end = packets.sequence[packet]! + sequenceLength(payload, flags)
    const acknowledged = (flags & ACK) !== 0
    const lateFin = (flags & (FIN | SYN)) === FIN && payload === 0 && acknowledged
    const answer = this.reply(packet)
    packets.acknowledgement[answer] = end
    packets.sequence[answer] = acknowledged ? packets.acknowledgement[packet]! : 0
    if (lateFin) packets.tcpFlags[answer] = ACK
    else packets.tcpFlags[answer] = acknowledged ? RST : RST | ACK
    this.output.originate(answer)
  }

  /** A bare segment back to where a packet came from. */
  private reply(packet: PacketHandle): PacketHandle {
    const { packets, addresses, flows, sim } = this.context
    const answer = packets.allocate()
    const source = packets.destination[packet]!
    const destination = packets.source[packet]!
    const sourcePort = packets.destinationPort[packet]!
    const destinationPort = packets.sourcePort[packet]!
    const flow = packets.flow[packet]!
    packets.source[answer] = source
    packets.destination[answer] = destination
    packets.sourcePort[answer] = sourcePort
    packets.destinationPort[answer] = destinationPort
    packets.protocol[answer] = PROTOCOL_TCP
    packets.tupleHash[answer] = hashTuple(source, destination, PROTOCOL_TCP, sourcePort, destinationPort)
    packets.ttl[answer] = TTL
    packets.ecn[answer] = NOT_ECT
    packets.dscp[answer] = packets.dscp[packet]!
    packets.priority[answer] = packets.priority[packet]!
    packets.sizeBytes[answer] = addresses.headerBytesOf(source) + TCP_HEADER_BYTES
    packets.payloadBytes[answer] = 0
    packets.flow[answer] = flow
    packets.windowBytes[answer] = 0
    packets.timestampValue[answer] = sim.now
    packets.timestampEcho[answer] = packets.timestampValue[packet]!
    packets.sackCount[answer] = 0
    if (flow !== NO_FLOW) flows.packetsOriginated[flow]!++
    return answer
  }
}
