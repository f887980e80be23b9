import type { Node } from '../../model/component.ts'
import { type Decision, dropDecision, PORT_UNREACHABLE, refuseDecision } from '../../model/decision.ts'
import * as decision from '../../model/decision.ts'
import type { OwnCalls } from '../../model/interface-stage.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import type { HostTable } from '../../model/forwarding-table.ts'
import type { OneOfGroup, Selector } from '../../model/selector.ts'
import * as workloadState from '../../model/workload-state.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { DELIVER, LOCAL_INGRESS } = decision
const { STARTS } = workloadState

/** What a host knows of itself as a workload. */
export interface HostLife {
  /** By node index: a `WorkloadState`. */
  readonly states: Uint8Array
  readonly node: number
  /** Absent where the host reaches itself without its switch, whatever it calls. */
  readonly ownCalls?: OwnCalls | undefined
}

/** An end system with one or more interfaces. Consumes what is addressed to it and forwards nothing. */
export class Host implements Node {
  readonly name: string
  readonly selector: Selector
  groups: readonly OneOfGroup[] = []
  private readonly packets: PacketTable
  private readonly notForHost: Decision
  private readonly noSourceAddress: Decision
  private readonly nobodyListens: Decision
  private readonly states: Uint8Array
  private readonly node: number
  private readonly ownCalls: OwnCalls | undefined
  /** The host's own addresses are the ids from here on, as many as there are routes. */
  private readonly addressBase: number
  /** Egress of each own address's interface: a port, a bond's group, or a drop. */
  private routes: Int32Array
  /** The same of addresses that were others' first, by id; undefined where it has none. */
  private others: ReadonlyMap<number, Decision> | undefined = undefined

  constructor(
    name: string,
    packets: PacketTable,
    ledger: Ledger,
    selector: Selector,
    addresses: { readonly first: number; readonly count: number },
    { states, node, ownCalls }: HostLife,
  ) {
    this.name = name
    this.selector = selector
    this.packets = packets
    this.notForHost = dropDecision(ledger.reason('not-for-host'))
    this.noSourceAddress = dropDecision(ledger.reason('no-source-address'))
    this.nobodyListens = refuseDecision(ledger.reason('port-unreachable'), PORT_UNREACHABLE)
    this.states = states
    this.node = node
    this.ownCalls = ownCalls
    this.addressBase = addresses.first
    this.routes = new Int32Array(addresses.count)
  }

  install(table: HostTable): void {
    this.routes = table.routes
    this.others = table.others
    this.groups = table.groups
  }

  decide(packet: PacketHandle, ingress: number): Decision {
    const { packets, others } = this
    const isOwn = this.isOwn(packets.destination[packet]!)
    if (ingress !== LOCAL_INGRESS) return isOwn ? this.take() : this.notForHost
    if (isOwn && this.ownCalls?.goesBySwitch(packet) !== true) return this.take()
    const count = this.routes.length
    const source = packets.source[packet]! - this.addressBase
    if (source >= 0 && source < count) return this.routes[source]!
    return others?.get(packets.source[packet]!) ?? this.noSourceAddress
  }

  private isOwn(address: number): boolean {
    const own = address - this.addressBase
    if (own >= 0 && own < this.routes.length && this.routes[own] !== this.noSourceAddress) return true
    return this.others?.has(address) === true
  }

  private take(): Decision {
    return this.states[this.node] === STARTS ? this.nobodyListens : DELIVER
  }
}
