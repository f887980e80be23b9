import { goesToAddress, type NetworkBlueprint, type TrafficBlueprint } from '@weft/fabric'
import { firstOf, isSuccessor } from './successors.ts'

/**
 * Flows of a pod go on from whatever takes its place: of all that bear its name, those send that run. Streams do not: a stream
 * is of one sender, from its start to its end.
 */
export function withSuccessors(traffic: TrafficBlueprint, network: NetworkBlueprint): TrafficBlueprint {
  const { pairs, offered } = traffic
  const isOfFlows = offered.kind === 'flows' || offered.kind === 'burst'
  if (!isOfFlows || !network.interfaces?.stopped?.some(isSuccessor)) return traffic
  if (pairs.kind !== 'from-to' && !goesToAddress(traffic)) return traffic
  if (!('from' in pairs)) return traffic
  const from = withSuccessorsOf(pairs.from, network)
  return {
    ...traffic,
    pairs: { ...pairs, from },
    offered: amongAll(offered, from.length / pairs.from.length),
  }
}

/** Pods, and after them whatever takes their places. */
export function withSuccessorsOf(names: readonly string[], { interfaces }: NetworkBlueprint): string[] {
  const named = new Set(names)
  const successors = (interfaces?.stopped ?? []).filter(isSuccessor)
  return [...names, ...successors.filter((name) => !named.has(name) && named.has(firstOf(name)))]
}

/** A rate that senders share is shared by those that run, as many as at the start. */
function amongAll(offered: TrafficBlueprint['offered'], times: number): TrafficBlueprint['offered'] {
  if (offered.kind !== 'flows' || !('totalPerSecond' in offered.rate)) return offered
  return { ...offered, rate: { totalPerSecond: offered.rate.totalPerSecond * times } }
}
