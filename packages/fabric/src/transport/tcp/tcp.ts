import { InvariantError } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import * as packetTable from '../../model/packet-table.ts'
import { ACK, FIN, RST, SYN } from '../../model/tcp-flags.ts'
import * as tupleTable from '../../model/tuple-table.ts'
import type { ConnectionLimit } from '../../pools/connection-limits.ts'
import type { Output, TransportContext } from '../context.ts'
import { type FlowIndex, NO_FLOW } from '../flow-table.ts'
import { EphemeralPorts, NO_PORT } from '../ports.ts'
import type { Listener, Server } from '../server.ts'
import { endOf, resetOf } from '../refusal.ts'
import { BULK_SINK, BulkSource, type TcpApplication } from './application.ts'
import { TcpConnection } from './connection.ts'
import type { TcpTuple } from './segments.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { PROTOCOL_TCP } = packetTable
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

/** A host's TCP: its connections by five-tuple, its listeners by port. */
export class Tcp {
  private readonly context: TransportContext
  private readonly output: Output
  private readonly limit: ConnectionLimit | undefined
  private readonly server: Server | undefined
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

  /** `server` takes connections to ports that are not listened to. */
  constructor(context: TransportContext, output: Output, limit?: ConnectionLimit, server?: Server) {
    this.context = context
    this.output = output
    this.limit = limit
    this.server = server
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

  /** Opens a connection; undefined, and the flow failed, when no port is left for this destination, or not the one that is asked for. */
  connect(request: ConnectRequest): TcpConnection | undefined {
    const { flow, source, destination, destinationPort } = request
    const localPort = this.localPort(request)
    if (localPort === NO_PORT) {
      this.context.flows.fail(flow, 'ports-exhausted')
      return undefined
    }
    if (flow !== NO_FLOW) {
      this.context.flows.sourcePort[flow] = localPort
      this.context.flows.destinationPort[flow] = destinationPort
    }
    const tuple = { localAddress: source, localPort, remoteAddress: destination, remotePort: destinationPort }
    const application = request.application ?? new BulkSource(request.bytes ?? 0)
    const labels = { flow, dscp: request.dscp ?? 0, priority: request.priority ?? 0 }
    const connection = this.add(tuple, application, request.options, labels, () => this.remove(tuple))
    connection.open()
    return connection
  }

  /**
   * Ends all connections, or those by one address, and tells their peers by RST, as a kernel does whose processes are killed;
   * listeners stay.
   */
  abortAll(reason: string, localAddress?: number): void {
    for (const connection of [...this.connections])
      if (localAddress === undefined || connection?.tuple.localAddress === localAddress)
        connection?.abort(reason)
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
    const listener = (flags & (SYN | ACK)) === SYN ? this.listenerFor(packet) : undefined
    if (listener === undefined) this.answerClosed(packet)
    else if (limit === undefined || limit.pool.take(sim.now, packets.flow[packet]!))
      this.accept(packet, listener)
    else if (limit.whenFull === 'drop') return false
    else this.answerClosed(packet)
    return true
  }

  private listenerFor(packet: PacketHandle): Listener | undefined {
    const port = this.context.packets.destinationPort[packet]!
    return this.listeners.get(port) ?? this.server?.listenerFor(packet)
  }

  private accept(packet: PacketHandle, listener: Listener): void {
    const { packets, sim, flows } = this.context
    const tuple = {
      localAddress: packets.destination[packet]!,
      localPort: packets.destinationPort[packet]!,
      remoteAddress: packets.source[packet]!,
      remotePort: packets.sourcePort[packet]!,
    }
    flows.takenBy(packets.flow[packet]!, tuple.localAddress, tuple.localPort)
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

  /** NO_PORT where there is none for this destination. */
  private localPort({ sourcePort, source, destination, destinationPort }: ConnectRequest): number {
    if (sourcePort === undefined) return this.ephemeralPort(source, destination, destinationPort)
    const tuple = {
      localAddress: source,
      localPort: sourcePort,
      remoteAddress: destination,
      remotePort: destinationPort,
    }
    return this.find(tuple) === ABSENT ? sourcePort : NO_PORT
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
    const { packets, flows } = this.context
    const flags = packets.tcpFlags[packet]!
    const isLateFin = (flags & (FIN | SYN | ACK)) === (FIN | ACK) && packets.payloadBytes[packet] === 0
    const flow = packets.flow[packet]!
    const answer = resetOf(this.context, packet)
    if (isLateFin) {
      packets.tcpFlags[answer] = ACK
      packets.acknowledgement[answer] = endOf(packets, packet)
    }
    if (flow !== NO_FLOW) flows.packetsOriginated[flow]!++
    this.output.originate(answer)
  }
}
