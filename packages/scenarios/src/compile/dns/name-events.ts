import { dnsName, type EventBlueprint, nameRefusal, type NetworkBlueprint, type Records } from '@weft/fabric'
import { serviceName } from '../../discovery/index.ts'
import type { ReadEvent } from '../../life/event-actions.ts'
import type { DnsInput } from '../../schema/dns.ts'
import { isPublic } from '../internet/public-addresses.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'
import type { NamedAddresses } from './named-addresses.ts'
import { checked, publicTtlPs, recordsFor, type ScenarioAuthority, zoneIn } from './scenario-zones.ts'

const TYPES = ['A', 'AAAA', 'CNAME'] as const

/** Where a name has records, or is to have them. */
interface Place {
  readonly name: string
  readonly authority: ScenarioAuthority
}

export interface NameEventsContext {
  readonly input: DnsInput
  readonly network: NetworkBlueprint
  readonly addresses: NamedAddresses
  readonly authorities: readonly ScenarioAuthority[]
  readonly endPs: number
}

/** What events of names come to, one after the other: what each changes depends on those before. */
export function compileNameEvents(
  events: readonly ReadEvent[],
  context: NameEventsContext,
  problems: Problems,
): EventBlueprint[] {
  const planner = new NameEventPlanner(context, problems)
  return events.flatMap((event) => planner.plan(event)).filter(({ atPs }) => atPs <= context.endPs)
}

class NameEventPlanner {
  readonly #context: NameEventsContext
  readonly #problems: Problems

  constructor(context: NameEventsContext, problems: Problems) {
    this.#context = context
    this.#problems = problems
  }

