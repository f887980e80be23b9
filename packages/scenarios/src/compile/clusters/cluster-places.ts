import { naturalCompare, overlaps, parsePrefix, type Prefix } from '@weft/fabric'
import type { Cluster } from '../../kubernetes/index.ts'
import type { KubernetesInput } from '../../schema/kubernetes.ts'
import type { RegionInput } from '../../schema/region.ts'
import { DEFAULTS } from '../defaults.ts'
import type { HostIndex } from '../selectors/hosts.ts'
import { type Path, type Problems, quote } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'

type Regions = Readonly<Record<string, RegionInput>>

/** A cluster's name, and the hosts that are its nodes. */
export interface ClusterPlace {
  readonly input: KubernetesInput[number]
  readonly path: Path
  readonly name: string
  readonly region: string
  readonly hosts: readonly string[]
}

/** Where a region's pods and services get addresses from. */
export interface RegionPrefixes {
  readonly workloads: readonly Prefix[]
  readonly services: readonly Prefix[]
}

/** By name, whatever the order in the file; refuses names that two have, and hosts. */
export function clusterPlaces(
  inputs: KubernetesInput,
  regions: Regions,
  index: HostIndex,
  problems: Problems,
): ClusterPlace[] {
  const names = Object.keys(regions)
  const places: ClusterPlace[] = []
  for (const [at, input] of inputs.entries()) {
    const path = ['kubernetes', at]
    const { region } = input
    if (!Object.hasOwn(regions, region)) {
      const expected = `expected one of ${names.join(', ')}`
      problems.refuse([...path, 'region'], problems.unknownName('region', region, names, expected))
      continue
    }
    const isAlone = inputs.every((other) => other === input || other.region !== region)
    if (input.name === undefined && !isAlone)
      problems.refuse(path, `${region} has several clusters; give each a "name"`)
    const name = input.name ?? region
    if (name !== region && names.includes(name))
      problems.refuse([...path, 'name'], `${quote(name)} is another region; call the cluster something else`)
    const hosts = hostsOf(input, index, path, problems)
    const place = { input, path, name, region, hosts }
    refuseShared(place, places, problems)
    places.push(place)
  }
  return places.sort((a, b) => naturalCompare(a.name, b.name))
}

function hostsOf(
  { region, hosts }: KubernetesInput[number],
  index: HostIndex,
  path: Path,
  problems: Problems,
): string[] {
  const isIn = (host: string) => host.startsWith(`${region}/`)
  if (hosts === undefined) return index.names.filter(isIn)
  const chosen = index.select(hosts, [...path, 'hosts'], problems)
  const stray = chosen.find((host) => !isIn(host))
  if (stray !== undefined)
    problems.refuse([...path, 'hosts'], `${quote(stray)} is not in ${region}; name hosts of one region`)
  return chosen
}

function refuseShared(
  { input, path, name, hosts }: ClusterPlace,
  before: readonly ClusterPlace[],
  problems: Problems,
) {
  const own = new Set(hosts)
  for (const other of before) {
    if (other.name === name && (input.name ?? other.input.name) !== undefined)
      problems.refuse([...path, 'name'], `there is a cluster named ${quote(name)} already`)
    const shared = other.hosts.find((host) => own.has(host))
    if (shared === undefined) continue
    const message = `${quote(shared)} is a node of ${other.name} already; a host is of one cluster: tell them apart by "hosts"`
    problems.refuse(input.hosts === undefined ? path : [...path, 'hosts'], message)
  }
}

/** By region. */
export function regionPrefixes(regions: Regions, problems: Problems): ReadonlyMap<string, RegionPrefixes> {
  return new Map(
    Object.entries(regions).map(([name, { addresses }]) => {
      const read = (key: 'workloads' | 'services') =>
        prefixesOf(asList(addresses?.[key] ?? DEFAULTS[key]), ['regions', name, 'addresses', key], problems)
      return [name, { workloads: read('workloads'), services: read('services') }]
    }),
  )
}

export function prefixesOf(texts: readonly string[], path: Path, problems: Problems): Prefix[] {
  const prefixes: Prefix[] = []
  for (const text of texts) {
    const parsed = parsePrefix(text)
    if (!parsed.ok) problems.refuse(path, parsed.message)
    else if (prefixes.some(({ family }) => family === parsed.prefix.family)) {
      const { family } = parsed.prefix
      const message = `${quote(text)} is a second ${family} prefix; give at most one of each family`
      problems.refuse(path, message)
    } else prefixes.push(parsed.prefix)
  }
  return prefixes
}

/** Pods of two regions must not get the same addresses: they are in one network. */
export function refuseSharedPrefixes(
  places: readonly ClusterPlace[],
  prefixes: ReadonlyMap<string, RegionPrefixes>,
  regions: Regions,
  problems: Problems,
): void {
  const names = [...new Set(places.map(({ region }) => region))].sort(naturalCompare)
  const isUnset = (name: string) => regions[name]!.addresses?.workloads === undefined
  for (const [at, name] of names.entries()) {
    for (const other of names.slice(0, at)) {
      const pair = common(prefixes.get(name)!.workloads, prefixes.get(other)!.workloads)
      if (pair === undefined) continue
      const unset = [name, other].find(isUnset)
      const remedy =
        unset === undefined
          ? 'give pods of each region prefixes of their own'
          : `${unset} has the default ${DEFAULTS.workloads}; give it "workloads" of its own`
      problems.refuse(
        isUnset(name) ? ['regions', name] : ['regions', name, 'addresses', 'workloads'],
        `pods of ${name} and ${other} would share addresses, as ${pair[0].text} and ${pair[1].text} overlap; ${remedy}`,
      )
    }
  }
}

/** Nodes' pod CIDRs, as manifests state them, must not overlap with what pods of other clusters have. */
export function refuseSharedCidrs(
  clusters: readonly { readonly place: ClusterPlace; readonly cluster: Cluster }[],
  prefixes: ReadonlyMap<string, RegionPrefixes>,
  problems: Problems,
): void {
  const cidrs = clusters.map(({ place, cluster }) => ({ place, cidrs: cidrsOf(cluster) }))
  for (const [at, one] of cidrs.entries()) {
    for (const other of cidrs.slice(0, at)) {
      const pair = common(one.cidrs, other.cidrs)
      if (pair !== undefined)
        problems.refuse(
          one.place.path,
          `pod CIDR ${pair[0].text} of ${one.place.name} overlaps with ${pair[1].text} of ${other.place.name}; clusters of one network need pod CIDRs of their own`,
        )
    }
    for (const { place } of clusters) {
      if (place.region === one.place.region) continue
      const pair = common(one.cidrs, prefixes.get(place.region)!.workloads)
      if (pair !== undefined)
        problems.refuse(
          one.place.path,
          `pod CIDR ${pair[0].text} of ${one.place.name} overlaps with ${pair[1].text}, which pods of ${place.region} get addresses from; give ${place.region} other "workloads"`,
        )
    }
  }
}

function common(some: readonly Prefix[], others: readonly Prefix[]): readonly [Prefix, Prefix] | undefined {
  for (const one of some) for (const other of others) if (overlaps(one, other)) return [one, other]
  return undefined
}

const cidrsOf = ({ nodes }: Cluster): Prefix[] =>
  nodes.flatMap(({ podCidrs }) =>
    podCidrs.flatMap((text) => {
      const parsed = parsePrefix(text)
      return parsed.ok ? [parsed.prefix] : []
    }),
  )
