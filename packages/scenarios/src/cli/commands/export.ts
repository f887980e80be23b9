import { ConfigError } from '@weft/core'
import { Option } from 'commander'
import {
  type ExportedNetwork,
  type ExportOptions,
  exportNetwork,
  formatNote,
  networkFormatNames,
} from '../../exchange/index.ts'
import { given } from '../../exchange/given.ts'
import { VERSION } from '../../version.ts'
import { define, RATES_HELP, type Register } from '../command.ts'
import { UsageError } from '../failure.ts'
import { writeText } from '../files.ts'
import { writeJson } from '../outputs.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { checkTargets } from '../targets.ts'

interface ExportFlags {
  readonly format: ExportOptions['format']
  readonly region?: string
  readonly rates?: string
  readonly output?: string
  readonly json?: boolean
}

export const registerExport: Register = (program, terminal) => {
  define(program, 'export', 'Write the network of a scenario in the format of another tool', [
    'weft export scenario.yaml --format graphml -o fabric.graphml',
    'weft export scenario.yaml --format containerlab > fabric.clab.yml',
    'weft export scenario.yaml --format csv -o demands.csv',
  ])
    .argument('<scenario>', 'a scenario file')
    .addOption(
      new Option('--format <name>', 'the format; csv: the demands alone, of flows what is expected')
        .choices([...networkFormatNames, 'csv'])
        .makeOptionMandatory(),
    )
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .option('--region <name>', 'which region; needed where there are several')
    .option('--rates <which>', `${RATES_HELP}; with --format csv`)
    .option('--json', 'print one JSON document with the text and the notes instead')
    .action(async (file: string, { format, region, rates, output, json }: ExportFlags) => {
      checkTargets({ '--output': output }, [file])
      const { compiled, warnings } = await scenarioArgument(file, terminal)
      for (const warning of warnings) terminal.note(`${file}: warning: ${warning}`)
      const options = { format, file, ...given({ region, rates }) }
      const { text, notes } = blaming(() => exportNetwork(compiled, options))
      for (const note of notes) terminal.note(formatNote(note))
      if (output !== undefined) writeText(output, text)
      if (json === true)
        writeJson({ schema: 1, weft: VERSION, source: file, format, notes, text }, '-', terminal)
      else if (output === undefined) terminal.print(text)
    })
}

/** Says which option is at fault. */
function blaming(ask: () => ExportedNetwork): ExportedNetwork {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new UsageError(
      error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'),
    )
  }
}