  plan({ action, input, path }: ReadEvent): EventBlueprint[] {
    if (action === 'removeRecord') {
      const places = this.#placesOf(input.removeRecord!, true, [...path, action])
      return places.flatMap((place) => this.#change(place, input.at, [], path))
    }
    if (action !== 'record' && action !== 'move') return []
    const to = [...path, 'to']
    if (input.to === undefined) {
      this.#problems.refuse(path, `"${action}" needs "to": what the name stands for from then on`)
      return []
    }
    const target = this.#context.addresses.target(input.to, to, this.#problems)
    const places = this.#placesOf(input[action]!, action === 'move', [...path, action])
    if (target === undefined) return []
    const before = places.map((place) => ({ place, addresses: this.#addressesAt(place) }))
    const changes = places.flatMap((place) => {
      const ttlPs = input.ttl ?? this.#ttlOf(place)
      const put = checked(recordsFor(place.name, target, ttlPs), to, this.#problems)
      return put.length === 0 ? [] : this.#change(place, input.at, put, path)
    })
    if (action === 'record') return changes
    const after = new Set(places.flatMap((place) => this.#addressesAt(place)))
    const had = [...new Set(before.flatMap(({ addresses }) => addresses))]
    const left = had
      .filter((address) => !after.has(address))
      .map((address) => ({
        address,
        places: before.flatMap(({ place, addresses }) => (addresses.includes(address) ? [place] : [])),
      }))
    return [...changes, ...this.#retire(left, input.move!, input.at + (input.retire ?? 0), [...path, action])]
  }

  /** A name is where its cluster has it, or among the public ones; a service by all names that lead to it. */
  #placesOf(given: string, mustBe: boolean, path: Path): Place[] {
    const { addresses, authorities } = this.#context
    const service = given.includes('/') ? addresses.ofService(given) : []
    if (given.includes('/') && service.length === 0) {
      const expected = 'expected a service with an address, or a name that has records'
      this.#problems.refuse(path, this.#problems.unknownName('service', given, addresses.services, expected))
      return []
    }
    const places = given.includes('/')
      ? this.#namesOfService(given, service)
      : this.#placesOfName(given, path)
    const known = places.filter(({ name, authority }) =>
      TYPES.some((type) => zoneIn(authority, name)!.find(dnsName(name), type) !== undefined),
    )
    if (known.length > 0) return known
    if (!mustBe) return places.slice(0, 1)
    const names = authorities.flatMap(({ zones }) =>
      zones.flatMap((zone) => zone.records().map(({ name }) => name)),
    )
    const refusal = this.#problems.unknownName('name', given, names, 'nobody has a record of it then')
    if (places.length > 0 || given.includes('/')) this.#problems.refuse(path, refusal)
    return []
  }

  #placesOfName(given: string, path: Path): Place[] {
    const refusal = nameRefusal(given)
    if (refusal !== undefined) {
      this.#problems.refuse(path, `${quote(given)} ${refusal}`)
      return []
    }
    // a cluster's zone is nearer than the root
    return this.#context.authorities
      .filter((authority) => zoneIn(authority, given) !== undefined)
      .map((authority) => ({ name: dnsName(given), authority }))
      .sort((a, b) => originLength(b) - originLength(a))
  }

  #namesOfService(id: string, all: readonly string[]): Place[] {
    return this.#context.authorities.flatMap((authority) => {
      const own = authority.cluster?.cluster.services.find((service) => service.id === id)
      // inside of another cluster the same private address is another service's
      const isOthers = authority.cluster !== undefined && own === undefined
      const addresses = isOthers ? all.filter(isPublic) : all
      const called = authority.zones.flatMap((zone) => zone.records())
      const names = called
        .filter(
          ({ type, values }) =>
            TYPES.some((each) => each === type) && values.some((each) => addresses.includes(each)),
        )
        .map(({ name }) => name)
      const named = own === undefined ? [] : [dnsName(serviceName(own, 'cluster.local'))]
      return [...new Set([...names, ...named])].map((name) => ({ name, authority }))
    })
  }

  #change({ name, authority }: Place, atPs: number, put: readonly Records[], path: Path): EventBlueprint[] {
    const zone = zoneIn(authority, name)!
    const remove = TYPES.filter((type) => zone.find(dnsName(name), type) !== undefined).map((type) => ({
      name,
      type,
    }))
    try {
      for (const each of remove) zone.remove(each)
      for (const each of put) zone.replace(each)
    } catch (error) {
      this.#problems.refuse(path, error instanceof Error ? error.message : String(error))
      return []
    }
    const kept = new Set(put.map(({ type }) => type as string))
    const gone = remove.filter(({ type }) => !kept.has(type) || put[0]?.type === 'CNAME')
    return [{ atPs, action: 'change-records', target: name, authority: authority.name, remove: gone, put }]
  }

  #addressesAt({ name, authority }: Place): readonly string[] {
    const zone = zoneIn(authority, name)!
    return (['A', 'AAAA'] as const).flatMap((type) => zone.find(dnsName(name), type)?.values ?? [])
  }

  #ttlOf({ name, authority }: Place): number {
    const zone = zoneIn(authority, name)!
    const known = TYPES.map((type) => zone.find(dnsName(name), type)).find((set) => set !== undefined)
    return known?.ttlPs ?? publicTtlPs(this.#context.input)
  }

  /** Nothing serves at these addresses any more: services by others alone, pods stop, hosts are switched off. */
  #retire(
    left: readonly { readonly address: string; readonly places: readonly Place[] }[],
    moved: string,
    atPs: number,
    path: Path,
  ): EventBlueprint[] {
    const { addresses: known, network } = this.#context
    const workloads = new Set((network.interfaces?.policies.workloads ?? []).map(({ name }) => name))
    return left.flatMap(({ address, places }): EventBlueprint[] => {
      const services = known.servicesAt(address)
      if (services.length === 1) return [{ atPs, action: 'withdraw', target: address }]
      if (services.length > 1) {
        const isOf = (id: string) => id === moved || places.some((place) => hasService(place, id))
        const meant = services.filter(isOf)
        if (meant.length === 0) this.#problems.refuse(path, sharedAddress(address, services))
        return meant.map((service) => ({ atPs, action: 'withdraw', target: address, service }))
      }
      const host = known.hostOf(address)
      if (host === undefined) return []
      return [{ atPs, action: workloads.has(host) ? 'stop' : 'fail', target: host }]
    })
  }
}

const hasService = ({ authority: { cluster } }: Place, id: string): boolean =>
  cluster?.cluster.services.some((service) => service.id === id) === true

const sharedAddress = (address: string, services: readonly string[]): string =>
  `${quote(address)}, which is to go out of service, is of ${list(services)}, each in its own cluster; let names that move stand for public addresses: type LoadBalancer, and the region addresses.loadBalancers`

const originLength = ({ name, authority }: Place): number => zoneIn(authority, name)!.origin.length
