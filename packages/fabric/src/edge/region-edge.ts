import { ServicePorts } from '../load-balancer/service-ports.ts'
import type { BorderStage } from '../model/border-stage.ts'
import { type Decision, dropDecision } from '../model/decision.ts'
import { type InterfaceStage, PASS } from '../model/interface-stage.ts'
import type { PacketHandle } from '../model/packet-table.ts'
import { ANSWERING } from '../interfaces/mode.ts'
import { rewriteDestination, rewriteSource } from '../interfaces/rewrite.ts'
import { rewriteBack } from '../interfaces/rewrite-back.ts'
import { ATTACHED, PRIVATE, TRANSLATED } from './address-scopes.ts'
import type { EdgeBlueprint, EdgePlace } from './edge-blueprint.ts'
import type { EdgeContext } from './edge-context.ts'
import { type EdgePools, edgePools, FAMILIES, servedBy } from './make-translator.ts'
import { SourceRanges } from './source-ranges.ts'
import type { Translator } from './translator.ts'

/** Where packets to addresses go that are no host's own. */
export interface OwnedAddress {
  readonly address: number
  /** Names of the nodes that take them, any of them. */
  readonly nodes: readonly string[]
}

/** What the two ways to run a region's edge have in common: whose addresses are whose, and who may pass. */
export abstract class RegionEdge implements BorderStage {
  /** Of every place that serves clients by a policy of its own. */
  readonly servicePorts: ServicePorts[] = []
  readonly region: string
  /** By place: the region's gateways together, or a host. */
  abstract readonly translators: ReadonlyMap<string, Translator>
  abstract readonly owned: readonly OwnedAddress[]
  protected readonly context: EdgeContext
  protected readonly blueprint: EdgeBlueprint
  protected readonly pools: EdgePools
  /** The region's addresses that are translated: of its pool and of its services, those for clients inside among them. */
  protected readonly translated: readonly number[]
  private readonly own = new Set<number>()
  private readonly attached = new Set<number>()
  private readonly unassigned = new Set<number>()
  private readonly ranges: SourceRanges
  private readonly sourceNotAllowed: Decision
  protected readonly sourceNotPublic: Decision
  private readonly destinationNotPublic: Decision
  private readonly addressUnassigned: Decision

  constructor(blueprint: EdgeBlueprint, context: EdgeContext) {
    const { addresses, ledger, scopes } = context
    this.region = blueprint.region
    this.blueprint = blueprint
    this.context = context
    this.pools = edgePools(blueprint.nat, context)
    const called = blueprint.services.flatMap((service) => service.addresses)
    const shown = [
      ...FAMILIES.flatMap((family) => this.pools[family].map(({ address }) => address)),
      ...called.map((address) => addresses.intern(address)),
    ]
    for (const address of shown) scopes.set(address, TRANSLATED)
    this.translated = [...shown, ...insideAddresses(blueprint).map((address) => addresses.intern(address))]
    for (const address of this.translated) this.own.add(address)
    for (const { address } of blueprint.attached) {
      const id = addresses.intern(address)
      this.attached.add(id)
      scopes.set(id, ATTACHED)
    }
    for (const address of blueprint.unassigned ?? []) {
      const id = addresses.intern(address)
      this.unassigned.add(id)
      scopes.set(id, TRANSLATED)
    }
    this.ranges = new SourceRanges(blueprint.services, addresses)
    this.sourceNotAllowed = dropDecision(ledger.reason('source-not-allowed'))
    this.sourceNotPublic = dropDecision(ledger.reason('source-not-public'))
    this.destinationNotPublic = dropDecision(ledger.reason('destination-not-public'))
    this.addressUnassigned = dropDecision(ledger.reason('address-unassigned'))
  }

  /** Where addresses are translated. */
  get place(): EdgePlace {
    return this.blueprint.place
  }

  /** What acts behind the vswitch of a host, last on the way out. */
  abstract hostStages(host: string): readonly InterfaceStage[]

