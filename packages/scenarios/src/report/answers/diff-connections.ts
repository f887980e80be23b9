import type { ConnectionsDiff } from '../../diff/connections.ts'
import { NameSets } from '../../connectivity/name-sets.ts'
import { PrefixSums } from '../../connectivity/prefixes.ts'
import { portsText } from '../../connectivity/words.ts'
import { count, many } from '../format.ts'
import { type Html, html } from '../html.ts'
import { plainTable } from '../table.ts'

const ROWS_MAX = 300
const WORDS = { added: 'new', removed: 'gone', changed: 'other ports' } as const

/** Who may connect to whom, before and after. */
export function connectionsSection(connections: ConnectionsDiff): Html {
  const { workloads, between, outside } = connections
  const sets = namesOf(connections)
  const sums = new PrefixSums()
  const lines = [
    ...between.map((each) => ({ ...each, from: sets.describe(each.from), to: sets.describe(each.to) })),
    ...outside.map((each) => {
      const [who, where] = [sets.describe(each.workloads), `outside ${sums.describe(each.prefixes)}`]
      return each.direction === 'toOutside'
        ? { ...each, from: who, to: where }
        : { ...each, from: where, to: who }
    }),
  ]
  const rows = lines
    .slice(0, ROWS_MAX)
    .map(({ change, from, to, before, after }) => [
      from,
      to,
      html`<span class="${change === 'removed' && 'badText'}">${WORDS[change]}</span>`,
      portsText(before),
      portsText(after),
    ])
  const left = lines.length - rows.length
  const list = (title: string, names: readonly string[]) =>
    names.length > 0 && html`<p>${title}: ${count(names.length)} (${sets.describe(names)})</p>`
  return html`${list('Workloads before only', workloads.removed)}${list('Workloads after only', workloads.added)}
${
  lines.length === 0
    ? html`<p class="empty good">Workloads that are in both may connect as before.</p>`
    : plainTable(['From', 'To', '', 'Before', 'After'], 'lllll', rows)
}
<p class="note">What policies permit, whether or not something listens. ${left > 0 && `Left to the JSON answer: ${many(left, 'more line')}.`}</p>`
}

function namesOf({ namespaces }: ConnectionsDiff): NameSets {
  const byName = new Map(
    namespaces.flatMap(({ name, workloads }) => workloads.map((each) => [each, name] as const)),
  )
  return new NameSets([...byName.keys()], (name) => byName.get(name)!)
}
