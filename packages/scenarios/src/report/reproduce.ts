import { printDuration } from '@weft/core'
import type { ScenarioResult } from '../result/result.ts'
import { shellWord } from '../text/text-table.ts'

/** The command line that repeats a run, for a POSIX shell. */
export function reproduceCommand(result: ScenarioResult): string {
  const { source, seed, clock, expectations, arrivalsEndPs, beginPs } = result
  const command = expectations.length > 0 ? 'check' : 'run'
  const words = ['weft', command, source ?? 'SCENARIO.yaml', '--seed', seed, '--clock', clock]
  const begin = beginPs === 0 ? [] : ['--begin', printDuration(beginPs)]
  return commandLine([...words, '--for', printDuration(arrivalsEndPs), ...begin])
}

/** Words as a POSIX shell takes them. */
export const commandLine = (words: readonly string[]): string => words.map(shellWord).join(' ')
