import { MS, SECOND, type Simulation } from '@weft/core'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import { PacketRun } from '../../src/clocks/packet/packet-run.ts'
import type { PacketTrace } from '../../src/clocks/packet/packet-trace.ts'
import { NO_FLOW } from '../../src/transport/flow-table.ts'
import { resolveTcpOptions } from '../../src/transport/tcp/options.ts'
import { createGaps } from '../../src/transport/udp/gaps.ts'
import { DatagramSink } from '../../src/transport/udp/sink.ts'
import { DatagramSource } from '../../src/transport/udp/source.ts'

export const CALL_OPTIONS = resolveTcpOptions({ synRetries: 2, initialRtoPs: 10 * MS, minRtoPs: 10 * MS })

/** Workloads that call other workloads, or addresses, by their own transports, whatever stands behind these. */
export class Calls {
  readonly run: PacketRun
  /** Of the datagrams that come to bound ports. */
  readonly sink: DatagramSink

  constructor(network: NetworkBlueprint, trace?: PacketTrace) {
    const blueprint = { name: 'calls', seed: 'calls', network, traffic: [], events: [] }
    this.run = new PacketRun(blueprint, {
      arrivalsEndPs: SECOND,
      checked: true,
      ...(trace === undefined ? {} : { trace }),
    })
    this.sink = new DatagramSink({ ...this.run.network, flows: this.run.flows })
  }

  get sim(): Simulation {
    return this.run.sim
  }

  /** Takes connections and datagrams at a port. */
  listen(workload: string, port: number): void {
    const { tcp, udp } = this.run.stackOf(workload)
    tcp.listen(port, CALL_OPTIONS)
    udp.bind(port, this.sink)
  }

  /** A connection that carries some bytes; its flow. */
  connect(from: string, to: string, destinationPort: number, sourcePort?: number): number {
    const flow = this.#flow(from, to, 1000)
    const { source, destination } = this.run.flows
    this.run.stackOf(from).tcp.connect({
      flow,
      source: source[flow]!,
      destination: destination[flow]!,
      destinationPort,
      ...(sourcePort === undefined ? {} : { sourcePort }),
      options: CALL_OPTIONS,
      bytes: 1000,
    })
    return flow
  }

  /** So many datagrams, 1 ms apart; their flow. */
  send(from: string, to: string, destinationPort: number, sourcePort: number, count = 1): number {
    const flow = this.#flow(from, to, Infinity)
    this.#stream(flow, from, to, destinationPort, sourcePort, count)
    return flow
  }

  /** One datagram of no flow, which no traffic's receivers expect. */
  sendUnbooked(from: string, to: string, destinationPort: number, sourcePort: number): void {
    this.#stream(NO_FLOW, from, to, destinationPort, sourcePort, 1)
  }

  #stream(
    flow: number,
    from: string,
    to: string,
    destinationPort: number,
    sourcePort: number,
    count: number,
  ): void {
    const { context, output } = this.run.stackOf(from).udp
    const stream = {
      flow,
      ...this.#ends(from, to),
      sourcePort,
      destinationPort,
      packetBytes: 100,
      firstPs: this.sim.now,
      stopPs: this.sim.now + count * MS,
    }
    const random = this.sim.random('gaps')
    new DatagramSource(context, output, stream, createGaps({ kind: 'constant' }, 100, 800_000, random))
  }

  /** Until all is quiet; the books must be right. */
  settle(forPs = SECOND): this {
    this.sim.run(this.sim.now + forPs)
    this.run.network.ledger.assertConserved()
    return this
  }

  /** Of a flow: completed, or why it failed. */
  outcomeOf(flow: number): string {
    const { flows } = this.run
    return flows.completedPs[flow]! >= 0 ? 'completed' : (flows.failureOf(flow) ?? 'open')
  }

  drops(): string[] {
    const { ledger } = this.run.network
    return ledger.drops().map(({ packets, reason, place }) => `${packets} ${reason} at ${place}`)
  }

  #flow(from: string, to: string, bytes: number): number {
    return this.run.flows.add({ traffic: 0, ...this.#ends(from, to), bytes, startPs: this.sim.now })
  }

  #ends(from: string, to: string): { source: number; destination: number } {
    const { network } = this.run
    const source = network.addressOf(from, 'ipv4')!
    return { source, destination: network.addressOf(to, 'ipv4') ?? network.addresses.find(to)! }
  }
}
