import { type RecordsEventBlueprint, Zone } from '@weft/fabric'
import { headlessEvents } from '../compile/dns/headless-events.ts'
import { NamedAddresses } from '../compile/dns/named-addresses.ts'
import { type ScenarioAuthority, scenarioAuthorities, zoneIn } from '../compile/dns/scenario-zones.ts'
import { Problems } from '../compile/problems.ts'
import type { PlayedScenario } from './network-at.ts'

/** Zones of each server of names, by its name, as its records are at an instant, after the events up to then. */
export function zonesAt(scenario: PlayedScenario, atPs: number): ReadonlyMap<string, readonly Zone[]> {
  const { authorities, changes } = namesOf(scenario)
  const servers = new Map<string, ScenarioAuthority>()
  for (const { name, blueprints } of authorities)
    servers.set(name, { name, blueprints, zones: blueprints.map((zone) => new Zone(zone)) })
  const past = changes.filter((change) => change.atPs <= atPs).sort((a, b) => a.atPs - b.atPs)
  for (const { authority, remove, put } of past) {
    const server = servers.get(authority)!
    for (const each of remove) zoneIn(server, each.name)?.remove(each)
    for (const each of put) zoneIn(server, each.name)?.replace(each)
  }
  return new Map([...servers].map(([name, { zones }]) => [name, zones]))
}

/** What names stand for at the start, and how that changes. */
function namesOf(scenario: PlayedScenario) {
  const { blueprint, clusters = [], controllers = [] } = scenario
  const { names, ...network } = blueprint.network
  if (names !== undefined)
    return {
      authorities: names.authorities.map(({ name, zones }) => ({ name, blueprints: zones })),
      changes: blueprint.events.filter(
        (event): event is RecordsEventBlueprint => event.action === 'change-records',
      ),
    }
  // whose scenario says nothing of names has what clusters have by themselves
  const addresses = new NamedAddresses(network)
  const authorities = scenarioAuthorities({}, addresses, { clusters, controllers }, new Problems())
  const changes = authorities.flatMap((authority) =>
    headlessEvents({}, network, addresses, authority, blueprint.events),
  )
  return { authorities, changes }
}
