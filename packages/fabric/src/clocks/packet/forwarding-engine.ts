import { InvariantError } from '@weft/core'
import type { TransmitterTable } from '../../components/link/transmitter-table.ts'
import type { Endpoint, Node, Receiver } from '../../model/component.ts'
import { type Decision, reasonOf, type Refusal, refusalOf, UNTOLD } from '../../model/decision.ts'
import * as decision from '../../model/decision.ts'
import type { Ledger } from '../../model/ledger.ts'
import { NO_PACKET, type PacketHandle } from '../../model/packet-table.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { DELIVER, LOCAL_INGRESS, ONE_OF } = decision

/** Writes what senders of refused packets are told. */
export interface Refusals {
  /** The answer to a packet that a node refuses; NO_PACKET where there is none to such packets. */
  answerTo(packet: PacketHandle, refusal: Refusal, node: number): PacketHandle
}

/** A port that no transmitter is wired to. */
const NO_ROW = -1

/**
 * Carries out every node's decisions under the packet clock: hands each packet to a transmitter, or ends it. One
 * object for all nodes, with what it looks up per packet side by side: an object per node costs more to reach than
 * a decision takes.
 */
export class ForwardingEngine implements Receiver {
  readonly nodes: readonly Node[]
  private readonly ledger: Ledger
  private readonly refusals: Refusals
  private readonly places: readonly number[]
  private readonly endpoints: (Endpoint | undefined)[] = []
  private readonly received: Float64Array
  /** Nodes that packets meet: a failed one is replaced by one that drops. */
  private readonly acting: Node[]
  private readonly failed: Node
  /** The transmitter row of a node's port is `egressRow[egressBase[node] + port]`. */
  private readonly egressBase: Int32Array
  private readonly egressRow: Int32Array
  private transmitters: TransmitterTable | undefined = undefined

  constructor(nodes: readonly Node[], portCounts: readonly number[], ledger: Ledger, refusals: Refusals) {
    this.nodes = nodes
    this.refusals = refusals
    this.acting = [...nodes]
    this.ledger = ledger
    this.places = nodes.map(({ name }) => ledger.place(name))
    this.received = new Float64Array(nodes.length)
    this.failed = new FailedNode(~ledger.reason('node-down'))
    this.egressBase = new Int32Array(nodes.length)
    let ports = 0
    portCounts.forEach((count, node) => {
      this.egressBase[node] = ports
      ports += count
    })
    this.egressRow = new Int32Array(ports).fill(NO_ROW)
  }

  /** Wires a port to a transmitter; all transmitters are of one table. */
  connect(node: number, port: number, transmitters: TransmitterTable, row: number): void {
    this.transmitters = transmitters
    this.egressRow[this.egressBase[node]! + port] = row
  }

  setEndpoint(node: number, endpoint: Endpoint): void {
    this.endpoints[node] = endpoint
  }

  setUp(node: number, up: boolean): void {
    this.acting[node] = up ? this.nodes[node]! : this.failed
  }

  placeOf(node: number): number {
    return this.places[node]!
  }

  /** Packets that came in over links. */
  receivedBy(node: number): number {
    return this.received[node]!
  }

  /** A packet of a node's own endpoint enters the network. */
  originate(packet: PacketHandle, node: number): void {
    this.ledger.originated++
    this.forward(packet, node, LOCAL_INGRESS)
  }

  receive(packet: PacketHandle, node: number, ingress: number): void {
    this.received[node]!++
    this.forward(packet, node, ingress)
  }

  private forward(packet: PacketHandle, node: number, ingress: number): void {
    const acting = this.acting[node]!
    let decision = acting.decide(packet, ingress)
    if (decision >= ONE_OF && decision < DELIVER) {
      decision = acting.selector.select(acting.groups[decision - ONE_OF]!, packet)
    }
    if (decision >= 0 && decision < ONE_OF) {
      this.transmitters!.send(this.egressRow[this.egressBase[node]! + decision]!, packet)
    } else {
      this.end(packet, node, decision)
    }
  }

  private end(packet: PacketHandle, node: number, decision: Decision): void {
    if (decision < 0) {
      this.drop(packet, node, decision)
      return
    }
    const endpoint = this.endpoints[node]
    if (endpoint === undefined)
      throw new InvariantError(`${this.nodes[node]!.name} delivers but has no endpoint`)
    endpoint.deliver(packet)
  }

  /** What the sender of a refused packet is told enters the network at the node that refuses. */
  private drop(packet: PacketHandle, node: number, decision: Decision): void {
    const refusal = refusalOf(decision)
    const answer = refusal === UNTOLD ? NO_PACKET : this.refusals.answerTo(packet, refusal, node)
    this.ledger.drop(packet, reasonOf(decision), this.places[node]!)
    if (answer === NO_PACKET) return
    this.ledger.answer(answer)
    this.originate(answer, node)
  }
}

/** Stands in for a node that is down. */
class FailedNode implements Node {
  readonly name = 'failed node'
  readonly groups = []
  private readonly nodeDown: Decision

  constructor(nodeDown: Decision) {
    this.nodeDown = nodeDown
  }

  get selector(): never {
    throw new InvariantError('a failed node selects nothing')
  }

  decide(): Decision {
    return this.nodeDown
  }
}
