import { readManifests } from '../kubernetes/index.ts'
import { readScenario, type ScenarioFile } from '../parse/read-scenario.ts'
import { type Compiled, type CompiledScenario, compileScenario } from './compile.ts'

/** A scenario file that passed every check. */
export interface LoadedScenario extends ScenarioFile {
  readonly compiled: CompiledScenario
}

/** Validates plain data, with the text of manifests in it if it has any, and makes the blueprint; lists every problem. */
export const compileWithTexts = (data: unknown): Compiled => compileScenario(data, { read: readManifests })

/**
 * Reads and compiles a scenario file, with the text of manifests in it if it has any. Throws a ScenarioFileError that lists
 * everything wrong with it, or a ManifestError with what is wrong in those.
 */
export function loadScenario(file: string, bytes: Uint8Array): LoadedScenario {
  const scenario = readScenario(file, bytes)
  const compiled = compileWithTexts(scenario.data)
  if (!compiled.ok) throw scenario.refused(compiled.issues)
  return { ...scenario, compiled: compiled.value }
}
