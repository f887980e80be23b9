import { type NetworkBlueprint, parsePrefix, type Prefix } from '@weft/fabric'
import { type CloudNetwork, cloudNetwork } from '../cloud/cloud-network.ts'
import { PODS_PER_HOST_DEFAULT } from '../cloud/place-pods.ts'
import type { Cluster } from '../kubernetes/index.ts'
import type { KubernetesInput } from '../schema/kubernetes.ts'
import type { RegionInput } from '../schema/region.ts'
import { DEFAULTS } from './defaults.ts'
import { type Path, type Problems, quote } from './problems.ts'
import { asList } from './selectors.ts'

/** Where a scenario's other files come from. */
export interface ScenarioSources {
  /** The cluster of the manifests that these paths and patterns name. Throws a ManifestError for what is wrong in them. */
  readonly cluster?: (patterns: readonly string[], namespace: string | undefined) => Cluster
}

/** A cluster of a scenario, on the hosts of its region. */
export interface CompiledCluster {
  readonly region: string
  readonly cluster: Cluster
  readonly cloud: CloudNetwork
}

/** The network with the clusters' pods on its hosts; undefined where any was refused. */
export function compileKubernetes(
  inputs: KubernetesInput,
  regions: Readonly<Record<string, RegionInput>>,
  network: NetworkBlueprint,
  sources: ScenarioSources,
  problems: Problems,
): { readonly network: NetworkBlueprint; readonly clusters: readonly CompiledCluster[] } | undefined {
  const before = problems.issues.length
  const clusters: CompiledCluster[] = []
  const prefixes = new Map(
    Object.entries(regions).map(([name, { addresses }]) => {
      const read = (key: 'workloads' | 'services') =>
        prefixesOf(asList(addresses?.[key] ?? DEFAULTS[key]), ['regions', name, 'addresses', key], problems)
      return [name, { workloads: read('workloads'), services: read('services') }]
    }),
  )
  if (inputs.length > 1)
    problems.refuse(['kubernetes', 1], 'there is one cluster already; several are not available yet')
  for (const [index, input] of inputs.slice(0, 1).entries()) {
    const path = ['kubernetes', index]
    const region = regions[input.region]
    if (region === undefined) {
      const names = Object.keys(regions)
      const expected = `expected one of ${names.join(', ')}`
      problems.refuse([...path, 'region'], problems.unknownName('region', input.region, names, expected))
    }
    if (Object.keys(regions).length > 1)
      problems.refuse([...path, 'region'], 'clusters in scenarios of several regions are not available yet')
    if (sources.cluster === undefined) {
      problems.refuse([...path, 'manifests'], 'there is nothing to read manifests from; run the weft command')
      continue
    }
    if (region === undefined || problems.issues.length > before) continue
    const cluster = sources.cluster(asList(input.manifests), input.namespace)
    const cloud = cloudNetwork(cluster, network, {
      workloadPrefixes: prefixes.get(input.region)!.workloads,
      servicePrefixes: prefixes.get(input.region)!.services,
      balancer: input.balancer ?? 'random',
      strategy: input.placement ?? 'spread',
      podsPerHost: input.podsPerHost ?? PODS_PER_HOST_DEFAULT,
    })
    if (cloud.ok) clusters.push({ region: input.region, cluster, cloud })
    else for (const message of cloud.messages) problems.refuse(path, message)
  }
  if (problems.issues.length > before) return undefined
  return { network: clusters[0]?.cloud.network ?? network, clusters }
}

function prefixesOf(texts: readonly string[], path: Path, problems: Problems): Prefix[] {
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
