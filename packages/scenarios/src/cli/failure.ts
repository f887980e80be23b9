import { ConfigError, RunawayError } from '@weft/core'
import { CommanderError } from 'commander'
import { ManifestError } from '../kubernetes/read/manifest-error.ts'
import { ScenarioFileError } from '../parse/located.ts'
import { VERSION } from '../version.ts'
import { EXIT, type Terminal } from './terminal.ts'

/** Something wrong with what was asked on the command line: an option's value, a file that cannot be read. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Tells the user what went wrong and gives the exit code. Stacks are for --debug alone. */
export function reportFailure(error: unknown, terminal: Terminal, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput
  if (debug && error instanceof Error) terminal.note(error.stack ?? String(error))
  if (error instanceof ScenarioFileError || error instanceof ManifestError) {
    terminal.note(error.message)
    return EXIT.badInput
  }
  if (error instanceof UsageError || error instanceof ConfigError) {
    terminal.note(`weft: ${error.message}`)
    return EXIT.badInput
  }
  if (error instanceof RunawayError) {
    terminal.note(`weft: the model ran away: ${error.message}`)
    return EXIT.fault
  }
  terminal.note(`weft: a fault of Weft's own: ${error instanceof Error ? error.message : String(error)}`)
  terminal.note(
    `Please report it with the scenario, its seed, and version ${VERSION} (Node ${process.version}).`,
  )
  if (!debug) terminal.note('The same command with --debug shows where it happened.')
  return EXIT.fault
}
