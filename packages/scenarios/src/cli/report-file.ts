import { basename } from 'node:path'
import type { ReportAbout } from '../report/answers/about.ts'
import { commandLine } from '../report/reproduce.ts'
import { inputsHash } from '../run/inputs-hash.ts'
import { writeText } from './files.ts'
import type { ScenarioArgument } from './scenario-argument.ts'
import type { Terminal } from './terminal.ts'

/** As `weft run` has it. */
export const REPORT_OPTION = ['--report <file.html>', 'write a report to look at'] as const

/** A file that was read beside scenarios. */
export interface OtherInput {
  readonly file: string
  readonly bytes: Uint8Array
}

/** Options that say where an answer goes, and nothing of the answer; and those of them that take a word. */
const WHERE: ReadonlyMap<string, boolean> = new Map([
  ['--json', false],
  ['--debug', false],
  ['--report', true],
  ['--out', true],
])

/** The command line without what only says where its answer goes. */
export function askedAgain(words: readonly string[]): string {
  const kept: string[] = []
  for (let at = 0; at < words.length; at++) {
    const takesWord = WHERE.get(words[at]!)
    if (takesWord === true) at++
    else if (takesWord === undefined && !isJoined(words[at]!)) kept.push(words[at]!)
  }
  return commandLine(['weft', ...kept])
}

/** `--report=file.html` */
const isJoined = (word: string): boolean =>
  [...WHERE].some(([name, takesWord]) => takesWord && word.startsWith(`${name}=`))

/** What a report says of the question: inputs with their hashes, and the command that asks it again. */
export function reportAbout(
  terminal: Terminal,
  scenarios: readonly ScenarioArgument[],
  others: readonly OtherInput[] = [],
): ReportAbout {
  const { name, seed } = scenarios[0]!.compiled.blueprint
  const isOne = scenarios.length === 1
  return {
    name: isOne ? name : scenarios.map(({ file }) => basename(file)).join(' and '),
    command: askedAgain(terminal.words),
    inputs: [...scenarios, ...others].map(({ file, bytes }) => ({ file, sha256: inputsHash(bytes) })),
    seed: isOne ? seed : [...new Set(scenarios.map(({ compiled }) => compiled.blueprint.seed))].join(', '),
    warnings: scenarios.flatMap(({ file, warnings }) =>
      warnings.map((warning) => (isOne ? warning : `${file}, ${warning}`)),
    ),
  }
}

/** Where no file is named nothing is rendered. */
export async function writeReport(
  file: string | undefined,
  render: () => string | Promise<string>,
): Promise<void> {
  if (file !== undefined) writeText(file, await render())
}
