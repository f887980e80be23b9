import type { CompiledScenario } from '../compile/compile.ts'
import type { IpBlocks } from '../compile/clusters/ip-blocks.ts'
import { type Cluster, type ManifestTexts, readManifests } from '../kubernetes/index.ts'
import { compareReach, type ReachDiff } from './compare-reach.ts'
import { Connectivity, type ConnectivityOptions } from './connectivity.ts'
import { FabricReach } from './fabric-reach.ts'
import {
  clusterSubject,
  hostSubject,
  placedSubject,
  type ReachPer,
  type ReachSubject,
} from './reach-subject.ts'

/** Of a scenario. */
export interface SubjectOptions {
  readonly per?: ReachPer
  readonly ipBlocks?: IpBlocks
  /** What policies permit, whether or not the fabric carries it. Default false. */
  readonly policyOnly?: boolean
}

/** What of all connections is asked about. */
export interface ReachOptions extends ConnectivityOptions {
  /** What stands for itself: a workload with all its pods, or each pod. Default workload. */
  readonly per?: ReachPer
  /** Whom prefixes in policies match: pods too, or not. Default everyone, or what the scenario says. */
  readonly ipBlocks?: IpBlocks
}

export interface ScenarioReachOptions extends ReachOptions, SubjectOptions {}

/** Options of manifests whose text is given. */
export interface ManifestReachOptions extends ReachOptions {
  /** Of manifests that name none. Default `default`. */
  readonly namespace?: string
}

/**
 * Who may connect to whom by the network policies of manifests: `reach({ 'shop.yaml': text }).allows('shop/front', 'shop/cart',
 * { port: 6379 })`. Throws a ManifestError for what is wrong in them.
 */
export function reach(
  manifests: ManifestTexts | Cluster,
  { per, ipBlocks, namespace, ...options }: ManifestReachOptions = {},
): Connectivity {
  const cluster = isCluster(manifests)
    ? manifests
    : readManifests(manifests, namespace === undefined ? {} : { namespace })
  return new Connectivity(matching(clusterSubject(cluster, per), ipBlocks), options)
}

/** Which connections appear, disappear and change from one set of manifests to another. Throws as `reach` does. */
export const diffManifests = (
  before: ManifestTexts | Cluster,
  after: ManifestTexts | Cluster,
  options: ManifestReachOptions = {},
): ReachDiff => compareReach(reach(before, options), reach(after, options))

/**
 * Whom a scenario's reach is about: the workloads of its clusters, or its hosts where it has none; on its fabric, unless policies
 * alone are asked about.
 */
export function scenarioSubject(
  { clusters, blueprint }: CompiledScenario,
  { per = 'workload', ipBlocks, policyOnly = false }: SubjectOptions = {},
): ReachSubject {
  const { network } = blueprint
  const placed = network.interfaces?.policies
  const subject =
    clusters.length > 0 && placed !== undefined
      ? matching(placedSubject(clusters, placed, per), ipBlocks)
      : hostSubject(network)
  return policyOnly ? subject : { ...subject, fabric: new FabricReach(network) }
}

/** The subject, in whose policies prefixes match these. */
export const matching = (subject: ReachSubject, ipBlocks: IpBlocks | undefined): ReachSubject =>
  ipBlocks === undefined
    ? subject
    : { ...subject, set: { ...subject.set, addressesMatchWorkloads: ipBlocks === 'everyone' } }

/** Texts are text, and of a cluster nothing is. */
const isCluster = (given: ManifestTexts | Cluster): given is Cluster =>
  Array.isArray((given as Cluster).workloads) && Array.isArray((given as Cluster).policies)
