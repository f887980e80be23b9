import { parseDuration, parseSize } from '@weft/core'
import { InvalidArgumentError, Option } from 'commander'
import {
  type MeasuredOptions,
  type MeasuredStatistic,
  measuredDemands,
} from '../../exchange/measured/measure.ts'
import { MEASURED_BYTES_MAX, writeMeasuredCsv } from '../../exchange/measured/measured-demands.ts'
import { many } from '../../report/format.ts'
import { VERSION } from '../../version.ts'
import { blamingOptions } from '../blaming.ts'
import { define, type Register } from '../command.ts'
import { UsageError } from '../failure.ts'
import { readBytes, writeText } from '../files.ts'
import { writeJson } from '../outputs.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { checkTargets } from '../targets.ts'

interface DemandsFlags
  extends Pick<MeasuredOptions, 'columns' | 'sampling' | 'bytes' | 'packetBytes' | 'intervalS'> {
  readonly flows?: string
  readonly counters?: string
  readonly hosts?: string
  readonly deltas?: boolean
  readonly statistic: MeasuredStatistic
  readonly output?: string
  readonly json?: boolean
}

export const registerDemands: Register = (program, terminal) => {
  define(program, 'demands', 'Make demands of what was measured: flow records, or interface counters', [
    'weft demands scenario.yaml --flows netflow.csv -o demands.csv',
    'weft demands scenario.yaml --flows sflow.csv --bytes frame --sampling 4096 --hosts prefixes.csv',
    'weft demands scenario.yaml --flows ipfix.csv --columns source=SRC_IP bytes=BYTES --statistic p95',
    'weft demands scenario.yaml --counters ifstats.csv --statistic p95 -o peak.csv',
  ])
    .argument('<scenario>', 'a scenario file: the network that was measured')
    .option('--flows <file.csv>', 'flow records of NetFlow, sFlow or IPFIX')
    .option('--counters <file.csv>', 'readings of interface counters, to which demands are fitted')
    .option(
      '--columns <key=header...>',
      'which column is which, where that is not known by its header',
      columnOf,
    )
    .option('--hosts <file.csv>', 'prefixes that stand for hosts: prefix,host; with --flows')
    .option('--interval <time>', 'length of the intervals of the 95th percentile; by default 5m', secondsOf)
    .option(
      '--sampling <number>',
      'packets per sampled one, where no column says so; with --flows',
      samplingOf,
    )
    .addOption(
      new Option(
        '--bytes <what>',
        'what bytes of flows count: IP packets, or Ethernet frames as sFlow does',
      ).choices(['ip', 'frame']),
    )
    .option('--deltas', 'readings are since the reading before, not totals; with --counters')
    .option('--packet <size>', 'IP bytes of packets that were not counted; by default 1500B', bytesOf)
    .addOption(
      new Option('--statistic <name>', 'what to write as CSV: the mean, or the 95th percentile of intervals')
        .choices(['mean', 'p95'])
        .default('mean'),
    )
    .option('-o, --output <file.csv>', 'write to this file instead of standard output')
    .option('--json', 'print one JSON document with both statistics and the notes instead')
    .action(
      async (
        scenarioFile: string,
        flags: DemandsFlags & { readonly interval?: number; readonly packet?: number },
      ) => {
        const file = fileOf(flags)
        checkTargets({ '--output': flags.output }, [scenarioFile, file, flags.hosts])
        const { compiled } = await scenarioArgument(scenarioFile, terminal)
        const { blueprint } = compiled
        const measured = await blamingOptions([], () =>
          measuredDemands(
            blueprint.network,
            { file, bytes: readBytes(file, MEASURED_BYTES_MAX) },
            optionsOf(flags),
          ),
        )
        for (const note of measured.notes) terminal.note(`${file}: ${note}`)
        const text = writeMeasuredCsv(measured, flags.statistic)
        if (flags.output !== undefined) {
          writeText(flags.output, text)
          terminal.note(
            `Wrote ${flags.output}: ${many(text.split('\n').length - 2, 'demand')} of ${many(measured.intervals, 'interval')}`,
          )
        }
        if (flags.json === true)
          writeJson({ schema: 1, weft: VERSION, source: scenarioFile, file, ...measured }, '-', terminal)
        else if (flags.output === undefined) terminal.print(text)
      },
    )
}

function fileOf({ flows, counters, hosts, sampling, bytes, deltas }: DemandsFlags): string {
  const file = flows ?? counters
  if (file === undefined || (flows !== undefined && counters !== undefined))
    throw new UsageError('demands needs either --flows or --counters')
  if (flows === undefined && (hosts !== undefined || sampling !== undefined || bytes !== undefined))
    throw new UsageError('--hosts, --sampling and --bytes are about flow records; they go with --flows')
  if (flows !== undefined && deltas !== undefined)
    throw new UsageError('--deltas is about readings of counters; it goes with --counters')
  return file
}

function optionsOf(
  flags: DemandsFlags & { readonly interval?: number; readonly packet?: number },
): MeasuredOptions {
  const { flows, columns, hosts, interval, sampling, bytes, deltas, packet } = flags
  return {
    kind: flows === undefined ? 'counters' : 'flows',
    ...(columns !== undefined && { columns }),
    ...(hosts !== undefined && { prefixes: { file: hosts, bytes: readBytes(hosts, MEASURED_BYTES_MAX) } }),
    ...(interval !== undefined && { intervalS: interval }),
    ...(sampling !== undefined && { sampling }),
    ...(bytes !== undefined && { bytes }),
    ...(deltas === true && { readings: 'deltas' }),
    ...(packet !== undefined && { packetBytes: packet }),
  }
}

function columnOf(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Expected what it is for and its header, such as source=SRC_IP.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

function secondsOf(text: string): number {
  const parsed = parseDuration(text, {
    example: '5m',
    positive: true,
    max: 7_200e12,
    maxReason: 'the percentile needs many intervals',
  })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value / 1e12
}

function bytesOf(text: string): number {
  const parsed = parseSize(text, { positive: true, max: 65_535 })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value
}

function samplingOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, 1 or more.')
  return Number(text)
}
