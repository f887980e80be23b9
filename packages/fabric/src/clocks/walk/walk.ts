import type { Network } from '../../build/network.ts'
import { ANSWERING, beginWay, type InterfacesMode, OPENING } from '../../interfaces/mode.ts'
import {
  DELIVER,
  type Decision,
  LOCAL_INGRESS,
  ONE_OF,
  reasonOf,
  refusalOf,
  UNTOLD,
} from '../../model/decision.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import { probePacket } from '../../model/probe-packet.ts'
import { tupleChange } from './tuple-change.ts'
import type { Hop, HopMember, HopOutcome, Probe, WalkDrop, WalkResult } from './probe.ts'

/** A share of the probe about to be decided on; it owns its scratch packet. */
interface Branch {
  readonly node: number
  readonly ingress: number
  readonly packet: PacketHandle
  share: number
}

/**
 * Follows a probe through the very decisions that packets meet, on scratch copies, and leaves no trace. With a source
 * port the probe takes the member that its five-tuple hashes to; without one, or where a node leaves the choice to
 * chance, it branches over all members by weight. `linkUsable` tells of dead links, those of dead nodes among them:
 * crossing one drops as `link-down`. `nodeUp` tells of dead nodes: a dead sender drops as `node-down`.
 */
export function walk(
  network: Network,
  probe: Probe,
  linkUsable: (link: number) => boolean = () => true,
  nodeUp: (node: number) => boolean = () => true,
): WalkResult {
  const packets = probe.isAnswer === true ? ANSWERING : OPENING
  const { mode } = network
  if (mode !== undefined) {
    mode.turn = probe.turn
    mode.rewrites = probe.rewrites ?? []
    mode.drawsPorts = probe.drawsPorts === true
  }
  try {
    return network.probe(() => new Walker(network, probe, linkUsable, nodeUp).run(), packets)
  } finally {
    if (mode !== undefined) {
      mode.turn = undefined
      mode.rewrites = []
      mode.drawsPorts = false
    }
  }
}

class Walker {
  readonly #network: Network
  readonly #probe: Probe
  readonly #linkUsable: (link: number) => boolean
  readonly #nodeUp: (node: number) => boolean
  readonly #hops: Hop[] = []
  readonly #drops = new Map<string, WalkDrop & { share: number }>()
  #delivered = 0
  /** Branches of the next depth, merged where they meet. */
  #next = new Map<string, Branch>()

  constructor(
    network: Network,
    probe: Probe,
    linkUsable: (link: number) => boolean,
    nodeUp: (node: number) => boolean,
  ) {
    this.#network = network
    this.#probe = probe
    this.#linkUsable = linkUsable
    this.#nodeUp = nodeUp
  }

