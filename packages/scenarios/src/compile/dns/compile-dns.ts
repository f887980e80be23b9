import {
  canonicalAddress,
  dnsName,
  type EventBlueprint,
  nameRefusal,
  type NamesBlueprint,
  type NetworkBlueprint,
  type TrafficBlueprint,
  Zone,
} from '@weft/fabric'
import type { ReadEvent } from '../../life/event-actions.ts'
import type { DnsInput } from '../../schema/dns.ts'
import type { Problems } from '../problems.ts'
import { endPs, type RunPlan } from '../run.ts'
import { addressesIn, recordsIn, wildcardsFor } from './addresses-in.ts'
import { headlessEvents } from './headless-events.ts'
import { NamedAddresses } from './named-addresses.ts'
import { compileNameEvents } from './name-events.ts'
import { namesBlueprint } from './name-servers.ts'
import type { NamedClusters } from './published-names.ts'
import { type ScenarioAuthority, scenarioAuthorities } from './scenario-zones.ts'

/** Names of a scenario while it runs. */
export interface ScenarioDns {
  readonly events: readonly EventBlueprint[]
  /**
   * Addresses of a name at the start to those in a cluster, as it is or below its zones; none where it has none then. To hosts
   * of none: what is public, and of the only cluster of a scenario all that it has.
   */
  addressesOf(name: string, cluster?: string): readonly string[]
  /** Addresses that a name stands for at the start, or is said to later, to anybody. */
  everAddressesOf(name: string): readonly string[]
  /** The same, to those in a cluster or in none: see `addressesOf`. */
  everAddressesTo(cluster: string | undefined, name: string): readonly string[]
  /** Whether a name has records at the start, or is given some later: as it is, or within the namespace of some pods. */
  isEverKnown(name: string): boolean
  /** What the network knows of names, for the traffic that goes to some. */
  blueprintFor(traffic: readonly TrafficBlueprint[]): NamesBlueprint
}

/** Undefined where names are looked up when the scenario is built, and no more. */
export function compileDns(
  input: DnsInput | undefined,
  network: NetworkBlueprint,
  named: NamedClusters,
  happenings: readonly ReadEvent[],
  life: readonly EventBlueprint[],
  run: RunPlan,
  problems: Problems,
): ScenarioDns | undefined {
  if (input === undefined) {
    for (const { action, path } of happenings)
      if (action === 'record' || action === 'removeRecord' || action === 'move')
        problems.refuse(
          [...path, action],
          'records change while the network runs, but its hosts look nothing up then; give the scenario "dns", as in dns: {}',
        )
    return undefined
  }
  const { clusters } = named
  const addresses = new NamedAddresses(network)
  const authorities = scenarioAuthorities(input, addresses, named, problems)
  const context = { input, network, addresses, authorities, endPs: endPs(run) }
  const stated = compileNameEvents(happenings, context, problems)
  // what the scenario says of a name is what it says from then on
  const taken = new Set(stated.map(({ target }) => target))
  const followed = authorities
    .flatMap((authority) => headlessEvents(input, network, addresses, authority, life))
    .filter(({ target, atPs }) => !taken.has(target) && atPs <= context.endPs)
  const events = [...followed, ...stated]
  const start = new Records(authorities)
  const ofCluster = new Map(
    clusters.map(({ name }) => [
      name,
      new Records(authorities.filter(({ cluster }) => cluster === undefined || cluster.name === name)),
    ]),
  )
  const open =
    clusters.length > 1 ? new Records(authorities.filter(({ cluster }) => cluster === undefined)) : start
  const later = new Set(
    events.flatMap((event) => (event.action === 'change-records' ? [String(dnsName(event.target))] : [])),
  )
  const namespaces = new Set(
    clusters.flatMap(({ cluster }) => cluster.pods.map(({ namespace }) => namespace)),
  )
  const isKnown = (name: string) =>
    start.addressesOf(name).length > 0 ||
    start.spellings(name).some((spelling) => [...wildcardsFor(spelling)].some((each) => later.has(each)))
  const recordsTo = (cluster: string | undefined) => (cluster === undefined ? open : ofCluster.get(cluster)!)
  return {
    events,
    addressesOf: (name, cluster) => recordsTo(cluster).addressesOf(name),
    everAddressesOf: (name) => start.everAddressesOf(name, events),
    everAddressesTo: (cluster, name) => recordsTo(cluster).everAddressesOf(name, events),
    isEverKnown: (name) => isKnown(name) || [...namespaces].some((each) => isKnown(`${name}.${each}`)),
    blueprintFor: (traffic) => namesBlueprint(input, authorities, traffic),
  }
}

/** Records at the start, of some servers together. */
class Records {
  readonly #servers: ReadonlySet<string>
  readonly #zones: readonly Zone[]

  constructor(authorities: readonly ScenarioAuthority[]) {
    this.#servers = new Set(authorities.map(({ name }) => name))
    this.#zones = authorities.flatMap(({ blueprints }) => blueprints.map((zone) => new Zone(zone)))
  }

  addressesOf(name: string): readonly string[] {
    for (const spelling of this.spellings(name)) {
      const found = addressesIn(this.#zones, spelling)
      if (found.length > 0) return found
    }
    return []
  }

  /** Aliases are followed wherever they led or will lead. */
  everAddressesOf(name: string, events: readonly EventBlueprint[]): readonly string[] {
    const addresses = new Set<string>()
    const names = new Set(this.spellings(name))
    const puts = events.flatMap((event) =>
      event.action === 'change-records' && this.#servers.has(event.authority) ? event.put : [],
    )
    for (const each of names) {
      const owners = wildcardsFor(each)
      const put = puts.filter((records) => owners.has(String(dnsName(records.name))))
      for (const { type, values } of [...recordsIn(this.#zones, each), ...put])
        if (type === 'CNAME') names.add(String(dnsName(values[0]!)))
        else if (type === 'A' || type === 'AAAA') for (const address of values) addresses.add(address)
    }
    return [...addresses].map(canonicalAddress)
  }

  spellings(name: string): string[] {
    if (nameRefusal(name) !== undefined) return []
    const below = this.#zones
      .map(({ origin }) => origin)
      .filter((origin) => origin !== '.' && !origin.endsWith('.arpa'))
      .flatMap((origin) => [`${name}.${origin}`, `${name}.svc.${origin}`])
    return [name, ...(name.endsWith('.') ? [] : below)].flatMap((each) =>
      nameRefusal(each) === undefined ? [String(dnsName(each))] : [],
    )
  }
}
