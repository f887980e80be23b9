import { readScenario, type ScenarioFile } from '../parse/read-scenario.ts'
import { type CompiledScenario, compileScenario } from './compile.ts'

/** A scenario file that passed every check. */
export interface LoadedScenario extends ScenarioFile {
  readonly compiled: CompiledScenario
}

/** Reads and compiles a scenario file. Throws a ScenarioFileError that lists everything wrong with it. */
export function loadScenario(file: string, bytes: Uint8Array): LoadedScenario {
  const scenario = readScenario(file, bytes)
  const compiled = compileScenario(scenario.data)
  if (!compiled.ok) throw scenario.refused(compiled.issues)
  return { ...scenario, compiled: compiled.value }
}
