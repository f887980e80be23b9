#!/usr/bin/env node
import { reportFailure } from './failure.ts'
import { Terminal } from './terminal.ts'
import { weft } from './weft.ts'

const args = process.argv.slice(2)
const terminal = new Terminal(process.stdout, process.stderr, process.env)

// What escapes a command, from a callback say, is reported in words too.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) =>
    process.exit(reportFailure(error, terminal, args.includes('--debug'))),
  )
}

// Not process.exit: what is still being written to a pipe must arrive.
process.exitCode = await weft(args, terminal)
