import { type EventHandler, Simulation, US } from '@weft/core'
import { AddressTable } from '../../model/address-table.ts'
import { Ledger } from '../../model/ledger.ts'
import { type PacketHandle, PacketTable } from '../../model/packet-table.ts'
import { ACK, CWR, ECE, FIN, RST, SYN } from '../../model/tcp-flags.ts'
import type { Output, TransportContext } from '../context.ts'
import { FlowTable } from '../flow-table.ts'
import { HostStack } from '../stack.ts'

/** What becomes of one packet on the pipe. */
export interface Fate {
  drop?: boolean
  /** CE is set. */
  mark?: boolean
  /** Beyond the pipe's own delay. */
  extraDelayPs?: number
  /** A second copy arrives this much after the first. */
  duplicateAfterPs?: number
}

/** A packet as scripts see it; `count` is its number among its direction's packets, from 0. */
export interface Passing {
  readonly side: 'client' | 'server'
  readonly count: number
  /** Number among the packets with payload of this direction, -1 without payload. */
  readonly dataCount: number
  readonly flags: string
  readonly sequence: number
  readonly acknowledgement: number
  readonly payload: number
  readonly size: number
  readonly window: number
  readonly ecn: number
  readonly sack: readonly (readonly [number, number])[]
  readonly sentPs: number
}

export interface PipeOptions {
  readonly delayPs?: number
  /** Serialisation: one packet after the other at this pace; 0 for an infinitely fast pipe. */
  readonly psPerByte?: number
  readonly fate?: (packet: Passing) => Fate | undefined
  readonly ipv6?: boolean
  /** Keep no log: for long runs. */
  readonly quiet?: boolean
}

/** Two hosts joined by a pipe that a script may disturb. Uses checked packets. */
export class Pair {
  readonly sim = new Simulation()
  readonly packets = new PacketTable({ checked: true })
  readonly ledger = new Ledger(this.packets)
  readonly addresses = new AddressTable()
  readonly flows = new FlowTable(this.packets)
  readonly client: HostStack
  readonly server: HostStack
  readonly clientAddress: number
  readonly serverAddress: number
  /** Every packet that entered the pipe, in order. */
  readonly log: Passing[] = []

  constructor(options: PipeOptions = {}) {
    const { sim, packets, ledger, addresses, flows } = this
    const context: TransportContext = { sim, packets, ledger, addresses, flows }
    this.clientAddress = addresses.intern(options.ipv6 ? '2001:db8::1' : '10.0.0.1')
    this.serverAddress = addresses.intern(options.ipv6 ? '2001:db8::2' : '10.0.0.2')
    ledger.addDropListener(flows)
    const up = new Direction(this, context, 'client', options)
    const down = new Direction(this, context, 'server', options)
    this.client = new HostStack('client', context, up)
    this.server = new HostStack('server', context, down)
    up.far = this.server
    down.far = this.client
  }

  addFlow(bytes: number): number {
    const { clientAddress: source, serverAddress: destination } = this
    return this.flows.add({ traffic: 0, source, destination, bytes, startPs: this.sim.now })
  }

  /** `S 0 -> 1` and so on: what passed, one line each, for reading in a failing test. */
  get transcript(): string[] {
    return this.log.map(
      (p) => `${p.side[0]} ${p.flags || '-'} ${p.sequence}+${p.payload} ack ${p.acknowledgement}`,
    )
  }

  sentBy(side: Passing['side']): Passing[] {
    return this.log.filter((packet) => packet.side === side)
  }
}

class Direction implements Output, EventHandler {
  readonly name = 'pipe'
  readonly place: number
  far!: HostStack
  readonly #pair: Pair
  readonly #context: TransportContext
  readonly #side: Passing['side']
  readonly #options: PipeOptions
  readonly #handler: number
  readonly #lost: number
  #count = 0
  #dataCount = 0
  #busyUntil = 0

  constructor(pair: Pair, context: TransportContext, side: Passing['side'], options: PipeOptions) {
    this.#pair = pair
    this.#context = context
    this.#side = side
    this.#options = options
    this.#handler = context.sim.register(this)
    this.place = context.ledger.place(side)
    this.#lost = context.ledger.reason('scripted-loss')
  }

  originate(packet: PacketHandle): void {
    const { sim, packets, ledger } = this.#context
    ledger.originated++
    const passing = this.#describe(packet)
    if (!this.#options.quiet) this.#pair.log.push(passing)
    const fate = this.#options.fate?.(passing) ?? {}
    if (fate.mark && packets.ecn[packet] !== 0) packets.ecn[packet] = 3
    const start = Math.max(sim.now, this.#busyUntil)
    this.#busyUntil = start + Math.round(passing.size * (this.#options.psPerByte ?? 0))
    if (fate.drop) {
      ledger.drop(packet, this.#lost, this.place)
      return
    }
    const arrival = this.#busyUntil + (this.#options.delayPs ?? 10 * US) + (fate.extraDelayPs ?? 0)
    if (fate.duplicateAfterPs !== undefined) this.#duplicate(packet, arrival + fate.duplicateAfterPs)
    sim.schedule(arrival, this.#handler, packet)
  }

  onEvent(packet: number): void {
    this.far.deliver(packet)
  }

  #duplicate(packet: PacketHandle, arrival: number): void {
    const { sim, packets, ledger, flows } = this.#context
    const copy = packets.copy(packet)
    ledger.originated++
    flows.packetsOriginated[packets.flow[packet]!]!++
    sim.schedule(arrival, this.#handler, copy)
  }

  #describe(packet: PacketHandle): Passing {
    const { packets, sim } = this.#context
    const payload = packets.payloadBytes[packet]!
    const count = packets.sackCount[packet]!
    const edge = (i: number) => packets.sackEdges[packet * 8 + i]!
    return {
      side: this.#side,
      count: this.#count++,
      dataCount: payload > 0 ? this.#dataCount++ : -1,
      flags: flagText(packets.tcpFlags[packet]!),
      sequence: packets.sequence[packet]!,
      acknowledgement: packets.acknowledgement[packet]!,
      payload,
      size: packets.sizeBytes[packet]!,
      window: packets.windowBytes[packet]!,
      ecn: packets.ecn[packet]!,
      sack: Array.from({ length: count }, (_, i) => [edge(2 * i), edge(2 * i + 1)] as const),
      sentPs: sim.now,
    }
  }
}

function flagText(flags: number): string {
  const names: [number, string][] = [
    [SYN, 'S'],
    [FIN, 'F'],
    [RST, 'R'],
    [ACK, 'A'],
    [ECE, 'E'],
    [CWR, 'W'],
  ]
  return names.map(([bit, letter]) => ((flags & bit) !== 0 ? letter : '')).join('')
}
