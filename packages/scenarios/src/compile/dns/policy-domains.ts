import {
  type DomainEventBlueprint,
  dnsName,
  type EventBlueprint,
  matchesDomain,
  type NetworkBlueprint,
  type Policy,
  type RecordsEventBlueprint,
} from '@weft/fabric'
import type { DnsInput } from '../../schema/dns.ts'
import { Problems, quote } from '../problems.ts'
import { NamedAddresses } from './named-addresses.ts'
import type { NamedClusters } from './published-names.ts'
import { type ScenarioAuthority, scenarioAuthorities, WORLD, zoneIn } from './scenario-zones.ts'

/** Aliases that are followed, as resolvers do. */
const ALIASES_MAX = 8

/** What stands for a name for a while; Infinity where it has no end. */
interface Holding {
  readonly address: string
  readonly fromPs: number
  toPs: number
}

/** What a name stands for, by way of aliases. */
interface Resolved {
  readonly addresses: readonly string[]
  /** Names on the way. */
  readonly way: string
  /** For how long the addresses may be kept, and for how long any of the aliases. */
  readonly ttlPs: number
  readonly aliasTtlPs: number
}

/** The network, whose policies know what their domain names stand for, and how that changes in the course of a run. */
export interface NetworkWithDomains {
  readonly network: NetworkBlueprint
  readonly events: readonly DomainEventBlueprint[]
}

/**
 * Tells policies what the public names in their rules stand for. An address that a name has no more stays one of it until
 * the record has expired wherever it may be kept. Warns of names that nobody ever has a record of.
 */
export function withPolicyDomains(
  input: DnsInput | undefined,
  network: NetworkBlueprint,
  named: NamedClusters,
  events: readonly EventBlueprint[],
  endPs: number,
  problems: Problems,
): NetworkWithDomains {
  const { interfaces } = network
  const rules = [...domainRules(interfaces?.policies.policies ?? []), ...domainRules(appliedBy(events))]
  if (interfaces === undefined || rules.length === 0) return { network, events: [] }
  const [world] = scenarioAuthorities(input ?? {}, new NamedAddresses(network), named, new Problems())
  const records = new PublicRecords(
    world!,
    rules.map(({ name }) => name),
  )
  records.play(events.filter(isOfWorld))
  for (const { where, name } of rules)
    if (!records.isEverKnown(name)) problems.warn(['kubernetes'], unknownDomain(where, name))
  const domains = Object.fromEntries(records.at(0))
  const policies = { ...interfaces.policies, domains }
  return { network: { ...network, interfaces: { ...interfaces, policies } }, events: records.events(endPs) }
}

const unknownDomain = (where: string, name: string): string =>
  `${where}: the scenario has no public record of domain name ${quote(name)}, so that the rule lets nobody through to it; ` +
  'give it one, as in dns: { records: { api.example.com: 192.0.2.1 } }'

const isOfWorld = (event: EventBlueprint): event is RecordsEventBlueprint =>
  event.action === 'change-records' && event.authority === WORLD

const appliedBy = (events: readonly EventBlueprint[]): Policy[] =>
  events.flatMap((event) => ('policy' in event && event.policy !== undefined ? [event.policy] : []))

/** Domain names in rules; only those of egress have some. */
function domainRules(policies: readonly Policy[]): { readonly where: string; readonly name: string }[] {
  return policies.flatMap((policy) =>
    (policy.egress ?? []).flatMap((rule) =>
      (rule.peers ?? []).flatMap((peer) =>
        peer.kind === 'domain' ? [{ where: `${policy.name}, ${rule.name}`, name: peer.name }] : [],
      ),
    ),
  )
}

/** Public names that rules are about, and which addresses each has when. */
class PublicRecords {
  readonly #world: ScenarioAuthority
  readonly #patterns: readonly string[]
  readonly #holdings = new Map<string, Holding[]>()

  constructor(world: ScenarioAuthority, patterns: readonly string[]) {
    this.#world = world
    this.#patterns = [...new Set(patterns)]
    this.#look(0, new Map())
  }

