import type { ScenarioResult } from '../result/result.ts'

/** The command line that repeats a run, for a POSIX shell. */
export function reproduceCommand({ source, seed, clock, expectations }: ScenarioResult): string {
  const command = expectations.length > 0 ? 'check' : 'run'
  return `weft ${command} ${quoted(source ?? 'SCENARIO.yaml')} --seed ${quoted(seed)} --clock ${clock}`
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
