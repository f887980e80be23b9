import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import { type Overrides, withOverrides } from '../compile/overrides.ts'
import { readScenario, type ScenarioFile } from '../parse/read-scenario.ts'
import { UsageError } from './failure.ts'
import { readScenarioBytes } from './files.ts'

/** A scenario named on the command line, checked. */
export interface ScenarioArgument extends ScenarioFile {
  readonly bytes: Uint8Array
  readonly compiled: CompiledScenario
  /** What may not be meant, each with its line: `line 12: ...`. */
  readonly warnings: readonly string[]
}

/** Reads and checks a scenario with the command line's overrides in place. `bytes`: of the file, where they were read. */
export function scenarioArgument(
  file: string,
  overrides: Overrides = {},
  bytes = readScenarioBytes(file),
): ScenarioArgument {
  const scenario = readScenario(file, bytes)
  const compiled = compileScenario(withOverrides(scenario.data, overrides))
  if (!compiled.ok) {
    const [option, ...others] = compiled.issues
    // An option is to blame where it alone is wrong; else the file's own problems come first.
    const isOption = option !== undefined && others.length === 0 && isOverridden(option.path, overrides)
    if (!isOption) throw scenario.refused(compiled.issues)
    throw new UsageError(`--${option.path[option.path.length - 1]}: ${option.message}`)
  }
  const warnings = compiled.value.warnings.map(
    (issue) => `line ${scenario.place(issue).line}: ${issue.message}`,
  )
  return { ...scenario, bytes, compiled: compiled.value, warnings }
}

function isOverridden(path: readonly (string | number)[], { seed, ...run }: Overrides): boolean {
  const [section, key] = path
  if (section === 'seed') return seed !== undefined
  return section === 'run' && path.length === 2 && run[key as keyof typeof run] !== undefined
}
