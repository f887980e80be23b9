import Table from 'cli-table3'
import type pc from 'picocolors'

export type Palette = ReturnType<typeof pc.createColors>

const RULES = [
  ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
]

/** Columns without rules, two spaces apart; `aligns` has an l or r for each. */
export function textTable(
  head: readonly string[],
  aligns: string,
  rows: readonly (readonly string[])[],
  paint: Palette,
): string {
  const table = new Table({
    head: head.map((title) => paint.bold(title)),
    chars: Object.fromEntries(RULES.map((rule) => [rule, ''])),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 },
    colAligns: [...aligns].map((side) => (side === 'l' ? 'left' : 'right')),
  })
  for (const row of rows) table.push([...row])
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Names come from users: without characters that would steer the terminal. */
export const plain = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd')

/** A word that a POSIX shell takes as it is. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** Rows that read the same but for their first cell share a line, under the name of the first. */
export function foldAlike(rows: readonly (readonly string[])[]): string[][] {
  const groups = new Map<string, { names: number; row: readonly string[] }>()
  for (const row of rows) {
    const key = row.slice(1).join('\n')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { names: 1, row })
    else known.names++
  }
  return [...groups.values()].map(({ names, row }) => [
    names === 1 ? row[0]! : `${row[0]!} and ${names - 1} alike`,
    ...row.slice(1),
  ])
}
