import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Terminal } from '../../src/cli/terminal.ts'
import { weft } from '../../src/cli/weft.ts'

/** Runs a command line as a process would; `@` before a word stands for the directory, there and back. */
export async function runIn(directory: string, words: readonly string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const args = words.map((word) => (word.startsWith('@') ? join(directory, word.slice(1)) : word))
  const code = await weft(args, new Terminal(out, err, {}))
  const read = (stream: PassThrough) => String(stream.read() ?? '').replaceAll(`${directory}/`, '@')
  return { code, out: read(out), err: read(err) }
}

/** Commands on a scenario of a directory, which is written anew for each. */
export const scenarioIn = (directory: () => string) => {
  const run = async (scenario: string, ...args: string[]) => {
    writeFileSync(join(directory(), 'scenario.yaml'), scenario)
    return runIn(directory(), [args[0]!, '@scenario.yaml', ...args.slice(1)])
  }
  return {
    run,
    /** The result of a run as JSON says it. */
    outcome: async (scenario: string, clock: string) => {
      const { out, err } = await run(scenario, 'run', '--clock', clock, '--json', '-')
      if (out === '') throw new Error(err)
      return JSON.parse(out)
    },
  }
}
