import { basename, resolve } from 'node:path'
import { defaultScenario } from '../cloud/default-scenario.ts'
import { defaultTraffic } from '../cloud/default-traffic.ts'
import { PAIR_RATE_DEFAULT } from '../cloud/pair-rate.ts'
import { type Compiled, type CompiledScenario, compileScenario } from '../compile/compile.ts'
import type { ScenarioSources } from '../compile/clusters/manifest-reader.ts'
import { type Overrides, withOverrides } from '../compile/overrides.ts'
import { ScenarioFileError } from '../parse/located.ts'
import { readScenario, type ScenarioFile } from '../parse/read-scenario.ts'
import { clusterSource } from './cluster-source.ts'
import type { PairRateFlag } from './command.ts'
import { UsageError } from './failure.ts'
import { manifestArgument, noteFindings, type PathArgument, pathArgument } from './manifest-argument.ts'
import type { Terminal } from './terminal.ts'

/** A scenario named on the command line, checked. */
export interface ScenarioArgument extends ScenarioFile {
  readonly bytes: Uint8Array
  readonly compiled: CompiledScenario
  /** Compiles data like its own, with the same manifests. */
  readonly compile: (data: unknown) => Compiled
  /** What may not be meant, each with its line: `line 12: ...`. */
  readonly warnings: readonly string[]
}

/** Some requests of each pair of workloads. */
const RUN_FOR = '100ms'

/** What is asked of a scenario beside what it says. */
export interface ScenarioAsked {
  readonly overrides?: Overrides
  /** Of manifests alone: traffic is made up for them, at a rate that may be given, which scenarios refuse. Absent: none. */
  readonly madeUp?: PairRateFlag
}

/**
 * Reads and checks a scenario with the command line's overrides in place. Manifests alone, a directory or a file of them,
 * get a fabric made up for them, which is said. `found`: what stands at the path, where that was read already.
 */
export async function scenarioArgument(
  path: string,
  terminal: Terminal,
  { overrides = {}, madeUp }: ScenarioAsked = {},
  found: PathArgument = pathArgument(path),
): Promise<ScenarioArgument> {
  if (found.kind === 'manifests') return aroundManifests(found, terminal, overrides, madeUp)
  if (madeUp?.rate !== undefined)
    throw new UsageError('--rate is of traffic that is made up for manifests alone; a scenario says its own')
  const scenario = readScenario(path, found.bytes)
  const sources = hasClusters(scenario.data) ? await clusterSource(path) : {}
  const argument = checked(scenario, found.bytes, sources, overrides)
  for (const { cluster } of argument.compiled.clusters) noteFindings(path, cluster, terminal)
  return argument
}

async function aroundManifests(
  found: PathArgument & { kind: 'manifests' },
  terminal: Terminal,
  overrides: Overrides,
  madeUp: PairRateFlag | undefined,
): Promise<ScenarioArgument> {
  const { path, cluster } = await manifestArgument(found, terminal)
  const { yaml, note } = defaultScenario(cluster, basename(resolve(path)))
  terminal.note(`${path}: ${note}`)
  const read = (text: string): ScenarioArgument => {
    const bytes = new TextEncoder().encode(text)
    const around = withoutLines(path, () =>
      checked(readScenario(path, bytes), bytes, { cluster: () => cluster }, overrides),
    )
    return { ...around, warnings: around.compiled.warnings.map(({ message }) => message) }
  }
  const silent = read(yaml)
  if (madeUp === undefined) return silent
  const { entries, note: sent } = defaultTraffic(silent.compiled, madeUp.rate ?? PAIR_RATE_DEFAULT)
  const traffic = entries.map((entry) => `  - ${JSON.stringify(entry)}\n`).join('')
  const talking =
    entries.length === 0 ? silent : read(`${yaml}run: { for: ${RUN_FOR} }\ntraffic:\n${traffic}`)
  return { ...talking, warnings: [sent, ...talking.warnings] }
}

/** Of a scenario that was made up: nobody has a file with its lines. */
function withoutLines<Result>(path: string, make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof ScenarioFileError)) throw error
    throw new UsageError(error.issues.map(({ message }) => `${path}: ${message}`).join('\n'))
  }
}

function checked(
  scenario: ScenarioFile,
  bytes: Uint8Array,
  sources: ScenarioSources,
  overrides: Overrides,
): ScenarioArgument {
  const compile = (data: unknown) => compileScenario(data, sources)
  const compiled = compile(withOverrides(scenario.data, overrides))
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
  return { ...scenario, bytes, compiled: compiled.value, compile, warnings }
}

const hasClusters = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, 'kubernetes')

function isOverridden(path: readonly (string | number)[], { seed, ...run }: Overrides): boolean {
  const [section, key] = path
  if (section === 'seed') return seed !== undefined
  return section === 'run' && path.length === 2 && run[key as keyof typeof run] !== undefined
}
