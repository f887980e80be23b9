import { nearest } from '@weft/core'
import type { NetworkBlueprint } from '@weft/fabric'
import { readSource, type Source } from '../source.ts'
import type { ColumnNames } from './columns.ts'
import { counterDemands } from './counter-demands.ts'
import { flowDemands, unmatchedText } from './flow-demands.ts'
import { HostLookup, readPrefixes } from './host-lookup.ts'
import { MEASURED_BYTES_MAX, type MeasuredDemands } from './measured-demands.ts'
import { COUNTER_COLUMNS, type CounterColumn, readCounters } from './read-counters.ts'
import { FLOW_COLUMNS, type FlowColumn } from './flow-columns.ts'
import { type FlowReadOptions, readFlows } from './read-flows.ts'

export type MeasuredStatistic = 'mean' | 'p95'

export interface MeasuredFile {
  readonly file: string
  readonly bytes: Uint8Array
}

export interface MeasuredOptions extends Pick<FlowReadOptions, 'sampling' | 'bytes'> {
  /** Flow records of NetFlow, sFlow or IPFIX; or readings of interface counters. */
  readonly kind: 'flows' | 'counters'
  /** Headers by what their columns are for, where that is not known by the header. */
  readonly columns?: Readonly<Record<string, string>>
  /** `prefix,host`: which addresses of flow records stand for which host, beside hosts' own. */
  readonly prefixes?: MeasuredFile
  /** Wanted length of the intervals over which the percentile goes, seconds; absent: 300. */
  readonly intervalS?: number
  /** What readings of counters say, see `CounterReadOptions`. */
  readonly readings?: 'totals' | 'deltas'
  /** Mean IP bytes of packets that were not counted; absent: 1500. */
  readonly packetBytes?: number
}

/** Demands of a network from measurements as CSV. Throws a ScenarioFileError with all that is wrong with the file. */
export function measuredDemands(
  network: NetworkBlueprint,
  { file, bytes }: MeasuredFile,
  options: MeasuredOptions,
): MeasuredDemands {
  const source = readSource(file, bytes, MEASURED_BYTES_MAX, 'file of measurements')
  return options.kind === 'flows'
    ? fromFlows(network, source, options)
    : fromCounters(network, source, options)
}

function fromFlows(network: NetworkBlueprint, source: Source, options: MeasuredOptions): MeasuredDemands {
  const { prefixes, columns = {}, sampling, bytes, intervalS } = options
  checkColumns(columns, FLOW_COLUMNS, source)
  const table =
    prefixes === undefined
      ? []
      : readPrefixes(
          readSource(prefixes.file, prefixes.bytes, MEASURED_BYTES_MAX, 'table of prefixes'),
          network,
        )
  const records = readFlows(source, new HostLookup(network, table), {
    columns: columns as ColumnNames<FlowColumn>,
    ...(sampling !== undefined && { sampling }),
    ...(bytes !== undefined && { bytes }),
  })
  const { unmatched } = records
  if (records.pair.length === 0) {
    const why = unmatched.records > 0 ? `: ${unmatchedText(unmatched)}` : ''
    source.fail(1, `no record is between two hosts of the network${why}`)
  }
  return (
    flowDemands(records, intervalS) ??
    source.fail(1, 'all records are of one instant; demands need a time span')
  )
}

function fromCounters(network: NetworkBlueprint, source: Source, options: MeasuredOptions): MeasuredDemands {
  const { columns = {}, readings, intervalS, packetBytes } = options
  checkColumns(columns, COUNTER_COLUMNS, source)
  const counts = readCounters(source, network, {
    columns: columns as ColumnNames<CounterColumn>,
    ...(readings !== undefined && { readings }),
  })
  if ([...counts.spans.values()].every((spans) => spans.length === 0))
    source.fail(1, 'there are no two readings of one interface; demands need what was counted in between')
  return counterDemands(network, counts, {
    ...(intervalS !== undefined && { intervalS }),
    ...(packetBytes !== undefined && { packetBytes }),
  })
}

function checkColumns(
  columns: Readonly<Record<string, string>>,
  known: readonly string[],
  source: Source,
): void {
  for (const key of Object.keys(columns)) {
    if (known.includes(key)) continue
    const meant = nearest(key, known)
    const help = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`
    source.refuse(1, `there is no column for ${JSON.stringify(key)}; ${help}`)
  }
  source.check()
}
