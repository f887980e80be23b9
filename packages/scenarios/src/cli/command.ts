import { parsePerSecond } from '@weft/core'
import { Command, type CommanderError, InvalidArgumentError } from 'commander'
import { PAIR_RATE_DEFAULT } from '../cloud/pair-rate.ts'
import type { Overrides } from '../compile/overrides.ts'
import { UsageError } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** Adds one command to the program; a file in `commands/` exports one. */
export type Register = (program: Command, terminal: Terminal) => void

/**
 * A command with what all of them share: `--debug`, examples behind its help, and nothing ignored: excess
 * arguments and unknown options are refused.
 */
export function define(
  program: Command,
  usage: string,
  description: string,
  examples: readonly string[],
): Command {
  return program
    .command(usage)
    .description(description)
    .allowExcessArguments(false)
    .option('--debug', 'show stacks of errors')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`)
}

export function createProgram(terminal: Terminal, version: string): Command {
  const program = new Command('weft')
    .description('Simulates network fabrics: does it carry the load, what breaks when a spine dies?')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .exitOverride((error: CommanderError) => {
      throw error
    })
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.note(text.trimEnd().replace(/^error: /, 'weft: ')),
      getOutHasColors: () => terminal.color,
    })
    .addHelpText('after', '\nStart with: weft init my-fabric')
  return program
}

/** Options of `run` and `check` that stand for the scenario's own keys. */
export interface RunFlags {
  readonly clock?: string
  readonly seed?: string
  readonly for?: string
  readonly begin?: string
}

export const overridesOf = ({ clock, seed, for: length, begin }: RunFlags): Overrides => ({
  clock,
  seed,
  for: length,
  begin,
})

/** What `run` and `check` may set over the scenario's own words; checked with the scenario, by the same rules. */
export function withRunOptions(command: Command): Command {
  return command
    .option('--clock <name>', 'the engine: packet, flow or steady')
    .option('--seed <text>', 'another seed')
    .option('--for <time>', 'another length, such as 2ms')
    .option('--begin <time>', 'when in the day or week of profiles to begin, such as 20h')
    .option(...PAIR_RATE_OPTION)
}

/** Of `--rates`, in commands that look at loads of no one time. */
export const RATES_HELP =
  'of traffic with a profile: its peak (default), its mean, or its rate at an instant such as 20h'

/** Of `--of`, in commands that let any so many parts fail. */
export const OF_HELP = 'of link, switch, host or risk, or of one tier: link/fabric; by default link'

/** Of commands that ask what traffic does: how much is made up for manifests alone. */
export const PAIR_RATE_OPTION = [
  '--rate <requests>',
  `of manifests alone: requests of each pair of workloads that may connect; default ${PAIR_RATE_DEFAULT}/s`,
  pairRateOf,
] as const

export interface PairRateFlag {
  /** Requests per second. */
  readonly rate?: number
}

/** Of commands that take demands in place of traffic. */
export function withoutDemands(flags: PairRateFlag & { readonly demands?: string }): {
  readonly madeUp?: PairRateFlag
} {
  if (flags.demands === undefined) return { madeUp: flags }
  if (flags.rate === undefined) return {}
  throw new UsageError('--rate does not go with --demands, which are in place of traffic')
}

function pairRateOf(text: string): number {
  const parsed = parsePerSecond(text, { of: 'requests', positive: true })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value
}

/** What an option counts. */
export function countOf(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError('Expected a whole number, 1 or more.')
  return value
}
