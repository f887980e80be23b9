import { parsePercent, parseRate, printRate } from '@weft/core'
import type { Blueprint } from '@weft/fabric'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { given } from '../exchange/given.ts'
import {
  type DemandPattern,
  demandPatterns,
  type HotReceivers,
  type PatternDemandOptions,
  type PatternDemands,
  patternDemands,
} from '../exchange/patterns/pattern-demands.ts'
import { MASSES_BYTES_MAX } from '../exchange/patterns/read-masses.ts'
import { blamingOptions } from './blaming.ts'
import type { GoesWith } from './demand-sources.ts'
import { UsageError } from './failure.ts'
import { readBytes } from './files.ts'

export interface PatternFlags {
  readonly pattern?: DemandPattern
  readonly rate?: number
  readonly among?: readonly string[]
  readonly masses?: string
  readonly hot?: HotReceivers
  readonly hotShare?: number
  readonly seed?: string
  readonly packet?: number
}

export const PATTERNS_GO_WITH: GoesWith = {
  rate: ['pattern'],
  among: ['pattern'],
  masses: ['pattern gravity'],
  hot: ['pattern hot-spots'],
  hotShare: ['pattern hot-spots'],
  seed: ['pattern hot-spots', 'pattern permutation'],
}

export const withPatternOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--pattern <name>', 'demands that nobody measured, by who sends to whom').choices(
        demandPatterns,
      ),
    )
    .option('--rate <rate>', 'of all demands together, in IP bits, such as 1Tbps; with --pattern', rateOf)
    .option('--among <names...>', 'hosts, or switches, pods or a region for all hosts below; by default all')
    .option(
      '--masses <file.csv>',
      'of gravity: host,mass or host,sent,received; by default the rates of hosts',
    )
    .option('--hot <number>', 'of hot-spots: how many receivers are hot, such as 4 or 10%', hotOf)
    .option('--hot-share <percent>', 'of hot-spots: what of all is for them; by default 50%', shareOf)
    .option('--seed <text>', "of hot-spots and permutation: another seed than the scenario's")

/** Demands of `--pattern`; foreign flags are refused already. */
export async function demandsOfPattern(blueprint: Blueprint, flags: PatternFlags): Promise<PatternDemands> {
  const options = optionsOf(flags)
  return blamingOptions(['among', 'hot', 'packet', 'pattern', 'rate'], () =>
    patternDemands(blueprint, options),
  )
}

function optionsOf(flags: PatternFlags): PatternDemandOptions {
  const { pattern, rate: rateBps, among, masses, hot, hotShare, seed, packet: packetBytes } = flags
  if (rateBps === undefined) throw new UsageError('--pattern needs --rate, that of all demands together')
  const common = { rateBps, ...given({ packetBytes }) }
  const some = { ...common, ...given({ among }) }
  if (pattern === 'gravity' && masses !== undefined) {
    if (among !== undefined)
      throw new UsageError('--masses names the hosts that take part; leave --among out')
    return { pattern, ...common, masses: { file: masses, bytes: readBytes(masses, MASSES_BYTES_MAX) } }
  }
  if (pattern === 'hot-spots') {
    if (hot === undefined)
      throw new UsageError('--pattern hot-spots needs --hot, how many receivers are hot, such as 4 or 10%')
    return { pattern, ...some, hot, ...given({ hotShare, seed }) }
  }
  if (pattern === 'permutation') return { pattern, ...some, ...given({ seed }) }
  return pattern === 'gravity' ? { pattern, ...some } : { pattern: 'uniform', ...some }
}

const HOT_SHOWN_MAX = 8

/** What was made, for people. */
export function patternText({ hosts, hot }: PatternDemands, { pattern, rate }: PatternFlags): string {
  const shown = hot.slice(0, HOT_SHOWN_MAX).join(', ')
  const more = hot.length > HOT_SHOWN_MAX ? ` and ${hot.length - HOT_SHOWN_MAX} more` : ''
  const whom = hot.length === 0 ? '' : `; hot: ${shown}${more}`
  return `${pattern} between ${hosts} hosts, ${printRate(rate ?? 0, { digits: 6 })} in all${whom}`
}

function rateOf(text: string): number {
  const parsed = parseRate(text, { positive: true, example: '1Tbps' })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value
}

function hotOf(text: string): HotReceivers {
  if (/^[1-9]\d{0,8}$/.test(text)) return { count: Number(text) }
  if (!text.includes('%'))
    throw new InvalidArgumentError('Expected a whole number, 1 or more, or a share of the hosts such as 10%.')
  return { share: shareOf(text) }
}

function shareOf(text: string): number {
  const parsed = parsePercent(text, { positive: true, max: 1, maxReason: 'there is no more than all' })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value
}