  /** Changes of records, one instant after the other. */
  play(changes: readonly RecordsEventBlueprint[]): void {
    const instants = new Set(changes.map(({ atPs }) => atPs))
    for (const atPs of [...instants].sort((a, b) => a - b)) {
      const before = new Map(this.#names().map((name) => [name, this.#resolve(name)]))
      for (const { remove, put } of changes.filter((change) => change.atPs === atPs)) {
        for (const each of remove) zoneIn(this.#world, each.name)!.remove(each)
        for (const each of put) zoneIn(this.#world, each.name)!.replace(each)
      }
      this.#look(atPs, before)
    }
  }

  isEverKnown(pattern: string): boolean {
    return [...this.#holdings].some(([name, held]) => held.length > 0 && matchesDomain(pattern, name))
  }

  /** Addresses of each name from this instant on. */
  at(atPs: number): [name: string, addresses: string[]][] {
    return [...this.#holdings]
      .map(([name, held]): [string, string[]] => {
        const current = held.filter(({ fromPs, toPs }) => fromPs <= atPs && atPs < toPs)
        return [name, [...new Set(current.map(({ address }) => address))].sort()]
      })
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }

  /** What changes up to an instant, after the start. */
  events(endPs: number): DomainEventBlueprint[] {
    const instants = [...this.#holdings.values()].flat().flatMap(({ fromPs, toPs }) => [fromPs, toPs])
    let before = new Map(this.at(0).map(([name, addresses]) => [name, addresses.join()]))
    return [...new Set(instants)]
      .filter((atPs) => atPs > 0 && atPs <= endPs)
      .sort((a, b) => a - b)
      .flatMap((atPs) => {
        const now = this.at(atPs)
        const changed = now.filter(([name, addresses]) => before.get(name) !== addresses.join())
        before = new Map(now.map(([name, addresses]) => [name, addresses.join()]))
        return changed.map(([target, addresses]) => ({
          atPs,
          action: 'set-domain' as const,
          target,
          addresses,
        }))
      })
  }

  /** Takes down what names stand for from now on, and `before` did. */
  #look(atPs: number, before: ReadonlyMap<string, Resolved>): void {
    for (const name of new Set([...this.#names(), ...this.#holdings.keys()])) {
      const held = this.#holdings.get(name) ?? []
      const { addresses, way } = this.#resolve(name)
      const { ttlPs, aliasTtlPs, way: wayBefore } = before.get(name) ?? NOTHING
      const keptPs = way === wayBefore ? ttlPs : Math.max(ttlPs, aliasTtlPs)
      for (const holding of held)
        if (holding.toPs === Infinity && !addresses.includes(holding.address)) holding.toPs = atPs + keptPs
      for (const address of addresses)
        if (!held.some((holding) => holding.address === address && holding.toPs === Infinity))
          held.push({ address, fromPs: atPs, toPs: Infinity })
      this.#holdings.set(name, held)
    }
  }

  /** Names with records that rules are about, and those that rules name, which a wildcard may answer for. */
  #names(): string[] {
    const known = this.#world.zones.flatMap((zone) => zone.records().map(({ name }) => String(name)))
    const meant = known.filter((name) => this.#patterns.some((pattern) => matchesDomain(pattern, name)))
    return [...new Set([...meant, ...this.#patterns])]
  }

  #resolve(name: string): Resolved {
    const way = [name]
    let aliasTtlPs = 0
    while (way.length <= ALIASES_MAX) {
      const at = way.at(-1)!
      const zone = zoneIn(this.#world, at)
      const find = (type: 'A' | 'AAAA' | 'CNAME') => zone?.answerFor(dnsName(at), type)
      const sets = [find('A'), find('AAAA')].filter((set) => set !== undefined)
      if (sets.length > 0) {
        const ttlPs = Math.max(...sets.map((set) => set.ttlPs))
        return { addresses: sets.flatMap(({ values }) => values), way: way.join(), ttlPs, aliasTtlPs }
      }
      const alias = find('CNAME')
      if (alias === undefined) break
      aliasTtlPs = Math.max(aliasTtlPs, alias.ttlPs)
      way.push(alias.values[0]!)
    }
    return { ...NOTHING, way: way.join(), aliasTtlPs }
  }
}

const NOTHING: Resolved = { addresses: [], way: '', ttlPs: 0, aliasTtlPs: 0 }