  run(): WalkResult {
    this.#enter(this.#nodeOf(this.#probe.source), LOCAL_INGRESS, this.#scratch(), 1)
    // the packet's TTL bounds the depth: routers drop it as ttl-expired
    for (let depth = 0; this.#next.size > 0; depth++) {
      const branches = [...this.#next.values()]
      this.#next = new Map()
      for (const branch of branches) this.#visit(branch, depth)
    }
    const drops: WalkDrop[] = [...this.#drops.values()]
    return { hops: this.#hops, delivered: this.#delivered, drops }
  }

  #visit(branch: Branch, depth: number): void {
    const { node, share } = branch
    const { packets, mode, nodes } = this.#network
    if (!this.#nodeUp(node)) {
      this.#hops.push({ node, depth, share, outcome: this.#drop(node, 'node-down', share) })
    } else if (mode === undefined) {
      const outcome = this.#carryOut(nodes[node]!.decide(branch.packet, branch.ingress), branch)
      this.#hops.push({ node, depth, share, outcome })
    } else {
      this.#followWays(branch, depth, mode)
    }
    packets.free(branch.packet)
  }

  /** The endpoints of a service are ways of their own: each is asked for with a copy of the packet. */
  #followWays(branch: Branch, depth: number, mode: InterfacesMode): void {
    const { packets } = this.#network
    const { node } = branch
    let ways = 1
    for (let way = 0; way < ways; way++) {
      const packet = packets.copy(branch.packet)
      beginWay(mode, way, this.#probe.endpoint)
      const decision = this.#network.nodes[node]!.decide(packet, branch.ingress)
      const share = branch.share * mode.share
      const service =
        mode.service === undefined ? {} : { service: mode.service, endpoint: packets.destination[packet]! }
      const changed = tupleChange(packets, branch.packet, packet)
      const known = mode.isKnown ? { isKnown: true as const } : {}
      ways = mode.ways
      const outcome = this.#carryOut(decision, { node, ingress: branch.ingress, packet, share })
      this.#hops.push({ node, depth, share, outcome, ...service, ...changed, ...known })
      packets.free(packet)
    }
  }

  #carryOut(decision: Decision, branch: Branch): HopOutcome {
    if (decision < 0) {
      const reason = this.#network.ledger.reasonName(reasonOf(decision))
      return this.#drop(branch.node, reason, branch.share, refusalOf(decision) !== UNTOLD)
    }
    if (decision === DELIVER) {
      this.#delivered += branch.share
      return { kind: 'delivered' }
    }
    const members =
      decision < ONE_OF ? [{ port: decision, weight: 1, share: branch.share }] : this.#split(decision, branch)
    for (const { port, share } of members) if (share > 0) this.#cross(branch, port, share)
    return { kind: 'forwarded', members }
  }

  #split(decision: Decision, { node, packet, share }: Branch): HopMember[] {
    const component = this.#network.nodes[node]!
    const group = component.groups[decision - ONE_OF]!
    const known = this.#probe.sourcePort !== undefined && this.#probe.isOfAnyPort !== true
    const taken = known ? component.selector.preview(group, packet) : undefined
    return Array.from(group.members, (port, i) => {
      const weight = group.weightOf(i) / group.weightSum
      return { port, weight, share: taken === undefined ? weight * share : port === taken ? share : 0 }
    })
  }

  #cross(branch: Branch, port: number, share: number): void {
    const { link, neighbour, neighbourPort } = this.#network.topology.ports[branch.node]![port]!
    if (!this.#linkUsable(link)) {
      this.#drop(branch.node, 'link-down', share)
      return
    }
    this.#enter(neighbour, neighbourPort, this.#network.packets.copy(branch.packet), share)
  }

  /** Ways that meet with the same headers go on as one. */
  #enter(node: number, ingress: number, packet: PacketHandle, share: number): void {
    const key = `${node}/${this.#headersOf(packet)}`
    const met = this.#next.get(key)
    if (met === undefined) {
      this.#next.set(key, { node, ingress, packet, share })
      return
    }
    met.share += share
    this.#network.packets.free(packet)
  }

  #headersOf(packet: PacketHandle): string {
    const { source, destination, sourcePort, destinationPort, protocol, ttl } = this.#network.packets
    return [source, destination, sourcePort, destinationPort, protocol, ttl]
      .map((column) => column[packet])
      .join()
  }

  #drop(node: number, reason: string, share: number, isRefused = false): HopOutcome {
    const key = `${node}/${reason}`
    const known = this.#drops.get(key)
    const told = isRefused ? { isRefused } : {}
    if (known === undefined) this.#drops.set(key, { node, reason, share, ...told })
    else known.share += share
    return { kind: 'dropped', reason, ...told }
  }

  #scratch(): PacketHandle {
    const { source, destination, sourcePort = 0, sizeBytes, rewrites } = this.#probe
    const network = this.#network
    // who answers does so from the address that was called
    const ends =
      rewrites !== undefined
        ? { source, destination }
        : { source: network.facing(source, destination), destination: network.facing(destination, source) }
    return probePacket(network.packets, { ...this.#probe, ...ends, sourcePort }, sizeBytes)
  }

  #nodeOf(address: number): number {
    const node = this.#network.hostOf(address)
    if (node === undefined)
      throw new RangeError(`no host has address ${this.#network.addresses.textOf(address)}`)
    return node
  }
}
