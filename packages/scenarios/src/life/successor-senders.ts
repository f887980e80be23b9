import type { NetworkBlueprint, TrafficBlueprint } from '@weft/fabric'
import { isSuccessor } from './successors.ts'

/**
 * Flows of a pod go on from whatever takes its place: of all that bear its name, those send that run. Streams do not: a stream
 * is of one sender, from its start to its end.
 */
export function withSuccessors(
  traffic: TrafficBlueprint,
  { interfaces }: NetworkBlueprint,
): TrafficBlueprint {
  const { pairs, offered } = traffic
  const successors = (interfaces?.stopped ?? []).filter(isSuccessor)
  const isOfFlows = offered.kind === 'flows' || offered.kind === 'burst'
  if (successors.length === 0 || !isOfFlows) return traffic
  if (pairs.kind !== 'from-to' && pairs.kind !== 'to-address') return traffic
  const senders = new Set(pairs.from)
  const from = [...pairs.from, ...successors.filter((name) => senders.has(name.replace(/#\d+$/, '')))]
  return {
    ...traffic,
    pairs: { ...pairs, from },
    offered: amongAll(offered, from.length / pairs.from.length),
  }
}

/** A rate that senders share is shared by those that run, as many as at the start. */
function amongAll(offered: TrafficBlueprint['offered'], times: number): TrafficBlueprint['offered'] {
  if (offered.kind !== 'flows' || !('totalPerSecond' in offered.rate)) return offered
  return { ...offered, rate: { totalPerSecond: offered.rate.totalPerSecond * times } }
}