  enter(packet: PacketHandle): Decision {
    const { packets, mode, scopes } = this.context
    const destination = packets.destination[packet]!
    if (this.unassigned.has(destination)) return this.addressUnassigned
    if (mode.packets === ANSWERING) return this.own.has(destination) ? this.asToldBy(packet) : PASS
    if (this.own.has(destination) && scopes.of(destination) === TRANSLATED)
      return this.ranges.letIn(destination, packets.source[packet]!)
        ? this.inbound(packet)
        : this.sourceNotAllowed
    return this.attached.has(destination) ? PASS : this.destinationNotPublic
  }

  leave(packet: PacketHandle): Decision {
    const { packets, mode, scopes } = this.context
    const isAnswer = mode.packets === ANSWERING
    if (isAnswer && rewriteBack(packets, packet, mode, this.region)) return PASS
    if (isAnswer && mode.turn !== undefined && this.own.has(mode.turn.source)) return this.asToldBy(packet)
    if (scopes.of(packets.destination[packet]!) === PRIVATE) return this.destinationNotPublic
    if (isAnswer) return PASS
    if (scopes.of(packets.source[packet]!) !== PRIVATE) return PASS
    return this.outbound(packet, this.sourceNotPublic)
  }

  turns(address: number): boolean {
    return this.own.has(address) || this.unassigned.has(address)
  }

  turn(packet: PacketHandle): Decision {
    if (this.unassigned.has(this.context.packets.destination[packet]!)) return this.addressUnassigned
    return this.context.mode.packets === ANSWERING ? this.asToldBy(packet) : this.turnRound(packet)
  }

  /** What the region's gateways take: what is translated, and what is for nobody. */
  protected get taken(): readonly number[] {
    return [...this.translated, ...this.unassigned]
  }

  /** Whether the address is translated here. */
  owns(address: number): boolean {
    return this.own.has(address)
  }

  /** A packet from inside to one of this region's translated addresses. */
  protected abstract turnRound(packet: PacketHandle): Decision

  /** A probe on a connection that was let through becomes what it was on the connection's first packet. */
  private asToldBy(packet: PacketHandle): Decision {
    const { packets, mode } = this.context
    if (rewriteBack(packets, packet, mode, this.region)) return PASS
    if (mode.turn === undefined) return this.passAnswer(packet)
    const { source, sourcePort, destination, destinationPort } = mode.turn
    rewriteDestination(packets, packet, destination, destinationPort)
    rewriteSource(packets, packet, source, sourcePort)
    return PASS
  }

  /** A probe on a connection that was let through, to a public address that is not translated at the gateways. */
  protected passAnswer(_: PacketHandle): Decision {
    return PASS
  }

  /** Whether packets from inside to this address leave the region, or turn round at its edge. */
  protected leads(address: number): boolean {
    return this.context.scopes.of(address) !== PRIVATE && !this.attached.has(address)
  }

  /** A packet from outside to one of this region's translated addresses. */
  protected abstract inbound(packet: PacketHandle): Decision

  /** A packet that leaves with a private source; `refused` is the drop where nobody translates here. */
  protected abstract outbound(packet: PacketHandle, refused: Decision): Decision

  /** The region's services, as a place that serves clients by this policy sees them. */
  protected servicesUnder(policy: 'cluster' | 'local', isStateless: boolean): ServicePorts {
    const services = servedBy(this.blueprint).map((service) => ({
      ...service,
      policy,
      // nobody stands for clients here
      externalAddresses: [],
      ...(isStateless && { balancer: { kind: 'maglev' as const } }),
    }))
    const ports = new ServicePorts(services, this.context.addresses)
    this.servicePorts.push(ports)
    return ports
  }
}

/** Of a load balancer in the middle: what clients call, and what stands for them. */
function insideAddresses({ inside }: EdgeBlueprint): readonly string[] {
  if (inside === undefined) return []
  return [...inside.addresses, ...inside.services.flatMap(({ addresses }) => addresses)]
}
