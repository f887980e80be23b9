import { type AllowedPorts, allowOf } from './allowed-ports.ts'
import type { OutsidePorts } from './connectivity.ts'
import type { PrefixSums } from './prefixes.ts'

export interface PrefixesChange {
  readonly change: 'added' | 'removed' | 'changed'
  readonly prefixes: readonly string[]
  readonly before: readonly AllowedPorts[]
  readonly after: readonly AllowedPorts[]
}

/** The parts of the address space whose ports are others than before. */
export function compareOutside(
  before: readonly OutsidePorts[],
  after: readonly OutsidePorts[],
  sums: PrefixSums,
): PrefixesChange[] {
  const changes: PrefixesChange[] = []
  const add = (prefixes: readonly string[], was: OutsidePorts | undefined, is: OutsidePorts | undefined) => {
    const [old, now] = [was, is].map((part) => (part === undefined ? [] : allowOf(part.ports)))
    if (prefixes.length === 0 || JSON.stringify(old) === JSON.stringify(now)) return
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    changes.push({ change, prefixes, before: old!, after: now! })
  }
  for (const was of before) for (const is of after) add(sums.common(was.prefixes, is.prefixes), was, is)
  const all = (parts: readonly OutsidePorts[]) => parts.flatMap(({ prefixes }) => prefixes)
  for (const was of before) add(sums.without(was.prefixes, all(after)), was, undefined)
  for (const is of after) add(sums.without(is.prefixes, all(before)), undefined, is)
  return changes
}
