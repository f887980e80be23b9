import { type Stats, statSync } from 'node:fs'
import { UsageError } from './failure.ts'
import { fileReason } from './files.ts'

/** What is at a path, links followed. */
export function statOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${fileReason(error)}`)
  }
}
