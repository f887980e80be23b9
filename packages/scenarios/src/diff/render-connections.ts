import { reachDiffBlocks } from '../connectivity/render-compare.ts'
import type { Palette } from '../text/text-table.ts'
import type { ConnectionsDiff } from './connections.ts'

/** Connections that workloads may open before and after; nothing where there are no workloads, or none was compared. */
export function connectionBlocks(connections: ConnectionsDiff | null, paint: Palette): string {
  if (connections === null) return ''
  if (!connections.differs) return paint.dim('who may connect to whom: the same')
  const namespaces = new Map(
    connections.namespaces.flatMap(({ name, workloads }) => workloads.map((each) => [each, name] as const)),
  )
  const diff = { ...connections, several: new Set(connections.several) }
  const names = { workloads: [...namespaces.keys()], namespaceOf: (each: string) => namespaces.get(each)! }
  return reachDiffBlocks(diff, names, paint)
}
