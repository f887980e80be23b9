import pc from 'picocolors'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import type { PortsChange, ReachDiff } from './compare-reach.ts'
import { NameSets } from './name-sets.ts'
import { PrefixSums } from './prefixes.ts'
import { counted, portsText } from './words.ts'

export interface RenderReachDiffOptions extends WorkloadNames {
  readonly color: boolean
  /** As the user named them. */
  readonly before: string
  readonly after: string
}

/** Names of all workloads of both, and the namespace of each. */
export interface WorkloadNames {
  readonly workloads: readonly string[]
  readonly namespaceOf: (workload: string) => string
}

const LINES_MAX = 60
const ORDER: readonly PortsChange['change'][] = ['added', 'removed', 'changed']

/** What changed between two sets of manifests, for a terminal. */
export function renderReachDiff(diff: ReachDiff, options: RenderReachDiffOptions): string {
  const { color, before, after } = options
  const paint = pc.createColors(color)
  const head = `${paint.bold(plain(before))} → ${paint.bold(plain(after))}  ${paint.dim('who may connect to whom')}`
  if (!diff.differs) return `${head}\n\n${paint.green('✓')} nothing differs\n`
  return `${head}\n${reachDiffBlocks(diff, options, paint)}\n`
}

/** The same without a head and a last line end: counts, workloads of one side, a table of changes. */
export function reachDiffBlocks(diff: ReachDiff, named: WorkloadNames, paint: Palette): string {
  const names = new NameSets(named.workloads, named.namespaceOf)
  const blocks = [countsOf(diff), workloadLines(diff, names, paint), changeTable(diff, names, paint)]
  return blocks.filter((block) => block !== '').join('\n\n')
}

function countsOf({ between, outside, several }: ReachDiff): string {
  const pairs = { added: 0, removed: 0, changed: 0 }
  for (const { change, from, to } of between) {
    const both = new Set(from)
    const itself = to.filter((name) => both.has(name) && !several.has(name)).length
    pairs[change] += from.length * to.length - itself
  }
  const text = `${counted(pairs.added, 'pair')} of workloads can connect that could not, ${pairs.removed.toLocaleString('en-US')} no longer, ${pairs.changed.toLocaleString('en-US')} on other ports`
  return outside.length === 0 ? text : `${text}; and ${counted(outside.length, 'change')} of what is outside`
}

function workloadLines({ workloads }: ReachDiff, names: NameSets, paint: Palette): string {
  const line = (mark: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`${mark} ${counted(list.length, 'workload')}: ${plain(names.describe(list))}`]
  return [...line(paint.green('+'), workloads.added), ...line(paint.red('-'), workloads.removed)].join('\n')
}

function changeTable({ between, outside }: ReachDiff, names: NameSets, paint: Palette): string {
  const marks = { added: paint.green('+'), removed: paint.red('-'), changed: paint.yellow('~') }
  const sums = new PrefixSums()
  const lines = [
    ...between.map((each) => ({ each, from: names.describe(each.from), to: names.describe(each.to) })),
    ...outside.map((each) => {
      const [who, where] = [names.describe(each.workloads), `outside ${sums.describe(each.prefixes)}`]
      return each.direction === 'toOutside' ? { each, from: who, to: where } : { each, from: where, to: who }
    }),
  ].sort((a, b) => ORDER.indexOf(a.each.change) - ORDER.indexOf(b.each.change))
  if (lines.length === 0) return ''
  const rows = lines
    .slice(0, LINES_MAX)
    .map(({ each, from, to }) => [
      marks[each.change],
      plain(from),
      plain(to),
      portsText(each.before),
      portsText(each.after),
    ])
  const table = textTable(['', 'From', 'To', 'Before', 'After'], 'lllll', rows, paint)
  const more = lines.length - rows.length
  return more > 0 ? `${table}\n${paint.dim(`${counted(more, 'more line')}; --json has all`)}` : table
}
