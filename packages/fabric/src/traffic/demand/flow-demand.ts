import type { TrafficBlueprint } from '../../blueprint/traffic.ts'
import { PROTOCOL_TCP } from '../../model/packet-table.ts'
import { type FlowPackets, ipBitsOf, type PacketKind, packetsOf } from '../expected-packets.ts'
import { type DemandClass, type DemandMatrix, emptyDemand } from './demand-matrix.ts'

/** What TCP sends the other way is a class of its own. */
export const BACK = '/acknowledgements'

/** Flows between pairs of hosts become two matrices: what they send, and what comes back. */
export class FlowDemand {
  readonly #there: DemandMatrix
  readonly #back: DemandMatrix
  /** Of each entry, which of the addresses is called that its receiver is behind. */
  readonly #called: (string | undefined)[] = []
  readonly #forwardKinds: PacketSums[] = []
  readonly #backKinds: PacketSums[] = []
  #size = 0

  constructor(pairs: number) {
    this.#there = emptyDemand(pairs, [])
    this.#back = emptyDemand(pairs, [])
  }

  /** A new pair of nodes, its entry's number; `called` is the address that the sender calls, where that is not the receiver's own. */
  addPair(source: number, destination: number, called?: string): number {
    const entry = this.#size++
    this.#called[entry] = called
    this.#there.source[entry] = this.#back.destination[entry] = source
    this.#there.destination[entry] = this.#back.source[entry] = destination
    return entry
  }

  /** So many flows per second of these packets on an entry. */
  addFlows(entry: number, flowsPerSecond: number, { forward, back }: FlowPackets): void {
    addTo(this.#there, entry, flowsPerSecond, forward)
    addTo(this.#back, entry, flowsPerSecond, back)
    this.#there.connectionsPerSecond[entry]! += flowsPerSecond
    sum(this.#forwardKinds, flowsPerSecond, forward)
    sum(this.#backKinds, flowsPerSecond, back)
  }

  /** Two matrices, for the traffic with this port; a class in each for each address that is called. */
  matrices({ name, family }: TrafficBlueprint, port: number): DemandMatrix[] {
    const called = [...new Set(this.#called)]
    if (called.length === 0) called.push(undefined)
    const classesOf = (of: string, kinds: readonly PacketSums[], isAnswer: boolean): DemandClass[] =>
      called.map((address) => ({
        name: of,
        family,
        ...sizesOf(kinds),
        connections: { protocol: PROTOCOL_TCP, port, isAnswer, ...(address !== undefined && { address }) },
      }))
    const classOf = Uint16Array.from(this.#there.source, (_, entry) => called.indexOf(this.#called[entry]))
    return [
      { ...this.#there, classOf, classes: classesOf(name, this.#forwardKinds, false) },
      { ...this.#back, classOf, classes: classesOf(`${name}${BACK}`, this.#backKinds, true) },
    ]
  }
}

function addTo(matrix: DemandMatrix, entry: number, flows: number, kinds: readonly PacketKind[]): void {
  matrix.ipBps[entry]! += flows * ipBitsOf(kinds)
  matrix.packetsPerSecond[entry]! += flows * packetsOf(kinds)
}

/** Packets of one kind, whose sizes may differ from flow to flow. */
interface PacketSums {
  count: number
  bytes: number
}

function sum(sums: PacketSums[], flows: number, kinds: readonly PacketKind[]): void {
  kinds.forEach(({ sizeBytes, count }, kind) => {
    sums[kind] ??= { count: 0, bytes: 0 }
    sums[kind].count += flows * count
    sums[kind].bytes += flows * count * sizeBytes
  })
}

/** Of each kind the mean size; none where nothing is sent. */
function sizesOf(sums: readonly PacketSums[]): Pick<DemandClass, 'packetSizes'> {
  const sent = sums.filter(({ count }) => count > 0)
  if (sent.length === 0) return {}
  const total = sent.reduce((all, { count }) => all + count, 0)
  return {
    packetSizes: sent.map(({ count, bytes }) => ({ sizeBytes: bytes / count, share: count / total })),
  }
}
