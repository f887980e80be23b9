import { type Blueprint, PacketRun, type TcpOptions } from '@weft/fabric'
import { MS, NS, SECOND } from '@weft/core'
import type { FlowTimes, ListedFlow } from '../peers/flow-files.ts'
import { PeerFabric } from '../peers/peer-fabric.ts'

export interface TransportWorkloadOptions {
  readonly control: 'dctcp' | 'newreno'
  readonly minRtoPs: number
  readonly initialRtoPs: number
  /** Segments that one acknowledgement may cover. */
  readonly delayedAck: number
  readonly delayedAckPs: number
  readonly initialAlpha: number
  readonly markAt: 'enqueue' | 'dequeue'
  readonly sack: boolean
  readonly tailLossProbe: boolean
  readonly prr: boolean
  /** Segments that marks leave of a window. */
  readonly minWindow: number
  readonly receiveBufferBytes: number
}

export const PEER_OPTIONS: TransportWorkloadOptions = {
  control: 'dctcp',
  minRtoPs: MS,
  initialRtoPs: SECOND,
  delayedAck: 1,
  delayedAckPs: 500_000_000,
  initialAlpha: 1,
  markAt: 'enqueue',
  sack: true,
  tailLossProbe: false,
  prr: true,
  minWindow: 2,
  receiveBufferBytes: 1e9,
}

/** Waiting packets from which DCTCP's queues mark. */
const MARK_PACKETS = 65
const HORIZON_PS = 30 * SECOND

/** Given flows over the peers' fabric (W2, W3): every pair on its hashed spine, acknowledgements on theirs. */
export class TransportWorkload {
  readonly run: PacketRun
  readonly #flows: readonly ListedFlow[]
  readonly #fabric: PeerFabric

  constructor(flows: readonly ListedFlow[], options: TransportWorkloadOptions) {
    this.#flows = flows
    const dctcp = options.control === 'dctcp'
    this.#fabric = new PeerFabric({ markAt: options.markAt, ...(dctcp ? { ecnPackets: MARK_PACKETS } : {}) })
    const { key, bind } = this.#fabric.pathKey((source, destination) =>
      this.#fabric.hashedSpine(source, destination),
    )
    this.run = new PacketRun(this.#blueprint(options), { arrivalsEndPs: HORIZON_PS, hashKey: key })
    bind(this.run.network)
  }

  #blueprint(options: TransportWorkloadOptions): Blueprint {
    const names = this.#flows.flatMap(({ source, destination }) => [source, destination])
    const hosts = [...new Set(names)].map((host) => this.#fabric.hostName(host))
    const flows = this.#flows.map(({ startNs, source, destination, bytes }) => ({
      startPs: startNs * NS,
      from: this.#fabric.hostName(source),
      to: this.#fabric.hostName(destination),
      bytes,
    }))
    const transport = { kind: 'tcp' as const, options: tcpOptions(options) }
    return {
      name: 'peers',
      seed: 'peers',
      network: this.#fabric.blueprint,
      traffic: [
        {
          name: 'flows',
          pairs: { kind: 'all-to-all', hosts },
          offered: { kind: 'list', flows },
          transport,
          dscp: 0,
          priority: 0,
          family: 'ipv4',
        },
      ],
      events: [],
    }
  }

  /** Completion and handshake times, in the order of the flow list. */
  times(): FlowTimes[] {
    const { flows, network } = this.run
    const rows = new Map<string, number[]>()
    for (let row = flows.size - 1; row >= 0; row--) {
      const key = `${flows.source[row]}/${flows.destination[row]}/${flows.startPs[row]}/${flows.bytes[row]}`
      const known = rows.get(key)
      if (known === undefined) rows.set(key, [row])
      else known.push(row)
    }
    return this.#flows.map(({ source, destination, startNs, bytes }) => {
      const [from, to] = [source, destination].map((host) =>
        network.addressOf(this.#fabric.hostName(host), 'ipv4'),
      )
      const row = rows.get(`${from}/${to}/${startNs * NS}/${bytes}`)?.pop()
      if (row === undefined) return { fctPs: -1, handshakePs: -1 }
      const since = (at: number) => (at < 0 ? -1 : at - flows.startPs[row]!)
      return { fctPs: since(flows.completedPs[row]!), handshakePs: since(flows.establishedPs[row]!) }
    })
  }

  counts() {
    const { network, clock, flows, sim } = this.run
    const { ledger } = network
    const sum = (of: (transmitter: (typeof clock.transmitters)[number][number]) => number) =>
      clock.transmitters.flat().reduce((total, transmitter) => total + of(transmitter), 0)
    return {
      flows: flows.size,
      completed: flows.completed,
      sent: ledger.originated,
      delivered: ledger.delivered,
      dropped: ledger.dropped,
      marks: sum(({ packetsMarked }) => packetsMarked),
      hops: sum(({ packetsSent }) => packetsSent),
      events: sim.eventsRun,
      simulatedSeconds: sim.now / SECOND,
      digest: sim.digest.toString(),
    }
  }
}

function tcpOptions(options: TransportWorkloadOptions): Partial<TcpOptions> {
  const {
    control,
    minRtoPs,
    initialRtoPs,
    delayedAck,
    delayedAckPs,
    initialAlpha,
    sack,
    tailLossProbe,
    prr,
    minWindow,
    receiveBufferBytes,
  } = options
  return {
    control,
    minRtoPs,
    initialRtoPs,
    maxRtoPs: Math.max(minRtoPs, 60 * SECOND),
    delayedAckSegments: delayedAck,
    delayedAckPs,
    dctcpInitialAlpha: initialAlpha,
    ecn: control === 'dctcp',
    sack,
    tailLossProbe,
    prr,
    minWindowSegments: minWindow,
    timestamps: true,
    mssBytes: 1448,
    initialWindowSegments: 10,
    sendBufferBytes: 1e9,
    receiveBufferBytes,
  }
}
