import {
  attachInternet,
  type EdgeBlueprint,
  edgeIssues,
  gatewayNames,
  type NetworkBlueprint,
  naturalCompare,
  type OutsideHost,
  type RegionInternet,
} from '@weft/fabric'
import { MS } from '@weft/core'
import type { RegionInternetInput } from '../../schema/internet.ts'
import type { RegionInput } from '../../schema/region.ts'
import type { ScenarioInput } from '../../schema/scenario.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { fabricSettings, linkOptions } from '../fabric/link-options.ts'
import { isSuccessor } from '../../life/successors.ts'
import { type Problems, quote } from '../problems.ts'
import { asList, patternOf } from '../selectors/selectors.ts'
import { isPublicPrefix } from './public-addresses.ts'
import { AddressOwners, claimPools } from './address-owners.ts'
import { type AttachedWorkload, compileDirectAttach, withAttached } from './direct-attach.ts'
import { insideServices } from './inside-services.ts'
import { compileNat } from './nat.ts'
import { insideOf } from './inside-addresses.ts'
import { clientsOf, insideAddresses, namedAddresses, outsideHosts } from './outside-hosts.ts'
import { type PublicServices, publicServices } from './public-services.ts'
import { withUnassigned } from './unassigned.ts'

const DELAY_PS = 5 * MS
const INTERNET = 'internet'
const TOP_TIERS = ['core', 'spine']

/** The network with its ways to the internet, and what is public in it; undefined where anything was refused. */
export function compileInternet(
  input: ScenarioInput,
  bare: NetworkBlueprint,
  clusters: readonly CompiledCluster[],
  problems: Problems,
): NetworkBlueprint | undefined {
  const before = problems.issues.length
  const { regions } = input
  const owners = ownersIn(input, bare, problems)
  const attached = compileDirectAttach(input.directAttach ?? [], bare, clusters, owners, problems)
  const services = publicServices(withAttached(bare, attached), regions, clusters, owners.claimed, problems)
  const inside = insideServices(services.network, regions, clusters, problems)
  const online = Object.keys(regions)
    .filter((name) => regions[name]!.internet !== undefined)
    .sort(naturalCompare)
  refuseOffline(input, attached, online, problems)
  if (problems.issues.length > before) return undefined
  if (online.length === 0) return inside.network
  if (regions[INTERNET] !== undefined)
    problems.refuse(
      ['regions', INTERNET],
      'the name is taken where regions have a way to the internet; choose another',
    )
  const ways = online.map((name) => regionWay(name, regions[name]!, services.network, problems))
  if (problems.issues.length > before) return undefined
  const bordering = online.map((name, i) => ({
    ...edgeOf(
      name,
      regions[name]!,
      ways[i]!,
      { attached, services, inside: () => insideOf(name, bare, attached, clusters) },
      problems,
    ),
    ...(inside.byRegion.has(name) && { inside: inside.byRegion.get(name)! }),
  }))
  const taken = insideAddresses(services.network, bordering)
  const edges = withUnassigned(bordering, namedAddresses(input), taken)
  const called = inside.network.interfaces?.services ?? []
  const outside = outsideHosts(input, called, taken, edges, problems)
  if (problems.issues.length > before) return undefined
  const network = withInternet(inside.network, ways, outside, edges)
  edges.forEach((edge) => void refuseIssues(edge, network, problems))
  return problems.issues.length > before ? undefined : network
}

/** Whose each address is before any is given out: networks', pools', and clients' on the internet. */
function ownersIn(input: ScenarioInput, network: NetworkBlueprint, problems: Problems): AddressOwners {
  const owners = new AddressOwners(network)
  const { regions } = input
  const isOnline = Object.values(regions).some(({ internet }) => internet !== undefined)
  for (const { name, addresses } of isOnline ? clientsOf(input) : [])
    for (const address of addresses) if (owners.of(address) === undefined) owners.claim(address, `${name}'s`)
  claimPools(owners, regions, problems)
  return owners
}

function withInternet(
  network: NetworkBlueprint,
  ways: readonly RegionInternet[],
  outside: readonly OutsideHost[],
  edges: readonly EdgeBlueprint[],
): NetworkBlueprint {
  return { ...network, ...attachInternet(network, ways, outside), edges }
}

/** What has no effect, or cannot be, without a way to the internet. */
function refuseOffline(
  { regions, internet }: ScenarioInput,
  attached: readonly AttachedWorkload[],
  online: readonly string[],
  problems: Problems,
): void {
  for (const [name, region] of Object.entries(regions))
    if (region.nat !== undefined && region.internet === undefined)
      problems.refuseKey(
        ['regions', name, 'nat'],
        '"nat" has no effect without a way to the internet; give the region "internet"',
      )
  if (internet !== undefined && online.length === 0)
    problems.refuseKey(
      ['internet'],
      '"internet" has no effect, as no region has a way there; give a region "internet"',
    )
  attached.forEach(({ workload, region, address, isPublic, index }) => {
    if (!isSuccessor(workload) && isPublic && !online.includes(region))
      problems.refuse(
        ['directAttach', index, 'address'],
        `${quote(address)} is public, but region ${region} has no way to the internet; give it "internet"`,
      )
  })
}

