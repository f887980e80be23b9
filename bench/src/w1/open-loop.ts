import { MS, NS, Simulation } from '@weft/core'
import {
  createGaps,
  DatagramSink,
  DatagramSource,
  FlowTable,
  HostStack,
  Network,
  PacketClock,
} from '@weft/fabric'
import { PeerFabric } from '../peers/peer-fabric.ts'
import { GuardedHost, policiesOver } from './guarded-host.ts'

export interface OpenLoopOptions {
  /** `perm`: host i's packets over spine i mod 8, no contention; `hash`: every pair over its hashed spine. */
  readonly path: 'perm' | 'hash'
  /** Packets are handed to the NIC before this time; then the network drains. */
  readonly ms: number
  /** Host i sends to host i + offset. */
  readonly offset: number
  /** IP bytes of a packet. */
  readonly bytes: number
  readonly queuePackets: number
  /** IP bit rate of a sender over its link's rate. */
  readonly load: number
  readonly leaves: number
  readonly spines: number
  readonly hostsPerLeaf: number
  /** Policies that judge every packet where it leaves a host and where it enters one; 0: none do. */
  readonly policies: number
}

/** 1500-byte packets every 150 ns: 80 Gbit/s of IP on 100 Gbit/s. */
export const W1: OpenLoopOptions = {
  path: 'hash',
  ms: 1,
  offset: 8,
  bytes: 1500,
  queuePackets: 256,
  load: 0.8,
  leaves: 8,
  spines: 8,
  hostsPerLeaf: 8,
  policies: 0,
}

export interface OpenLoopCounts {
  readonly sent: number
  readonly delivered: number
  readonly dropped: number
  /** Link transmissions. */
  readonly hops: number
}

const LINK_RATE_BPS = 100e9
const PORT = 9

/** W1: constant-rate datagrams from every host to one other, through hosts, leaves and spines. */
export class OpenLoop {
  readonly sim = new Simulation({ seed: 'w1' })
  readonly network: Network
  readonly clock: PacketClock
  /** Time to build components, routes and transmitters from the blueprint. */
  readonly buildSeconds: number
  readonly #guards: GuardedHost[] = []

  constructor(options: OpenLoopOptions) {
    const fabric = new PeerFabric(options)
    const spineOf = (source: number, destination: number) =>
      options.path === 'perm' ? source % options.spines : fabric.hashedSpine(source, destination)
    const { key, bind } = fabric.pathKey(spineOf)
    const start = performance.now()
    this.network = new Network(fabric.blueprint, { sim: this.sim, hashKey: key })
    this.clock = new PacketClock(this.network)
    this.buildSeconds = (performance.now() - start) / 1000
    bind(this.network)
    this.#startSources(fabric, options)
  }

  #startSources(fabric: PeerFabric, options: OpenLoopOptions): void {
    const { sim, network } = this
    const { packets, ledger, addresses, topology } = network
    const flows = new FlowTable(packets)
    const context = { sim, packets, ledger, addresses, flows }
    const sink = new DatagramSink(context)
    const names = Array.from({ length: fabric.hosts }, (_, host) => fabric.hostName(host))
    const engine = options.policies > 0 ? policiesOver(network, names, options.policies) : undefined
    const stacks = names.map((name) => {
      const forwarder = this.clock.forwarders[topology.nodeIndex(name)]!
      const guard = engine && new GuardedHost(network, engine, forwarder)
      const stack = new HostStack(name, context, guard ?? forwarder)
      stack.udp.bind(PORT, sink)
      forwarder.endpoint = guard ?? stack
      if (guard !== undefined) {
        guard.endpoint = stack
        this.#guards.push(guard)
      }
      return stack
    })
    const rateBps = Math.round(options.load * LINK_RATE_BPS)
    for (const [host, { udp }] of stacks.entries()) {
      const to = (host + options.offset) % fabric.hosts
      const [source, destination] = [host, to].map(
        (each) => network.addressOf(fabric.hostName(each), 'ipv4')!,
      )
      const flow = flows.add({
        traffic: 0,
        source: source!,
        destination: destination!,
        bytes: Infinity,
        startPs: 0,
      })
      const stream = {
        flow,
        source: source!,
        destination: destination!,
        sourcePort: PORT,
        destinationPort: PORT,
        packetBytes: options.bytes,
        firstPs: 2 * host * NS,
        stopPs: Math.round(options.ms * MS),
      }
      const gaps = createGaps({ kind: 'constant' }, options.bytes, rateBps, sim.random(`source-${host}`))
      new DatagramSource(udp.context, udp.output, stream, gaps)
    }
  }

  counts(): OpenLoopCounts {
    const { ledger } = this.network
    return { sent: ledger.originated, delivered: ledger.delivered, dropped: ledger.dropped, hops: this.hops }
  }

  /** Packets that policies would have stopped; they are let through, so that counts stay those of the workload. */
  get denied(): number {
    return this.#guards.reduce((sum, { denied }) => sum + denied, 0)
  }

  /** Link transmissions. */
  get hops(): number {
    return this.clock.transmitters.flat().reduce((sum, { packetsSent }) => sum + packetsSent, 0)
  }
}
