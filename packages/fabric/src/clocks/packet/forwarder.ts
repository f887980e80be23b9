import type { Endpoint } from '../../model/component.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import type { ForwardingEngine } from './forwarding-engine.ts'

/** One node under the packet clock: where its endpoint's packets enter, and where it is switched off and on. */
export class Forwarder {
  /** Where the ledger books this node's drops. */
  readonly place: number
  private readonly engine: ForwardingEngine
  private readonly node: number

  constructor(engine: ForwardingEngine, node: number) {
    this.place = engine.placeOf(node)
    this.engine = engine
    this.node = node
  }

  /** What takes the packets that this node delivers. */
  set endpoint(endpoint: Endpoint) {
    this.engine.setEndpoint(this.node, endpoint)
  }

  /** Packets that came in over links. */
  get received(): number {
    return this.engine.receivedBy(this.node)
  }

  /** Down: everything that comes is dropped as `node-down`. */
  setUp(up: boolean): void {
    this.engine.setUp(this.node, up)
  }

  /** A packet of the node's own endpoint enters the network. */
  originate(packet: PacketHandle): void {
    this.engine.originate(packet, this.node)
  }
}
