import { ConfigError, type EventHandler, InvariantError, type Simulation } from '@weft/core'
import type { TrafficBlueprint } from '../blueprint/traffic.ts'
import type { Network } from '../build/network.ts'
import type { FlowIndex, FlowTable } from '../transport/flow-table.ts'
import { type AskedCounts, LookupBook, type LookupBooks, type LookupCounts } from './lookup-counts.ts'
import type { NetworkNames } from './network-names.ts'

interface Pending {
  readonly traffic: number
  readonly host: string
  readonly address: string
  readonly failure: string | undefined
  readonly connect: (flow: FlowIndex) => void
}

/** Looks up the names that a run's flows go to, each before it connects. */
export class NameLookups implements EventHandler, LookupBooks {
  readonly name = 'name lookups'
  readonly #network: Network
  readonly #flows: FlowTable
  readonly #names: NetworkNames
  readonly #traffic: readonly TrafficBlueprint[]
  readonly #books: readonly LookupBook[]
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
    this.#books = traffic.map(() => new LookupBook())
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

  resolverCounts(): readonly AskedCounts[] {
    return this.#names.resolverCounts()
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
    else if (lostTo !== undefined) books.lose(lostTo, 1)
    else if (failure !== undefined) books.failed++
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
