import { parseDuration, parseSize } from '@weft/core'
import type { Blueprint } from '@weft/fabric'
import { InvalidArgumentError, Option } from 'commander'
import { DEMANDS_BYTES_MAX, writeDemandsCsv } from '../../exchange/index.ts'
import { given } from '../../exchange/given.ts'
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
import {
  demandsOfPattern,
  type PatternFlags,
  PATTERNS_GO_WITH,
  patternText,
  withPatternOptions,
} from '../demand-patterns.ts'
import { demandSourceOf, type GoesWith, refuseForeign } from '../demand-sources.ts'
import { UsageError } from '../failure.ts'
import { readBytes, writeText } from '../files.ts'
import { writeJson } from '../outputs.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { checkTargets } from '../targets.ts'
import type { Terminal } from '../terminal.ts'

interface DemandsFlags extends Pick<MeasuredOptions, 'columns' | 'sampling' | 'bytes'>, PatternFlags {
  readonly flows?: string
  readonly counters?: string
  readonly hosts?: string
  readonly interval?: number
  readonly deltas?: boolean
  readonly statistic?: MeasuredStatistic
  readonly output?: string
  readonly json?: boolean
}

const GOES_WITH: GoesWith = {
  columns: ['flows', 'counters'],
  interval: ['flows', 'counters'],
  statistic: ['flows', 'counters'],
  hosts: ['flows'],
  sampling: ['flows'],
  bytes: ['flows'],
  deltas: ['counters'],
  packet: ['counters', 'pattern'],
  ...PATTERNS_GO_WITH,
}

export const registerDemands: Register = (program, terminal) => {
  const about = 'Make demands of flow records or interface counters, or by a pattern'
  const command = define(program, 'demands', about, [
    'weft demands scenario.yaml --flows netflow.csv -o demands.csv',
    'weft demands scenario.yaml --flows sflow.csv --bytes frame --sampling 4096 --hosts prefixes.csv',
    'weft demands scenario.yaml --flows ipfix.csv --columns source=SRC_IP bytes=BYTES --statistic p95',
    'weft demands scenario.yaml --counters ifstats.csv --statistic p95 -o peak.csv',
    'weft demands scenario.yaml --pattern gravity --rate 1Tbps -o gravity.csv',
    'weft demands scenario.yaml --pattern hot-spots --hot 10% --hot-share 80% --rate 1Tbps --seed 7',
  ])
  command
    .argument('<scenario>', 'a scenario file: the network that was measured, or is to carry them')
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
    .option(
      '--packet <size>',
      'IP bytes of packets that were not counted; by default 1500B; not with --flows',
      bytesOf,
    )
    .addOption(
      new Option(
        '--statistic <name>',
        'what to write as CSV: the mean (default), or the 95th percentile of intervals',
      ).choices(['mean', 'p95']),
    )
  withPatternOptions(command)
    .option('-o, --output <file.csv>', 'write to this file instead of standard output')
    .option(
      '--json',
      'print one JSON document instead, of what was measured with both statistics and the notes',
    )
    .action(async (file: string, flags: DemandsFlags) => {
      const source = demandSourceOf(flags)
      refuseForeign({ ...flags }, GOES_WITH, source)
      checkTargets({ '--output': flags.output }, [
        file,
        flags.flows ?? flags.counters,
        flags.hosts,
        flags.masses,
      ])
      const { compiled } = await scenarioArgument(file, terminal)
      const { blueprint } = compiled
      if (source === 'pattern') await writePattern(file, blueprint, flags, terminal)
      else await writeMeasured(file, blueprint, source, flags, terminal)
    })
}

async function writeMeasured(
  scenarioFile: string,
  { network }: Blueprint,
  kind: 'flows' | 'counters',
  flags: DemandsFlags,
  terminal: Terminal,
): Promise<void> {
  const file = (flags.flows ?? flags.counters)!
  const measured = await blamingOptions([], () =>
    measuredDemands(network, { file, bytes: readBytes(file, MEASURED_BYTES_MAX) }, optionsOf(kind, flags)),
  )
  for (const note of measured.notes) terminal.note(`${file}: ${note}`)
  const text = writeMeasuredCsv(measured, flags.statistic ?? 'mean')
  const document = { schema: 1, weft: VERSION, source: scenarioFile, file, ...measured }
  write(text, `of ${many(measured.intervals, 'interval')}`, document, flags, terminal)
}

async function writePattern(
  source: string,
  blueprint: Blueprint,
  flags: DemandsFlags,
  terminal: Terminal,
): Promise<void> {
  const { pattern, rate: rateBps } = flags
  const made = await demandsOfPattern(blueprint, flags)
  const document = { schema: 1, weft: VERSION, source, pattern, rateBps, ...made }
  write(writeDemandsCsv(made.demands), `: ${patternText(made, flags)}`, document, flags, terminal)
}

/** To the file, and either the text or the document to standard output. */
function write(
  text: string,
  about: string,
  document: object,
  { output, json }: DemandsFlags,
  terminal: Terminal,
): void {
  if (output !== undefined || json !== true) checkReadable(text)
  if (output !== undefined) {
    writeText(output, text)
    const demands = many(text.split('\n').length - 2, 'demand')
    terminal.note(`Wrote ${output}: ${demands}${about.startsWith(':') ? about : ` ${about}`}`)
  }
  if (json === true) writeJson(document, '-', terminal)
  else if (output === undefined) terminal.print(text)
}

/** Names and numbers are ASCII: a byte a character. */
function checkReadable(text: string): void {
  if (text.length <= DEMANDS_BYTES_MAX) return
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`
  throw new UsageError(
    `the demands are ${megabytes(text.length)} of CSV, of which other commands read ${megabytes(DEMANDS_BYTES_MAX)}; make them between fewer hosts`,
  )
}

function optionsOf(kind: MeasuredOptions['kind'], flags: DemandsFlags): MeasuredOptions {
  const { columns, hosts, interval, sampling, bytes, deltas, packet } = flags
  return {
    kind,
    ...given({ columns, sampling, bytes, intervalS: interval, packetBytes: packet }),
    ...(hosts !== undefined && { prefixes: { file: hosts, bytes: readBytes(hosts, MEASURED_BYTES_MAX) } }),
    ...(deltas === true && { readings: 'deltas' }),
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
