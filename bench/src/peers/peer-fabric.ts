import {
  type Network,
  assignAddresses,
  leafSpine,
  parsePrefix,
  type HashKey,
  type LinkOptions,
  type NetworkBlueprint,
} from '@weft/fabric'

/** The fabric that peers were measured on; by default 8 leaves, 8 spines, 8 hosts a leaf, every link 100 Gbit/s and 1 us. */
export interface PeerFabricOptions {
  readonly leaves?: number
  readonly spines?: number
  readonly hostsPerLeaf?: number
  /** Packets that wait behind the one in service. */
  readonly queuePackets?: number
  /** Packets from which CE is set; absent: drop-tail. */
  readonly ecnPackets?: number
  readonly markAt?: 'enqueue' | 'dequeue'
  /** Between leaves and spines; hosts' links have 100 Gbit/s. */
  readonly fabricRateBps?: number
  readonly delayPs?: number
}

const REGION = 'peer'
const RATE_BPS = 100e9
const DELAY_PS = 1_000_000
/** Bytes on the wire beyond the IP packet. */
const FRAMING = { overheadBytes: 2 }

/** A leaf-spine of single links, whose routing notices and reacts at once. */
export function peerNetwork(
  shape: { readonly leaves: number; readonly spines: number; readonly hostsPerLeaf: number },
  hostLink: LinkOptions,
  fabricLink: LinkOptions,
): NetworkBlueprint {
  const parts = leafSpine({
    region: REGION,
    ...shape,
    hostLink,
    fabricLink,
    parallelLinks: 1,
    nicsPerHost: 1,
    nicAttachment: 'leaf',
    bond: false,
    ecmp: { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 },
  })
  const prefix = parsePrefix('10.0.0.0/8')
  if (!prefix.ok) throw new Error(prefix.message)
  const addressed = assignAddresses(parts.nodes, [prefix.prefix])
  if (!addressed.ok) throw new Error(addressed.message)
  return { nodes: addressed.nodes, links: parts.links, routing: { detectionPs: 0, convergencePs: 0 } }
}

export class PeerFabric {
  readonly hosts: number
  readonly blueprint: NetworkBlueprint
  readonly #spines: number
  readonly #hostsPerLeaf: number

  constructor(options: PeerFabricOptions = {}) {
    const {
      leaves = 8,
      spines = 8,
      hostsPerLeaf = 8,
      queuePackets = 256,
      ecnPackets,
      markAt = 'enqueue',
      fabricRateBps = RATE_BPS,
      delayPs = DELAY_PS,
    } = options
    this.hosts = leaves * hostsPerLeaf
    this.#spines = spines
    this.#hostsPerLeaf = hostsPerLeaf
    const dropTail = { capacity: { packets: queuePackets } }
    const queue =
      ecnPackets === undefined
        ? dropTail
        : { ...dropTail, ecn: { threshold: { packets: ecnPackets }, markAt } }
    const link = { rateBps: RATE_BPS, delayPs, framing: FRAMING, bitErrorRate: 0, cost: 1, queue }
    const hostLink = { ...link, nicQueue: queue }
    const fabricLink = { ...hostLink, rateBps: fabricRateBps }
    this.blueprint = peerNetwork({ leaves, spines, hostsPerLeaf }, hostLink, fabricLink)
  }

  *#allPairs() {
    for (let source = 0; source < this.hosts; source++) {
      for (let destination = 0; destination < this.hosts; destination++) yield { source, destination }
    }
  }

  hostName(host: number): string {
    return `${REGION}/leaf-${Math.floor(host / this.#hostsPerLeaf)}/host-${host % this.#hostsPerLeaf}`
  }

  /** Spine of the ordered pair by the peers' common rule. */
  hashedSpine(source: number, destination: number): number {
    return Number(splitmix64((BigInt(source) << 32n) | BigInt(destination)) % BigInt(this.#spines))
  }

  /** A hash key that sends every ordered pair, or those given, over the spine that `spineOf` gives it. */
  pathKey(
    spineOf: (source: number, destination: number) => number,
    pairs: Iterable<{ readonly source: number; readonly destination: number }> = this.#allPairs(),
  ): {
    key: HashKey
    bind(network: Network): void
  } {
    const { hosts } = this
    const spines = new Uint8Array(hosts * hosts)
    for (const { source, destination } of pairs) {
      spines[source * hosts + destination] = spineOf(source, destination)
    }
    let hostOf = new Int32Array(0)
    return {
      key: (packets, packet) =>
        spines[hostOf[packets.source[packet]!]! * hosts + hostOf[packets.destination[packet]!]!]!,
      bind: (network) => {
        hostOf = new Int32Array(network.addresses.size)
        for (let host = 0; host < hosts; host++)
          hostOf[network.addressOf(this.hostName(host), 'ipv4')!] = host
      },
    }
  }
}

const MASK_64 = (1n << 64n) - 1n

/** Steele, Lea and Flood (OOPSLA'14): one step of the SplitMix64 generator. */
export function splitmix64(seed: bigint): bigint {
  let x = (seed + 0x9e3779b97f4a7c15n) & MASK_64
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & MASK_64
  return x ^ (x >> 31n)
}
