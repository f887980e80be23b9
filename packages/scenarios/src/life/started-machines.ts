import { asList } from '../compile/selectors/selectors.ts'
import type { Cluster } from '../kubernetes/index.ts'
import { isPodAction, type ReadEvent } from './event-actions.ts'

/** The cluster with the pods of machines that are halted at first, and that an event starts before it does anything else to them. */
export function withStartedMachines(cluster: Cluster, happenings: readonly ReadEvent[]): Cluster {
  const halted = cluster.workloads.filter(({ idlePod }) => idlePod !== undefined)
  if (halted.length === 0) return cluster
  const started = halted.flatMap(({ id, idlePod }) => {
    const isMeant = (name: string) => name === id || name.endsWith(`/${id}`)
    const first = happenings.find(
      ({ action, input }) => isPodAction(action) && asList(input[action]!).some(isMeant),
    )
    return first?.action === 'start' ? [idlePod!] : []
  })
  return started.length === 0 ? cluster : { ...cluster, pods: [...cluster.pods, ...started] }
}
