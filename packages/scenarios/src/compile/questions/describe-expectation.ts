import { relations } from '../../schema/expect.ts'

const WORDS: Readonly<Record<string, string>> = {
  below: 'below',
  above: 'above',
  atMost: 'at most',
  atLeast: 'at least',
  equals: 'equal to',
}

/** A line of `expect` as people read it, from the user's own texts: `link.utilization  fabric p99 below 90%`. */
export function describeExpectation(raw: unknown): string {
  const given = raw as Readonly<Record<string, unknown>>
  const words: string[] = []
  for (const key of ['reason', 'of', 'sizes', 'tier', 'link', 'switch', 'host']) {
    const value = given[key]
    if (value !== undefined) words.push(Array.isArray(value) ? value.join(', ') : String(value))
  }
  if (given['percentile'] !== undefined) words.push(`p${given['percentile']}`)
  if (given['statistic'] !== undefined) words.push(String(given['statistic']))
  const bounds = relations.filter((relation) => given[relation] !== undefined)
  words.push(bounds.map((relation) => `${WORDS[relation]} ${given[relation]}`).join(' and '))
  if (given['from'] !== undefined) words.push(`from ${given['from']}`)
  if (given['to'] !== undefined) words.push(`to ${given['to']}`)
  return `${given['metric']}  ${words.join(' ')}`
}
