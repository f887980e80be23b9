import { compileScenario } from '../compile/compile.ts'
import { ScenarioFileError } from '../parse/located.ts'
import { readScenario } from '../parse/read-scenario.ts'
import type { ScenarioData } from '../schema/scenario.ts'
import {
  type FormatGuess,
  guessFormat,
  type NetworkFormat,
  networkFormatNames,
  networkFormats,
} from './formats.ts'
import { readDemands } from './demands/read-demands.ts'
import { given } from './given.ts'
import { demandText, type ExchangeDemand, type ExchangeNetwork } from './network.ts'
import { type Note, Notes } from './notes.ts'
import type { ReadOptions } from './read-options.ts'
import { readSource, type Source } from './source.ts'
import { demandStreams, demandsOfHosts } from './to-scenario/demands.ts'
import type { ToScenarioOptions } from './to-scenario/options.ts'
import { scenarioText } from './to-scenario/scenario-text.ts'
import { type AsScenario, toScenario } from './to-scenario/to-scenario.ts'

/** For formats that have no word for it. */
const RATE_DEFAULT_BPS = 10e9

export interface ImportOptions extends ToScenarioOptions, ReadOptions {
  /** Absent: guessed from content and name. */
  readonly format?: NetworkFormat
  /** Demands from a file of their own, CSV or SNDlib, instead of the network's. */
  readonly demandsFile?: { readonly file: string; readonly bytes: Uint8Array }
}

export interface ImportedNetwork {
  readonly format: NetworkFormat
  /** What the format was known by; absent: it was given. */
  readonly guessedBy?: string
  /** A scenario with one region that every check accepts. */
  readonly data: ScenarioData
  /** The same as YAML. */
  readonly text: string
  readonly notes: readonly Note[]
  /** Full names of nodes in the scenario by their ids in the file. */
  readonly names: Readonly<Record<string, string>>
  /** Between hosts by their full names, those in the scenario's traffic too. */
  readonly demands: readonly ExchangeDemand[]
}

/** Reads a file of any known format as a scenario. Throws a ScenarioFileError that lists everything wrong with it. */
export function importNetwork(file: string, bytes: Uint8Array, options: ImportOptions = {}): ImportedNetwork {
  const source = readSource(file, bytes)
  const notes = new Notes(file)
  const { format, reason } = formatOf(source, options.format)
  const read = networkFormats[format].read(source, notes, options)
  const rateBps = options.rateBps ?? (networkFormats[format].hasRates ? undefined : RATE_DEFAULT_BPS)
  const asScenario = toScenario(read, { ...options, ...given({ rateBps }) }, source, notes)
  const demandNotes = options.demandsFile === undefined ? notes : new Notes(options.demandsFile.file)
  const demands = demandsOf(read, asScenario, options, notes, demandNotes)
  const traffic = options.demands === 'apart' ? [] : demandStreams(demands, demandNotes)
  const data: ScenarioData = { ...asScenario.data, ...(traffic.length > 0 && { traffic }) }
  const text = scenarioText(data, `Imported by weft from ${networkFormats[format].title}.`)
  checkText(text, source, data)
  return {
    format,
    ...(options.format === undefined && { guessedBy: reason }),
    data,
    text,
    notes: demandNotes === notes ? notes.all : [...notes.all, ...demandNotes.all],
    names: Object.fromEntries(asScenario.names),
    demands,
  }
}

/** The file's demands, or those of the file that was given instead, between hosts. */
function demandsOf(
  read: ExchangeNetwork,
  { region, names, hosts }: AsScenario,
  options: ImportOptions,
  notes: Notes,
  demandNotes: Notes,
): ExchangeDemand[] {
  if (options.demandsFile === undefined) return demandsOfHosts(read.demands, hosts, notes)
  for (const demand of read.demands) {
    const element = { name: demandText(demand), ...given({ line: demand.line }) }
    notes.add('demand', element, 'in the network file too', 'left out for --demands')
  }
  const { file, bytes } = options.demandsFile
  const demands = readDemands(file, bytes, { nodes: read.nodes, region, names, hosts }, demandNotes, options)
  return demandsOfHosts(demands, hosts, demandNotes)
}

function formatOf(
  source: Source,
  asked: NetworkFormat | undefined,
): FormatGuess & { readonly format: NetworkFormat } {
  if (asked !== undefined) return { format: asked, reason: 'asked for' }
  const guess = guessFormat(source)
  const known = networkFormatNames.join(', ')
  if (guess === undefined)
    return source.fail(1, `no format of networks that Weft knows; name one with --format: ${known}`)
  const { format, reason } = guess
  if (format === 'csv')
    return source.fail(
      1,
      `this is CSV, which holds demands and no network; give it to a network with --demands`,
    )
  return { format, reason }
}

/** What comes out must pass every check that a scenario file passes. */
function checkText(text: string, source: Source, { traffic = [] }: ScenarioData): void {
  try {
    const { data } = readScenario(source.file, new TextEncoder().encode(text))
    const compiled = compileScenario(data)
    if (compiled.ok) return
    const hint = compiled.issues.some(({ message }) => /disconnected/.test(message))
      ? ', and hosts do not forward; say which nodes are hosts with --host-nodes'
      : ''
    for (const { path, message } of compiled.issues.slice(0, 10))
      source.refuse(1, `no scenario can be made of this network: ${path.join('.')}: ${message}${hint}`)
  } catch (error) {
    if (!(error instanceof ScenarioFileError)) throw error
    const { message } = error.issues[0]!
    const hint =
      traffic.length > 0
        ? `; leave its ${traffic.length} demands to a file of their own with --demands-out`
        : ''
    source.refuse(1, `this network is too large for a scenario file: ${message}${hint}`)
  }
  source.check()
}
