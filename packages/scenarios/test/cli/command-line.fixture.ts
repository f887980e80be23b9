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
