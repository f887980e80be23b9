import { VERSION } from '../version.ts'
import { createProgram } from './command.ts'
import { commands } from './commands/index.ts'
import { reportFailure } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line and gives its exit code; whatever goes wrong ends in words on the terminal. */
export async function weft(args: readonly string[], terminal: Terminal): Promise<number> {
  terminal.words = args
  try {
    const program = createProgram(terminal, VERSION)
    const [asked] = args
    // One command is loaded where one is asked for; help and mistakes need all of them.
    const wanted = asked !== undefined && Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands)
    for (const name of wanted) (await commands[name]!())(program, terminal)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    terminal.exitCode = reportFailure(error, terminal, args.includes('--debug'))
  } finally {
    terminal.release()
  }
  return terminal.exitCode
}
