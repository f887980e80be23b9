import type { Family } from './address-bits.ts'
import { type EndId, NOBODY } from './ends.ts'
import type { IdentityId } from './identities.ts'
import type { PolicyEngine } from './policy-engine.ts'
import type { PortSet } from './port-set.ts'
import { ReachTable } from './reach-table.ts'

/** How somebody bears an address that rules may know: its family, absent where no address is known. */
export interface ReachEnd {
  readonly identity: IdentityId
  readonly family: Family | undefined
}

/** Somebody at an end of connections. */
export interface ReachPeer {
  readonly ends: readonly ReachEnd[]
}

/** Workloads that rules do not tell apart. */
export interface WorkloadClass extends ReachPeer {
  /** At least one. */
  readonly workloads: readonly string[]
  /** On the host's network: no policy selects them, and each reaches the workloads of its own node. */
  readonly isHostNetwork: boolean
}

/** Addresses outside that rules do not tell apart. */
export interface OutsideBlock extends ReachPeer {
  /** The fewest prefixes that make it up, in ascending order. */
  readonly ipv4: readonly string[]
  readonly ipv6: readonly string[]
}

/**
 * Who may connect to whom on which ports, exhaustively: one question for all workloads that are alike, and all ports at
 * once. A snapshot of whom there is: make another after a change.
 */
export class PolicyReach {
  readonly classes: readonly WorkloadClass[]
  readonly blocks: readonly OutsideBlock[]
  private readonly engine: PolicyEngine
  private table: ReachTable | undefined = undefined
  private readonly classByName: ReadonlyMap<string, WorkloadClass>

  constructor(engine: PolicyEngine) {
    this.engine = engine
    this.classes = workloadClasses(engine)
    this.classByName = new Map(
      this.classes.flatMap((one) => one.workloads.map((name) => [name, one] as const)),
    )
    this.blocks = outsideBlocks(engine)
  }

  /** The class of a workload; undefined if there is none of that name. */
  classOf(workload: string): WorkloadClass | undefined {
    return this.classByName.get(workload)
  }

  /**
   * Ports on which any of the source may connect to any other of the destination, over some IP version that both have.
   * A workload and itself, and a workload on the host's network and those of its node, are `betweenWorkloads`.
   */
  between(source: ReachPeer, destination: ReachPeer): PortSet {
    const { sets } = this.engine
    let ports = sets.none
    for (const from of source.ends) {
      for (const to of destination.ends) {
        if (from.family !== to.family && from.family !== undefined && to.family !== undefined) continue
        ports = sets.union(ports, this.betweenIdentities(from.identity, to.identity))
      }
    }
    return ports
  }

  /** By source, `between` it and each class, in the order of `classes`: much faster than pair by pair where there are many sources. */
  toClasses(sources: readonly ReachPeer[]): Generator<PortSet[], void, undefined> {
    this.table ??= new ReachTable(this.engine, this.classes)
    return this.table.rows(sources)
  }

  /** Ports between two workloads, or one and itself, with all that Kubernetes lets in whatever policies say. */
  betweenWorkloads(source: string, destination: string): PortSet {
    const { sets } = this.engine
    let ports = sets.none
    for (const from of this.engine.endsOfWorkload(source)) {
      for (const to of this.engine.endsOfWorkload(destination)) {
        const { ends } = this.engine.settled()
        const [one, other] = [familyOf(ends.addressOf(from)), familyOf(ends.addressOf(to))]
        if (one !== other && one !== undefined && other !== undefined) continue
        ports = sets.union(ports, this.betweenEnds(from, to))
      }
    }
    return ports
  }

  /** Ports between two ends: `verdict` accepts exactly these. */
  betweenEnds(source: EndId, destination: EndId): PortSet {
    const { ends, identities, sets } = this.engine.settled()
    if (ends.workload[source] !== NOBODY && ends.workload[source] === ends.workload[destination])
      return sets.all
    const [from, to] = [ends.identity[source]!, ends.identity[destination]!]
    const isOwnNode = ends.host[source] !== NOBODY && ends.host[source] === ends.home[destination]
    return isOwnNode ? identities.egress[from]!.portMap(to).accepted : this.betweenIdentities(from, to)
  }

  private betweenIdentities(from: IdentityId, to: IdentityId): PortSet {
    const { identities, sets } = this.engine
    const sent = identities.egress[from]!.portMap(to).accepted
    return sent === sets.none ? sent : sets.intersection(sent, identities.ingress[to]!.portMap(from).accepted)
  }
}

function workloadClasses(engine: PolicyEngine): WorkloadClass[] {
  const { ends, members } = engine.settled()
  const classes = new Map<string, { ends: ReachEnd[]; workloads: string[]; isHostNetwork: boolean }>()
  for (const name of members.workloadNames()) {
    const isHostNetwork = members.isHostNetwork(name)
    const byTraits = new Map(
      members.endsOfWorkload(name).map((end): [string, ReachEnd] => {
        const [identity, family] = [ends.identity[end]!, familyOf(ends.addressOf(end))]
        return [`${identity} ${family}`, { identity, family }]
      }),
    )
    const key = `${isHostNetwork} ${[...byTraits.keys()].sort()}`
    const known = classes.get(key)
    if (known === undefined)
      classes.set(key, { ends: [...byTraits.values()], workloads: [name], isHostNetwork })
    else known.workloads.push(name)
  }
  return [...classes.values()]
}

function outsideBlocks(engine: PolicyEngine): OutsideBlock[] {
  const { ends, blocks } = engine.settled()
  return [...ends.outsideEnds()].map(([block, end]) => {
    const { cidrs } = blocks.get(block)!
    const families = (['ipv4', 'ipv6'] as const).filter((family) => cidrs[family].length > 0)
    const identity = ends.identity[end]!
    return { ...cidrs, ends: families.map((family) => ({ identity, family })) }
  })
}

function familyOf(address: string | undefined): Family | undefined {
  if (address === undefined) return undefined
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
