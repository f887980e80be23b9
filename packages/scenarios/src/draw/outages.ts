import { printDuration } from '@weft/core'
import type { DrawableChange } from './network.ts'

/** When each failed target was down, in words: `2ms to 6ms`, `from 2ms`. */
export function outages(changes: readonly DrawableChange[]): Map<string, string> {
  const spans = new Map<string, string[]>()
  const since = new Map<string, number>()
  for (const { target, action, atPs } of [...changes].sort((a, b) => a.atPs - b.atPs)) {
    if (action === 'fail') {
      if (!since.has(target)) since.set(target, atPs)
      continue
    }
    const start = since.get(target)
    if (start === undefined) continue
    since.delete(target)
    append(spans, target, `${printDuration(start, { digits: 4 })} to ${printDuration(atPs, { digits: 4 })}`)
  }
  for (const [target, start] of since) append(spans, target, `from ${printDuration(start, { digits: 4 })}`)
  return new Map([...spans].map(([target, list]) => [target, list.join(', ')]))
}

function append(spans: Map<string, string[]>, target: string, text: string): void {
  const known = spans.get(target)
  if (known === undefined) spans.set(target, [text])
  else known.push(text)
}
