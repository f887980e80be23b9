import type { IpBlocks } from '../compile/clusters/ip-blocks.ts'
import { clusterSubject, MADE_UP_PREFIXES, type ReachPer, type ReachSubject } from '../connectivity/index.ts'
import { matching, scenarioSubject } from '../connectivity/reach.ts'
import { manifestArgument, pathArgument } from './manifest-argument.ts'
import { scenarioArgument } from './scenario-argument.ts'
import type { Terminal } from './terminal.ts'

/** What `weft reach` is asked about. */
export interface ReachArgument {
  readonly path: string
  readonly subject: ReachSubject
  readonly noun: 'workload' | 'pod' | 'host'
  /** It was read as one, whose warnings are told already. */
  readonly isScenario: boolean
}

/** What counts beside `per`. */
export interface ReachCounts {
  readonly per: ReachPer
  readonly ipBlocks?: IpBlocks
  /** Policies alone, also for a scenario. */
  readonly policyOnly?: boolean
  /** The fabric too, also for manifests: one that is made up for them. */
  readonly fabric?: boolean
}

/**
 * Manifests, by their policies alone unless a fabric is to count; or a scenario with some, on its fabric; or with none: then its
 * hosts.
 */
export async function reachArgument(
  path: string,
  { per, ipBlocks, policyOnly = false, fabric = false }: ReachCounts,
  terminal: Terminal,
): Promise<ReachArgument> {
  const found = pathArgument(path)
  if (found.kind === 'manifests' && !fabric) {
    const { cluster } = await manifestArgument(found, terminal)
    const subject = matching(clusterSubject(cluster, per), ipBlocks)
    noteEmpty(path, subject, terminal)
    noteAddresses(path, subject, terminal)
    return { path, subject, noun: per, isScenario: false }
  }
  const { compiled, warnings } = await scenarioArgument(path, terminal, {}, found)
  for (const warning of warnings) terminal.note(`${path}: warning: ${warning}`)
  const subject = scenarioSubject(compiled, { per, policyOnly, ...(ipBlocks && { ipBlocks }) })
  if (compiled.clusters.length > 0) {
    if (found.kind === 'manifests') noteEmpty(path, subject, terminal)
    return { path, subject, noun: per, isScenario: true }
  }
  terminal.note(
    `${path}: no workloads, as it has no kubernetes section; told of its hosts, between which nothing filters`,
  )
  return { path, subject, noun: 'host', isScenario: true }
}

function noteEmpty(path: string, { set }: ReachSubject, terminal: Terminal): void {
  if (set.workloads.length > 0) return
  terminal.note(`${path}: warning: there is no workload in it: no Pod, Deployment or other kind with pods`)
}

/** Where it may change an answer, that addresses were made up. */
function noteAddresses(path: string, { set, madeUpAddresses }: ReachSubject, terminal: Terminal): void {
  const rules = set.policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress])
  const isAboutPrefixes = rules.some(({ peers = [] }) => peers.some(({ kind }) => kind === 'addresses'))
  if (madeUpAddresses === 0 || !isAboutPrefixes || set.addressesMatchWorkloads === false) return
  const pods = madeUpAddresses === 1 ? '1 pod states' : `${madeUpAddresses} pods state`
  terminal.note(
    `${path}: ${pods} no address; given from ${MADE_UP_PREFIXES.join(' and ')}, where rules about prefixes may match`,
  )
}
