import { ConfigError, type EventHandler, InvariantError, type Simulation } from '@weft/core'
import type { TrafficBlueprint } from '../blueprint/traffic.ts'
import type { Network } from '../build/network.ts'
import type { FlowIndex, FlowTable } from '../transport/flow-table.ts'
import type { NetworkNames } from './network-names.ts'

/** What became of the lookups of one traffic. */
export interface LookupCounts {
  /** One for each connection. */
  readonly lookups: number
  /** Answered from the client's own cache, at once. */
  readonly own: number
  /** That clients sent to their resolvers: for each family one, and for each name that they tried. */
  readonly questions: number
  /** Without a name, or an address of the traffic's family. */
  readonly notFound: number
  /** Nobody could say. */
  readonly failed: number
  /** Of these, those whose questions were lost, by drop reason. */
  readonly lostTo: Readonly<Record<string, number>>
  /** Connections to an address that the name did not stand for any more when they began. */
  readonly stale: number
  /** All together. */
  readonly waitedPs: number
}

interface Pending {
  readonly traffic: number
  readonly host: string
  readonly address: string
  readonly failure: string | undefined
  readonly connect: (flow: FlowIndex) => void
}

class Books implements LookupCounts {
  lookups = 0
  own = 0
  questions = 0
  notFound = 0
  failed = 0
  readonly lostTo: Record<string, number> = {}
  stale = 0
  waitedPs = 0
}

/** Looks up the names that a run's flows go to, each before it connects. */
export class NameLookups implements EventHandler {
  readonly name = 'name lookups'
  readonly #network: Network
  readonly #flows: FlowTable
  readonly #names: NetworkNames
  readonly #traffic: readonly TrafficBlueprint[]
  readonly #books: readonly Books[]
  readonly #sim: Simulation
  readonly #handler: number
  /** Flows that wait for an answer. */
  readonly #pending = new Map<FlowIndex, Pending>()

  private constructor(
    network: Network,
    names: NetworkNames,
    flows: FlowTable,
    traffic: readonly TrafficBlueprint[],
  ) {
    this.#network = network
    this.#names = names
    this.#flows = flows
    this.#traffic = traffic
    this.#books = traffic.map(() => new Books())
    this.#sim = network.sim
    this.#handler = this.#sim.register(this)
  }

  /** Undefined where no traffic goes to names. Throws ConfigError where any cannot. */
  static of(
    network: Network,
    flows: FlowTable,
    traffic: readonly TrafficBlueprint[],
  ): NameLookups | undefined {
    if (!traffic.some(({ pairs }) => pairs.kind === 'to-name')) return undefined
    checkNames(network, traffic)
    return new NameLookups(network, network.names!, flows, traffic)
  }

  /** By index of the traffic. */
  counts(traffic: number): LookupCounts {
    return this.#books[traffic]!
  }

  /** A flow that begins now asks for the name that its traffic goes to; `connect` is called when it has an address. */
  begin(flow: FlowIndex, host: string, connect: (flow: FlowIndex) => void): void {
    const traffic = this.#flows.traffic[flow]!
    const { pairs, family } = this.#traffic[traffic]!
    if (pairs.kind !== 'to-name') throw new InvariantError(`flow ${flow} goes to no name`)
    const { failure, lostTo, address, delayPs, isOwn, questions } = this.#names.lookup(
      host,
      pairs.name,
      family,
    )
    const books = this.#books[traffic]!
    books.lookups++
    if (isOwn) books.own++
    books.questions += questions
    books.waitedPs += delayPs
    if (failure === 'name-not-found') books.notFound++
    else if (failure !== undefined) books.failed++
    if (lostTo !== undefined) books.lostTo[lostTo] = (books.lostTo[lostTo] ?? 0) + 1
    const pending = { traffic, host, address, failure, connect }
    if (delayPs === 0) {
      this.#end(flow, pending)
      return
    }
    this.#pending.set(flow, pending)
    const { now, queue } = this.#sim
    queue.due = now + delayPs
    if (queue.due <= queue.timeMaxPs) queue.push(this.#handler, 0, flow)
  }

  onEvent(_: number, flow: FlowIndex): void {
    const pending = this.#pending.get(flow)!
    this.#pending.delete(flow)
    this.#end(flow, pending)
  }

  #end(flow: FlowIndex, { traffic, host, address, failure, connect }: Pending): void {
    const flows = this.#flows
    if (this.#network.isStopped(host)) {
      flows.fail(flow, 'workload-stopped')
      return
    }
    if (failure !== undefined) {
      flows.fail(flow, failure)
      return
    }
    const { pairs, family } = this.#traffic[traffic]!
    if (pairs.kind === 'to-name' && !this.#names.isCurrent(host, pairs.name, family, address))
      this.#books[traffic]!.stale++
    const destination = this.#network.addresses.intern(address)
    flows.destination[flow] = destination
    flows.source[flow] = this.#network.facing(flows.source[flow]!, destination)
    connect(flow)
  }
}

/** Throws ConfigError where traffic goes to names, and nobody can look them up, or no clock looks up what it is of. */
export function checkNames({ names }: Network, traffic: readonly TrafficBlueprint[]): void {
  const issues = traffic.flatMap(({ name, pairs, offered }, index) => {
    if (pairs.kind !== 'to-name') return []
    const issue = (message: string) => [{ path: ['traffic', index], message: `"${name}" ${message}` }]
    if (names === undefined) return issue(`goes to "${pairs.name}", and the network knows no names`)
    if (offered.kind === 'stream' || offered.kind === 'list')
      return issue(`is a ${offered.kind}, which looks no names up; give it hosts or an address`)
    const without = pairs.from.find((host) => names.groupOf(host) === undefined)
    return without === undefined ? [] : issue(`is sent by "${without}", which has no resolver`)
  })
  if (issues.length > 0) throw new ConfigError(issues)
}