function regionWay(
  name: string,
  region: RegionInput,
  network: NetworkBlueprint,
  problems: Problems,
): RegionInternet {
  const path = ['regions', name, 'internet']
  const input = detailsOf(region.internet!)
  const isTranslating = network.nodes.some(
    (node) => node.kind === 'vswitch' && node.name.startsWith(`${name}/`),
  )
  if (input.translation === 'hosts' && !isTranslating)
    problems.refuse(
      [...path, 'translation'],
      `no workload runs on a host of ${name}, so that none translates; leave it to the gateways, or place workloads`,
    )
  const settings = fabricSettings(
    region.fabric.leafSpine ?? region.fabric.fatTree ?? region.fabric.graph ?? {},
    path,
    problems,
  )
  const link = linkOptions(input.link ?? input.rate, settings, [...path, 'link'], problems)
  return {
    region: name,
    gateways: input.gateways ?? 1,
    switches: gatewaySwitches(name, input.switches, network, problems),
    fabricLink: link,
    internetLink: {
      ...linkOptions({ rate: input.rate, delay: input.delay ?? DELAY_PS }, settings, path, problems),
    },
  }
}

const detailsOf = (input: RegionInternetInput): Exclude<RegionInternetInput, number> =>
  typeof input === 'number' ? { rate: input } : input

function gatewaySwitches(
  region: string,
  wanted: string | readonly string[] | undefined,
  { nodes, links }: NetworkBlueprint,
  problems: Problems,
): string[] {
  const own = nodes.filter((node) => node.kind === 'switch' && node.name.startsWith(`${region}/`))
  if (wanted !== undefined) {
    const path = ['regions', region, 'internet', 'switches']
    const names = own.map(({ name }) => name)
    return asList(wanted).flatMap((term) => {
      const matches = patternOf(term)
      const found = names.filter(matches)
      const expected = `switches are named as in ${quote(names[0]!)}`
      if (found.length === 0) problems.refuse(path, problems.unknownName('switch', term, names, expected))
      return found
    })
  }
  for (const tier of TOP_TIERS) {
    const top = own.filter((node) => node.kind === 'switch' && node.tier === tier)
    if (top.length > 0) return top.map(({ name }) => name)
  }
  const below = new Set(nodes.flatMap(({ kind, name }) => (kind === 'switch' ? [] : [name])))
  const edge = new Set(links.flatMap(({ ends: [a, b] }) => (below.has(a) ? [b] : below.has(b) ? [a] : [])))
  const upper = own.filter(({ name }) => !edge.has(name))
  return (upper.length > 0 ? upper : own).map(({ name }) => name)
}

interface EdgeParts {
  readonly attached: readonly AttachedWorkload[]
  readonly services: PublicServices
  /** Addresses of the region that NAT may stand for. */
  readonly inside: () => readonly string[]
}

function edgeOf(
  name: string,
  region: RegionInput,
  way: RegionInternet,
  { attached, services: { byRegion }, inside }: EdgeParts,
  problems: Problems,
): EdgeBlueprint {
  const { translation = 'gateways' } = detailsOf(region.internet!)
  const prefixes = asList(region.addresses?.loadBalancers ?? []).filter(isPublicPrefix)
  return {
    region: name,
    gateways: gatewayNames(way),
    place: translation,
    services: byRegion.get(name) ?? [],
    ...(prefixes.length > 0 && { prefixes }),
    attached: attached
      .filter((each) => each.region === name && each.isPublic)
      .map(({ workload, address }) => ({ workload, address })),
    ...(region.nat !== undefined && compileNat(region.nat, inside, ['regions', name, 'nat'], problems)),
  }
}

function refuseIssues(edge: EdgeBlueprint, network: NetworkBlueprint, problems: Problems): void {
  const path = ['regions', edge.region, edge.nat === undefined ? 'internet' : 'nat']
  for (const issue of edgeIssues(edge, network))
    problems.refuse(path, issue.path.length === 0 ? issue.message : `${scenarioKey(issue)}: ${issue.message}`)
}

/** The edge's option in a scenario's words. */
function scenarioKey({ path }: { readonly path: readonly (string | number)[] }): string {
  const key = path.join('.')
  return key === 'blocks.hosts' ? 'blocks.deterministic' : key
}
