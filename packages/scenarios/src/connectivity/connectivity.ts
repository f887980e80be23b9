import { ConfigError, nearest } from '@weft/core'
import {
  PolicyEngine,
  type PolicyProtocol,
  PolicyReach,
  type PolicyWorkload,
  PORT_MAX,
  type PortRange,
  type PortSet,
  PROTOCOLS,
  type ReachPeer,
  type WorkloadClass,
} from '@weft/fabric'
import { FabricPorts, type Placing, type PrefixPorts } from './fabric-ports.ts'
import { PrefixSums } from './prefixes.ts'
import type { ReachSubject } from './reach-subject.ts'

export interface ConnectivityOptions {
  /** Ports of this protocol alone. */
  readonly protocol?: PolicyProtocol
  /** This port alone; of `protocol`, or of all. */
  readonly port?: number
  /** Ports alone that containers of the destination declare. */
  readonly listening?: boolean
}

/** Workloads that have the same answers. */
export interface ReachClass {
  readonly index: number
  /** By name. */
  readonly workloads: readonly string[]
  readonly isHostNetwork: boolean
}

/** Addresses outside that have the same answer. */
export interface OutsidePorts {
  /** The fewest prefixes, IPv4 first, in ascending order. */
  readonly prefixes: readonly string[]
  readonly ports: PortSet
}

/** A class, with whom policies take it for and what its containers declare. */
interface Member extends ReachClass {
  readonly peer: WorkloadClass
  /** Its place among theirs. */
  readonly place: number
  /** Ports of it that count. */
  readonly limit: PortSet
  /** What the fabric takes its addresses for; -1 where it does not count. */
  readonly placing: Placing
}

/**
 * Who may connect to whom, on which ports of TCP, UDP and SCTP; other protocols are left out. A snapshot of what the
 * policies of a subject say, and the fabric that it is on, if any, carries.
 */
export class Connectivity {
  readonly engine: PolicyEngine
  /** By name. */
  readonly workloads: readonly string[]
  /** By the names of their first workloads. */
  readonly classes: readonly ReachClass[]
  /** Places in `classes`, by place in `workloads`. */
  readonly classAt: Uint32Array
  readonly sums = new PrefixSums()
  readonly #reach: PolicyReach
  readonly #fabric: FabricPorts | undefined
  readonly #members: readonly Member[]
  readonly #classByName: ReadonlyMap<string, Member>
  readonly #byName: ReadonlyMap<string, PolicyWorkload>
  readonly #subject: ReachSubject
  readonly #guests: ReadonlyMap<string, readonly string[]>
  readonly #exceptions = new Map<string, ReadonlyMap<string, PortSet>>()
  /** Ports of the protocols and numbers asked for. */
  readonly #limit: PortSet
  /** In columns, as there are millions of pairs: by class its place among those of policies, and ports of it that count. */
  readonly #places: Uint32Array
  readonly #limits: readonly PortSet[]
  /** Rows of ports that were not asked for yet, and the last that was. */
  #rows: Generator<PortSet[], void, undefined> | undefined
  #row: readonly PortSet[] = []
  #rowIndex = Number.NaN

