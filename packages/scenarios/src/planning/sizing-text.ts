import { count, many } from '../report/format.ts'
import type { Sizing } from './sizing.ts'

/** What a size adds and takes away, and what that costs: "+2 switches, −4 links, 12,000 EUR". */
export function changeText({ switches, hosts, links, cost }: Sizing, currency: string | null): string {
  const parts = [
    [switches, 'switch', 'switches'],
    [hosts, 'host', 'hosts'],
    [links, 'link', 'links'],
  ] as const
  const changes = parts.flatMap(([number, noun, plural]) =>
    number === 0 ? [] : [`${number > 0 ? '+' : '−'}${many(Math.abs(number), noun, plural)}`],
  )
  const money = cost === null || cost === 0 ? [] : [`${count(cost)} ${currency ?? 'cost'}`]
  return [...changes, ...money].join(', ') || 'as it is'
}
