import type { PortSet } from '@weft/fabric'
import pc from 'picocolors'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import type { Alike, AlikeGroup } from './alike.ts'
import { allowOf } from './allowed-ports.ts'
import { namespacePairs } from './by-namespace.ts'
import type { Connectivity, OutsidePorts, ReachClass } from './connectivity.ts'
import type { ExposureGroup } from './exposure.ts'
import { fewLinesOf, linesOf } from './lines.ts'
import { NameSets } from './name-sets.ts'
import { exposureTable } from './render-exposure.ts'
import { counted, portsText } from './words.ts'

export interface RenderReachOptions {
  readonly color: boolean
  /** The scenario or directory as the user named it. */
  readonly subject: string
  /** What workloads are called: hosts, where there are none. */
  readonly noun?: string
}

/** More than these are told by namespace, and of those the first. */
export const LINES_MAX = 40

/** Who may connect to whom, for a terminal: workloads that are alike share a line. */
export function renderReach(
  alike: Alike,
  exposure: readonly ExposureGroup[],
  { color, subject, noun = 'workload' }: RenderReachOptions,
): string {
  const { connectivity } = alike
  const paint = pc.createColors(color)
  const { workloads } = connectivity
  const names = new NameSets(workloads, (name) => connectivity.namespaceOf(name))
  const pairs = workloads.length * (workloads.length - 1)
  const connected = alike.connectedPairs()
  const blocks = [
    `${paint.bold(plain(subject))}  ${counted(workloads.length, noun)} in ${counted(names.namespaces.length, 'namespace')}; ` +
      `${connected.toLocaleString('en-US')} of ${counted(pairs, 'ordered pair')} may connect`,
    betweenTable(alike, names, paint),
    outsideTable(connectivity, names, paint, ['From outside', 'To', 'Ports'], (own) =>
      connectivity.fromOutside(own),
    ),
    outsideTable(connectivity, names, paint, ['From', 'To outside', 'Ports'], (own) =>
      connectivity.toOutside(own),
    ),
    exposureTable(exposure, names, paint),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

const portsCell = (ports: PortSet): string => portsText(allowOf(ports))

function betweenTable(alike: Alike, names: NameSets, paint: Palette): string {
  const { groups, connectivity } = alike
  if (connectivity.workloads.length === 0) return ''
  const isSelfless = (group: number) => isOnePod(groups[group]!, connectivity)
  const way = (from: number, to: number) => {
    const ports = alike.ports(groups[from]!, groups[to]!)
    return ports === connectivity.none || (from === to && isSelfless(from)) ? undefined : ports
  }
  const lines = fewLinesOf({ count: groups.length, way, isSelfless }, LINES_MAX)
  if (lines === undefined) return namespaceTable(alike, names, paint)
  if (lines.length === 0) return 'No workload may connect to another.'
  const named = (indices: readonly number[]) =>
    plain(names.describe(indices.flatMap((index) => groups[index]!.workloads)))
  const rows = lines.map(({ from, to, way }) => [named(from), named(to), portsCell(way)])
  return textTable(['From', 'To', 'Ports'], 'lll', rows, paint)
}

/** That it reaches itself no line need tell. */
const isOnePod = ({ workloads: [first, ...others] }: AlikeGroup, connectivity: Connectivity): boolean =>
  others.length === 0 && connectivity.podsOf(first!) === 1

function namespaceTable(alike: Alike, names: NameSets, paint: Palette): string {
  const table = namespacePairs(alike, names)
  const ways = new Map<string, { readonly ports: PortSet; readonly isAll: boolean }>()
  const way = (from: number, to: number) => {
    const { pairs, connected, ports } = table[from]![to]!
    if (connected === 0) return undefined
    const key = `${ports.id} ${connected === pairs}`
    if (!ways.has(key)) ways.set(key, { ports, isAll: connected === pairs })
    return ways.get(key)!
  }
  const lines = linesOf({ count: table.length, way })
  const named = (indices: readonly number[]) =>
    plain(names.describe(indices.flatMap((index) => names.namesIn(names.namespaces[index]!))))
  const rows = lines
    .slice(0, LINES_MAX)
    .map(({ from, to, way }) => [
      named(from),
      named(to),
      way.isAll ? portsCell(way.ports) : `some, ${portsCell(way.ports)}`,
    ])
  const note = moreLines(lines.length, 'by namespace, as workloads differ in too many ways for a screen')
  return `${textTable(['From', 'To', 'Pairs and their ports'], 'lll', rows, paint)}\n${paint.dim(note)}`
}

const moreLines = (count: number, how: string): string =>
  count > LINES_MAX
    ? `${how}; ${counted(count - LINES_MAX, 'more line')}, --json has all`
    : `${how}; --json has all`

/** Peers outside, with all workloads that have them alike on a line. */
function outsideTable(
  connectivity: Connectivity,
  names: NameSets,
  paint: Palette,
  head: readonly [string, string, string],
  partsOf: (own: ReachClass) => readonly OutsidePorts[],
): string {
  const lines = new Map<string, { readonly part: OutsidePorts; readonly workloads: string[] }>()
  for (const own of connectivity.classes) {
    for (const part of partsOf(own)) {
      const key = `${part.ports.id} ${part.prefixes}`
      const known = lines.get(key)
      if (known === undefined) lines.set(key, { part, workloads: [...own.workloads] })
      else known.workloads.push(...own.workloads)
    }
  }
  if (lines.size === 0) return ''
  const rows = [...lines.values()].slice(0, LINES_MAX).map(({ part, workloads }) => {
    const [who, prefixes] = [plain(names.describe(workloads)), connectivity.sums.describe(part.prefixes)]
    const ports = portsCell(part.ports)
    return head[0] === 'From outside' ? [prefixes, who, ports] : [who, prefixes, ports]
  })
  const table = textTable(head, 'lll', rows, paint)
  if (lines.size <= LINES_MAX) return table
  return `${table}\n${paint.dim(`${counted(lines.size - LINES_MAX, 'more line')}; --json has all`)}`
}