  constructor(subject: ReachSubject, options: ConnectivityOptions = {}) {
    this.#subject = subject
    this.engine = new PolicyEngine(subject.set)
    this.#reach = new PolicyReach(this.engine)
    this.#fabric = subject.fabric && new FabricPorts(this.engine, this.#reach, subject.fabric, this.sums)
    this.#limit = limitOf(this.engine, options)
    this.#byName = new Map(subject.set.workloads.map((each) => [each.name, each]))
    this.workloads = [...this.#byName.keys()].sort()
    this.#members = this.#membersBy(options.listening === true)
    this.classes = this.#members
    this.#places = Uint32Array.from(this.#members, ({ place }) => place)
    this.#limits = this.#members.map(({ limit }) => limit)
    this.#classByName = new Map(
      this.#members.flatMap((one) => one.workloads.map((name) => [name, one] as const)),
    )
    this.classAt = Uint32Array.from(this.workloads, (name) => this.#classByName.get(name)!.index)
    this.#guests = guestsOf(subject.set.workloads)
  }

  classOf(workload: string): ReachClass {
    return this.#classByName.get(workload)!
  }

  /** The namespace of a workload, after its cluster where there are several; or what stands for one. */
  namespaceOf(workload: string): string {
    const { cluster, namespace } = this.#byName.get(workload)!
    return cluster === undefined ? namespace : `${cluster}/${namespace}`
  }

  /** From any of one class to any other of another; what `exceptionsOf` tells is not in it. */
  ports(from: ReachClass, to: ReachClass): PortSet {
    const [source, destination] = [this.#members[from.index]!, this.#members[to.index]!]
    const permitted = this.#reach.between(source.peer, destination.peer)
    return this.#within(this.#carried(source, destination, permitted), destination.limit)
  }

  #carried(from: Member, to: Member, permitted: PortSet): PortSet {
    if (this.#fabric === undefined) return permitted
    const carried = this.#fabric.carried(from.placing, to.placing, permitted)
    return carried ?? this.#fabric.exactly(from.workloads[0]!, to.workloads[0]!)
  }

  /** `ports` from any of a class to each class, in the order of `classes`; fastest when asked in that order too. */
  portsToAll({ index }: ReachClass): readonly PortSet[] {
    if (index === this.#rowIndex) return this.#row
    if (index !== this.#rowIndex + 1)
      this.#rows = this.#reach.toClasses(this.#members.slice(index).map(({ peer }) => peer))
    this.#rowIndex = index
    const row = this.#rows!.next().value!
    const from = this.#members[index]!
    const all: PortSet[] = []
    for (let to = 0; to < this.#places.length; to++) {
      const permitted = row[this.#places[to]!]!
      const ports =
        this.#fabric === undefined ? permitted : this.#carried(from, this.#members[to]!, permitted)
      all.push(this.#within(ports, this.#limits[to]!))
    }
    this.#row = all
    return all
  }

  /**
   * From a workload to itself. One pod reaches itself on every port, whatever policies say; of a workload of several, what
   * one may do with another.
   */
  selfPorts(workload: string): PortSet {
    const own = this.#classByName.get(workload)!
    if (this.podsOf(workload) > 1) return this.ports(own, own)
    return this.#within(this.engine.sets.all, own.limit)
  }

  /** Pods that a workload stands for. */
  podsOf(workload: string): number {
    return this.#subject.pods.get(workload) ?? 1
  }

  /**
   * What a workload on its host's network may do beyond its class: workloads of its own node let it in, whatever policies
   * say. Only of whom a node is known.
   */
  exceptionsOf(workload: string): ReadonlyMap<string, PortSet> {
    const known = this.#exceptions.get(workload)
    if (known !== undefined) return known
    const { hostNetwork, node } = this.#byName.get(workload)!
    if (!hostNetwork || node === undefined) return NO_EXCEPTIONS
    const from = this.#classByName.get(workload)!
    const found = new Map<string, PortSet>()
    for (const name of this.#guests.get(node) ?? []) {
      if (name === workload) continue
      const to = this.#classByName.get(name)!
      const ports = this.#within(this.#reach.betweenWorkloads(workload, name), to.limit)
      if (ports !== this.ports(from, to)) found.set(name, ports)
    }
    this.#exceptions.set(workload, found)
    return found
  }

  /**
   * Whether one workload may open a connection to another, on a port of TCP or another protocol. Throws a ConfigError for
   * names that no workload has.
   */
  allows(
    from: string,
    to: string,
    { protocol = 'TCP', port }: { readonly protocol?: PolicyProtocol; readonly port: number },
  ): boolean {
    const issues = Object.entries({ from, to }).flatMap(([key, name]) => {
      if (this.#byName.has(name)) return []
      const meant = nearest(name, this.workloads)
      const hint = meant === undefined ? 'expected namespace/name' : `did you mean ${JSON.stringify(meant)}?`
      return [{ path: [key], message: `unknown workload ${JSON.stringify(name)}; ${hint}` }]
    })
    if (!Number.isInteger(port) || port < 1 || port > PORT_MAX)
      issues.push({
        path: ['port'],
        message: `${port} is no port; expected a whole number from 1 to ${PORT_MAX}`,
      })
    if (issues.length > 0) throw new ConfigError(issues)
    return this.portsOf(from, to)[protocol].some(([first, last]) => first <= port && port <= last)
  }

  /** Ports between two workloads, everything considered. */
  portsOf(from: string, to: string): PortSet {
    if (from === to) return this.selfPorts(from)
    return this.exceptionsOf(from).get(to) ?? this.ports(this.classOf(from), this.classOf(to))
  }

  /** Whom a class may connect to outside; addresses without any port are left out. */
  toOutside({ index }: ReachClass): OutsidePorts[] {
    const { peer, workloads } = this.#members[index]!
    const [name] = workloads as [string]
    return this.#outside(
      this.#limit,
      (block, prefixes) =>
        this.#fabric?.toOutside(name, block, prefixes) ?? [
          { prefixes, ports: this.#reach.between(peer, block) },
        ],
    )
  }

  /** Who may connect to a class from outside. */
  fromOutside({ index }: ReachClass): OutsidePorts[] {
    const { peer, workloads, limit } = this.#members[index]!
    const [name] = workloads as [string]
    return this.#outside(
      limit,
      (block, prefixes) =>
        this.#fabric?.fromOutside(name, block, prefixes) ?? [
          { prefixes, ports: this.#reach.between(block, peer) },
        ],
    )
  }

  /** Of a set of ports those that were asked for. */
  narrowed(ports: PortSet): PortSet {
    return this.#within(ports, this.#limit)
  }

  /** The set without any port: equal sets are one object. */
  get none(): PortSet {
    return this.engine.sets.none
  }

  /** Every port that was asked for. */
  get all(): PortSet {
    return this.#limit
  }

  #within(ports: PortSet, limit: PortSet): PortSet {
    return this.engine.sets.intersection(ports, limit)
  }

  #outside(
    limit: PortSet,
    partsOf: (block: ReachPeer, prefixes: readonly string[]) => readonly PrefixPorts[],
  ): OutsidePorts[] {
    if (!this.#subject.hasOutside) return []
    const { none } = this.engine.sets
    const byPorts = new Map<PortSet, string[]>()
    for (const block of this.#reach.blocks) {
      for (const end of block.ends) {
        for (const part of partsOf({ ends: [end] }, end.family === 'ipv6' ? block.ipv6 : block.ipv4)) {
          const ports = this.#within(part.ports, limit)
          if (ports === none) continue
          const known = byPorts.get(ports)
          if (known === undefined) byPorts.set(ports, [...part.prefixes])
          else known.push(...part.prefixes)
        }
      }
    }
    return [...byPorts].map(([ports, prefixes]) => ({ prefixes: this.sums.of(prefixes), ports }))
  }

  #membersBy(isListening: boolean): Member[] {
    const limits = new Map<string, PortSet>()
    const limitFor = (name: string): PortSet => {
      if (!isListening) return this.#limit
      const { ports } = this.#byName.get(name)!
      const key = JSON.stringify(ports)
      const known = limits.get(key) ?? this.#within(declared(this.engine, ports), this.#limit)
      limits.set(key, known)
      return known
    }
    const groups = this.#reach.classes.flatMap((peer, place) => {
      const alike = new Map<string, { limit: PortSet; placing: Placing; workloads: string[] }>()
      for (const name of [...peer.workloads].sort()) {
        const limit = limitFor(name)
        const placing = this.#fabric?.placingOf(name) ?? -1
        const key = `${limit.id} ${placing} ${this.#fabric?.servedKeyOf(name) ?? ''}`
        const known = alike.get(key)
        if (known === undefined) alike.set(key, { limit, placing, workloads: [name] })
        else known.workloads.push(name)
      }
      return [...alike.values()].map((group) => ({ peer, place, ...group }))
    })
    return groups
      .sort((a, b) => (a.workloads[0]! < b.workloads[0]! ? -1 : 1))
      .map((group, index) => ({ ...group, index, isHostNetwork: group.peer.isHostNetwork }))
  }
}

const NO_EXCEPTIONS: ReadonlyMap<string, PortSet> = new Map()

function limitOf(engine: PolicyEngine, { protocol, port }: ConnectivityOptions): PortSet {
  const range: PortRange = port === undefined ? [1, PORT_MAX] : [port, port]
  return engine.sets.of(
    PROTOCOLS.map((name) => (protocol === undefined || name === protocol ? [range] : [])),
    false,
  )
}

function declared(engine: PolicyEngine, ports: PolicyWorkload['ports']): PortSet {
  return engine.sets.of(
    PROTOCOLS.map((name) =>
      ports
        .filter(({ protocol }) => protocol === name)
        .map(({ port }): PortRange => [port, port])
        .sort((a, b) => a[0] - b[0]),
    ),
    false,
  )
}

/** Workloads by the node that they run on. */
function guestsOf(workloads: readonly PolicyWorkload[]): Map<string, string[]> {
  const guests = new Map<string, string[]>()
  for (const { name, node } of workloads) {
    if (node === undefined) continue
    const known = guests.get(node)
    if (known === undefined) guests.set(node, [name])
    else known.push(name)
  }
  return guests
}
