import { clusterSubject, MADE_UP_PREFIXES, type ReachPer, type ReachSubject } from '../connectivity/index.ts'
import { scenarioSubject } from '../connectivity/reach.ts'
import { manifestArgument, pathArgument } from './manifest-argument.ts'
import { scenarioArgument } from './scenario-argument.ts'
import type { Terminal } from './terminal.ts'

/** What `weft reach` is asked about. */
export interface ReachArgument {
  readonly path: string
  readonly subject: ReachSubject
  readonly noun: 'workload' | 'pod' | 'host'
}

/** Manifests, or a scenario with some, or with none: then its hosts, which nothing keeps apart. */
export async function reachArgument(path: string, per: ReachPer, terminal: Terminal): Promise<ReachArgument> {
  const found = pathArgument(path)
  if (found.kind === 'manifests') {
    const { cluster } = await manifestArgument(found, terminal)
    const subject = clusterSubject(cluster, per)
    if (subject.set.workloads.length === 0)
      terminal.note(
        `${path}: warning: there is no workload in it: no Pod, Deployment or other kind with pods`,
      )
    noteAddresses(path, subject, terminal)
    return { path, subject, noun: per }
  }
  const { compiled, warnings } = await scenarioArgument(path, terminal, {}, found)
  for (const warning of warnings) terminal.note(`${path}: warning: ${warning}`)
  const subject = scenarioSubject(compiled, per)
  if (compiled.clusters.length > 0) return { path, subject, noun: per }
  terminal.note(
    `${path}: no workloads, as it has no kubernetes section; told of its hosts, which all reach each other, as nothing in a fabric filters`,
  )
  return { path, subject, noun: 'host' }
}

/** Where it may change an answer, that addresses were made up. */
function noteAddresses(path: string, { set, madeUpAddresses }: ReachSubject, terminal: Terminal): void {
  const rules = set.policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress])
  const isAboutPrefixes = rules.some(({ peers = [] }) => peers.some(({ kind }) => kind === 'addresses'))
  if (madeUpAddresses === 0 || !isAboutPrefixes) return
  const pods = madeUpAddresses === 1 ? '1 pod states' : `${madeUpAddresses} pods state`
  terminal.note(
    `${path}: ${pods} no address; given from ${MADE_UP_PREFIXES.join(' and ')}, where rules about prefixes may match`,
  )
}
