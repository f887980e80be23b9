import type { Endpoint } from '../model/component.ts'
import { PORT_UNREACHABLE } from '../model/decision.ts'
import { isIcmp } from '../model/icmp-error.ts'
import type { PacketHandle } from '../model/packet-table.ts'
import * as packetTable from '../model/packet-table.ts'
import type { ConnectionLimit } from '../pools/connection-limits.ts'
import type { Output, TransportContext } from './context.ts'
import * as flowTable from './flow-table.ts'
import { refusalOfPacket } from './refusal.ts'
import type { Server } from './server.ts'
import { Tcp } from './tcp/tcp.ts'
import { Udp } from './udp/udp.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { PROTOCOL_TCP, PROTOCOL_UDP } = packetTable
const { NO_FLOW } = flowTable

/** A host's transport layer: hands what arrives to TCP or UDP, which find its place by the five-tuple. */
export class HostStack implements Endpoint {
  readonly name: string
  readonly tcp: Tcp
  readonly udp: Udp
  private readonly context: TransportContext
  private readonly output: Output
  private readonly place: number
  private readonly portUnreachable: number
  private readonly protocolUnreachable: number
  private readonly connectionsFull: number

  /**
   * `limit`: of the connections that the host accepts; absent: any number. `server`: takes what comes to ports that are not
   * bound; absent: it is refused.
   */
  constructor(
    name: string,
    context: TransportContext,
    output: Output,
    limit?: ConnectionLimit,
    server?: Server,
  ) {
    this.name = name
    this.context = context
    this.output = output
    this.place = output.place
    this.portUnreachable = context.ledger.reason('port-unreachable')
    this.protocolUnreachable = context.ledger.reason('protocol-unreachable')
    this.connectionsFull = context.ledger.reason('connections-full')
    this.tcp = new Tcp(context, output, limit, server)
    this.udp = new Udp(context, output, server)
  }

  deliver(packet: PacketHandle): void {
    const { packets, ledger } = this.context
    if (packets.checked) packets.assertAlive(packet)
    const protocol = packets.protocol[packet]!
    if (protocol === PROTOCOL_TCP) {
      if (this.tcp.deliver(packet)) this.consume(packet)
      else ledger.drop(packet, this.connectionsFull, this.place)
    } else if (protocol === PROTOCOL_UDP) {
      if (this.udp.deliver(packet)) this.consume(packet)
      else this.refuse(packet)
    } else if (isIcmp(protocol)) {
      this.takeRefusal(packet)
    } else {
      ledger.drop(packet, this.protocolUnreachable, this.place)
    }
  }

  /** RFC 1122 §4.1.3.1: who sends to a closed port is told. */
  private refuse(packet: PacketHandle): void {
    const { ledger, flows } = this.context
    const answer = refusalOfPacket(this.context, packet, PORT_UNREACHABLE)
    flows.onAnswer(answer)
    ledger.drop(packet, this.portUnreachable, this.place)
    this.output.originate(answer)
  }

  /** An ICMP error: nothing but refusals is told by any. */
  private takeRefusal(packet: PacketHandle): void {
    const { packets, flows, ledger } = this.context
    const flow = packets.flow[packet]!
    if (flow !== NO_FLOW) flows.refusals[flow]!++
    this.udp.onRefusal(packet)
    ledger.deliver(packet)
  }

  private consume(packet: PacketHandle): void {
    const { packets, flows, ledger } = this.context
    const flow = packets.flow[packet]!
    if (flow !== NO_FLOW) flows.packetsDelivered[flow]!++
    ledger.deliver(packet)
  }
}
