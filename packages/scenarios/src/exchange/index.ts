export type { DemandNames } from './demands/demand-names.ts'
export { readDemandsCsv, DEMANDS_BYTES_MAX } from './demands/read-csv.ts'
export { writeDemandsCsv } from './demands/write-csv.ts'
export { type ExportedNetwork, type ExportOptions, exportNetwork } from './export-network.ts'
export { type NetworkFormat, networkFormatNames, networkFormats } from './formats.ts'
export { type ImportedNetwork, importNetwork, type ImportOptions } from './import-network.ts'
export type { ExchangeDemand, ExchangeLink, ExchangeNetwork, ExchangeNode, Place } from './network.ts'
export { formatNote, type Note, type NotedElement } from './notes.ts'
export {
  type DemandPattern,
  demandPatterns,
  type HotReceivers,
  type PatternDemandOptions,
  type PatternDemands,
  patternDemands,
} from './patterns/pattern-demands.ts'
export { readSource } from './source.ts'
export type { ToScenarioOptions } from './to-scenario/options.ts'
