import { type Palette, plain, textTable } from '../text/text-table.ts'
import type { DirectionExposure, ExposureGroup } from './exposure.ts'
import type { NameSets } from './name-sets.ts'
import { counted, portsText, selectorText } from './words.ts'

const LINES_MAX = 40
const NAMESPACES_SHOWN = 3

/** What workloads that nobody has written down yet could reach. */
export function exposureTable(exposure: readonly ExposureGroup[], names: NameSets, paint: Palette): string {
  const byWords = new Map<
    string,
    { readonly who: string; readonly ports: string; readonly workloads: string[] }
  >()
  for (const { workloads, ingress } of exposure) {
    for (const { who, ports } of linesOfDirection(ingress)) {
      const key = `${who}\n${ports}`
      const known = byWords.get(key)
      if (known === undefined) byWords.set(key, { who, ports, workloads: [...workloads] })
      else known.workloads.push(...workloads)
    }
  }
  if (byWords.size === 0) return ''
  const rows = [...byWords.values()]
    .slice(0, LINES_MAX)
    .map(({ who, ports, workloads }) => [plain(who), plain(names.describe(workloads)), ports])
  const more = byWords.size - rows.length
  const table = textTable(['Could come, and would reach', 'Workloads', 'Ports'], 'lll', rows, paint)
  const note = `what pods that are not in the manifests could reach, as far as ingress goes${more > 0 ? `; ${counted(more, 'more line')}` : ''}`
  return `${table}\n${paint.dim(note)}`
}

function linesOfDirection({ anywhere, namespaces, selectors }: DirectionExposure) {
  const lines = anywhere.length === 0 ? [] : [{ who: 'any pod of any namespace', ports: portsText(anywhere) }]
  const byPorts = new Map<string, string[]>()
  for (const { namespace, allow } of namespaces) {
    const known = byPorts.get(portsText(allow))
    if (known === undefined) byPorts.set(portsText(allow), [namespace])
    else known.push(namespace)
  }
  for (const [ports, list] of byPorts) lines.push({ who: `any pod of ${some(list)}`, ports })
  for (const { select, allow } of selectors)
    lines.push({ who: selectorText(select), ports: portsText(allow) })
  return lines
}

function some(names: readonly string[]): string {
  const more = names.length - NAMESPACES_SHOWN
  if (more <= 1) return names.join(', ')
  return `${names.slice(0, NAMESPACES_SHOWN).join(', ')} and ${more} more namespaces`
}
