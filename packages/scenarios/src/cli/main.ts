#!/usr/bin/env node
import { VERSION } from '../version.ts'
import { createProgram } from './command.ts'
import { commands } from './commands/index.ts'
import { reportFailure } from './failure.ts'
import { Terminal } from './terminal.ts'

const terminal = new Terminal(process.stdout, process.stderr, process.env)
const debug = process.argv.includes('--debug')

// Whatever escapes a command is reported in words too.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => process.exit(reportFailure(error, terminal, debug)))
}

const program = createProgram(terminal, VERSION)
for (const register of commands) register(program, terminal)
try {
  await program.parseAsync()
} catch (error) {
  terminal.exitCode = reportFailure(error, terminal, debug)
}
// Not process.exit: what is still being written to a pipe must arrive.
process.exitCode = terminal.exitCode
