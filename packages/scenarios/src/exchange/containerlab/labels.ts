import { ATTRIBUTE_PREFIX, type Attribute } from '../attributes.ts'
import { isMap } from './yaml-source.ts'

/** Labels that begin with `weft.`, and the names of the others. */
export function labelsOf(labels: unknown, lineOf: (key: string) => number) {
  const ours = new Map<string, Attribute>()
  const others: string[] = []
  for (const [key, value] of Object.entries(isMap(labels) ? labels : {})) {
    if (key.startsWith(ATTRIBUTE_PREFIX)) ours.set(key, { value: String(value), line: lineOf(key) })
    else others.push(key)
  }
  return { ours, others }
}
