import type { RandomStream } from '@weft/core'
import { type Balancer, createBalancer } from './balancer.ts'
import { type ClientAffinity, NO_PLACE } from './client-affinity.ts'
import type { WithoutEndpoint } from './service-endpoint.ts'
import { endpointsFor, type ServicePort, type ServicePorts } from './service-ports.ts'

/** What one host knows of one port of a service. */
interface Balanced {
  readonly port: ServicePort
  /** The port's when the balancer's list was made. */
  version: number
  /** Places in the port's list of endpoints that its clients may go to; the balancer's places are indices into it. */
  places: readonly number[]
  without: WithoutEndpoint | undefined
  readonly balancer: Balancer
  /** The port's number in the table of clients; undefined where nobody remembers its clients. */
  readonly remembered: number | undefined
  /** By place: connections that were chosen for and have not ended, wherever the endpoint is now. */
  readonly active: number[]
}

export interface HostBalancersContext {
  readonly random: (name: string) => RandomStream
  /** Of this place; absent: no client is remembered. */
  readonly affinity?: ClientAffinity | undefined
}

/** The balancers of one host, which chooses for its own clients alone: one for each port of a service that they call. */
export class HostBalancers {
  readonly #host: string
  readonly #ports: ServicePorts
  readonly #context: HostBalancersContext
  readonly #balanced: (Balanced | undefined)[] = []

  constructor(host: string, ports: ServicePorts, context: HostBalancersContext) {
    this.#host = host
    this.#ports = ports
    this.#context = context
  }

  /** Endpoints that a new connection to this port may go to, as places in its list, and why there is none. */
  usable(index: number): {
    readonly places: readonly number[]
    readonly without: WithoutEndpoint | undefined
  } {
    return this.#of(index)
  }

  /** The place of the endpoint for a new connection; there must be one. `key` is a hash of the connection. */
  choose(index: number, key: number, client: number): number {
    const { places, balancer, remembered, active } = this.#of(index)
    const { affinity } = this.#context
    const before = remembered === undefined ? NO_PLACE : affinity!.placeOf(remembered, client)
    const kept = before === NO_PLACE ? -1 : places.indexOf(before)
    const choice = kept >= 0 ? kept : balancer.pick(key)
    const place = places[choice]!
    if (remembered !== undefined) affinity!.keep(remembered, client, place)
    active[place]!++
    balancer.opened(choice)
    return place
  }

  /** A connection that was chosen for has ended; its endpoint may have left the list meanwhile. */
  ended(index: number, place: number): void {
    const { places, balancer, active } = this.#of(index)
    active[place]!--
    const choice = places.indexOf(place)
    if (choice >= 0) balancer.closed(choice)
  }

  /** The share of new connections that a usable endpoint gets in the long run. */
  share(index: number, place: number): number {
    const { places, balancer } = this.#of(index)
    return balancer.share(places.indexOf(place))
  }

  #of(index: number): Balanced {
    const known = this.#balanced[index]
    if (known !== undefined) {
      if (known.version !== known.port.version) this.#install(known)
      return known
    }
    const balanced = this.#balance(this.#ports.ports[index]!)
    this.#balanced[index] = balanced
    return balanced
  }

  #balance(port: ServicePort): Balanced {
    const { random, affinity } = this.#context
    const { service } = port
    const { affinityPs } = service
    const called = affinityPs === undefined ? undefined : this.#ports.calledAt(port)
    const stream = random(`${this.#host}/${service.name}/${port.protocol}-${port.port}`)
    const balanced: Balanced = {
      port,
      version: port.version,
      places: [],
      without: undefined,
      balancer: createBalancer(service.balancer, stream),
      // nobody is remembered where there is nobody to go back to
      remembered: called === undefined ? undefined : affinity?.addPort(affinityPs!, called),
      active: port.endpoints.map(() => 0),
    }
    this.#install(balanced)
    return balanced
  }

  /** Hands the balancer the endpoints of now. What it knows of those that stay, it keeps. */
  #install(balanced: Balanced): void {
    const { port, balancer, active } = balanced
    const { places, without } = endpointsFor(port, this.#host)
    balanced.version = port.version
    balanced.places = places
    balanced.without = without
    if (places.length === 0) return
    balancer.install(
      places.map((place) => ({ name: port.endpoints[place]!.name, weight: 1, active: active[place]! })),
    )
  }
}
