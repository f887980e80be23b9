import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import { type Overrides, withOverrides } from '../compile/overrides.ts'
import { formatIssues } from '../parse/located.ts'
import { readScenario, type ScenarioFile } from '../parse/read-scenario.ts'
import { UsageError } from './failure.ts'
import { readScenarioBytes } from './files.ts'
import type { Terminal } from './terminal.ts'

/** A scenario named on the command line, checked. */
export interface ScenarioArgument extends ScenarioFile {
  readonly bytes: Uint8Array
  readonly compiled: CompiledScenario
}

/** Reads and checks a scenario with the command line's overrides in place; warnings go to standard error. */
export function scenarioArgument(file: string, overrides: Overrides, terminal: Terminal): ScenarioArgument {
  const bytes = readScenarioBytes(file)
  const scenario = readScenario(file, bytes)
  const compiled = compileScenario(withOverrides(scenario.data, overrides))
  if (!compiled.ok) {
    const option = compiled.issues.find(({ path }) => overridden(path, overrides))
    // The file's own problems first: the option may be wrong because of them.
    if (option === undefined || compiled.issues.some((issue) => issue !== option)) throw scenario.refused(compiled.issues)
    throw new UsageError(`--${option.path[option.path.length - 1]}: ${option.message}`)
  }
  const warnings = compiled.value.warnings.map(scenario.place)
  if (warnings.length > 0) {
    terminal.note(formatIssues(file, warnings.map((issue) => ({ ...issue, message: `warning: ${issue.message}` }))))
  }
  return { ...scenario, bytes, compiled: compiled.value }
}

function overridden(path: readonly (string | number)[], { clock, seed, for: length }: Overrides): boolean {
  const given = { 'run.clock': clock, seed, 'run.for': length } as Readonly<Record<string, string | undefined>>
  return given[path.join('.')] !== undefined
}
