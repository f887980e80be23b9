import type { Simulation } from '@weft/core'
import { TransmitterTable } from '../../components/link/transmitter-table.ts'
import type { Endpoint, Node, Receiver } from '../../model/component.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import { ForwardingEngine, type Refusals } from './forwarding-engine.ts'
import type { PacketTrace } from './packet-trace.ts'

/** A forwarding engine that writes down what it does. Stands in for the plain one, which so knows nothing of traces. */
export class TracingEngine extends ForwardingEngine {
  private readonly trace: PacketTrace

  constructor(
    nodes: readonly Node[],
    portCounts: readonly number[],
    ledger: Ledger,
    refusals: Refusals,
    trace: PacketTrace,
  ) {
    super(nodes, portCounts, ledger, refusals)
    this.trace = trace
  }

  override setEndpoint(node: number, endpoint: Endpoint): void {
    super.setEndpoint(node, {
      deliver: (packet) => {
        this.trace.delivered(packet, this.placeOf(node))
        endpoint.deliver(packet)
      },
    })
  }

  override originate(packet: PacketHandle, node: number): void {
    this.trace.originated(packet, this.placeOf(node))
    super.originate(packet, node)
  }

  override receive(packet: PacketHandle, node: number, ingress: number): void {
    this.trace.received(packet, this.placeOf(node))
    super.receive(packet, node, ingress)
  }
}

/** Transmitters that write down what they accept. */
export class TracingTransmitterTable extends TransmitterTable {
  private readonly trace: PacketTrace

  constructor(sim: Simulation, packets: PacketTable, ledger: Ledger, receiver: Receiver, trace: PacketTrace) {
    super(sim, packets, ledger, receiver)
    this.trace = trace
  }

  override send(row: number, packet: PacketHandle): void {
    const { dropped } = this.ledger
    super.send(row, packet)
    // a drop has freed the packet and has told the trace itself
    if (this.ledger.dropped === dropped) this.trace.sent(packet, this.placeOf(row))
  }
}
