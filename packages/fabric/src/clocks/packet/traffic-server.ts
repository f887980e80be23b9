import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import type { PacketIngress } from '../../ingress/controller/packet-ingress.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import { type FlowTable, NO_FLOW } from '../../transport/flow-table.ts'
import type { Listener, Server } from '../../transport/server.ts'
import { Responder } from '../../transport/tcp/request-response.ts'
import type { DatagramReceiver } from '../../transport/udp/udp.ts'

/** Takes what a run's traffic sends, at whichever host and port it arrives: a packet's flow says of which traffic it is. */
export class TrafficServer implements Server {
  /** Takes datagrams of any traffic, each for its own. */
  readonly datagrams: DatagramReceiver
  private readonly network: Network
  private readonly flows: FlowTable
  /** Takes what is a request's. */
  private readonly ingress: PacketIngress | undefined
  /** By traffic; undefined for UDP. */
  private readonly listeners: readonly (Listener | undefined)[]

  constructor(
    network: Network,
    flows: FlowTable,
    tcpOptions: readonly (TcpOptions | undefined)[],
    sinkOf: (traffic: number) => DatagramReceiver,
    ingress: PacketIngress | undefined,
  ) {
    this.ingress = ingress
    this.network = network
    this.flows = flows
    const application = new Responder(flows)
    this.listeners = tcpOptions.map((options) =>
      options === undefined ? undefined : { options, application },
    )
    const { packets } = network
    this.datagrams = {
      onDatagram(packet) {
        const flow = packets.flow[packet]!
        flows.takenBy(flow, packets.destination[packet]!, packets.destinationPort[packet]!)
        sinkOf(flows.traffic[flow]!).onDatagram(packet)
      },
    }
  }

  listenerFor(packet: PacketHandle): Listener | undefined {
    const flow = this.network.packets.flow[packet]!
    if (flow !== NO_FLOW && this.ingress?.isRequest(flow)) return this.ingress.listenerFor(packet)
    return flow === NO_FLOW ? undefined : this.listeners[this.flows.traffic[flow]!]
  }

  receiverFor(packet: PacketHandle): DatagramReceiver | undefined {
    return this.network.packets.flow[packet] === NO_FLOW ? undefined : this.datagrams
  }
}
