import { scenarioJsonSchemaText } from '../../schema/json-schema.ts'
import { define, type Register } from '../command.ts'
import { writeText } from '../files.ts'

export const registerSchema: Register = (program, terminal) => {
  define(program, 'schema', 'Print the JSON Schema of scenario files, for editors', [
    'weft schema > scenario.schema.json',
    'weft schema -o scenario.schema.json',
  ])
    .option('-o, --output <file>', 'write to this file instead')
    .action(({ output }: { output?: string }) => {
      if (output === undefined) terminal.print(scenarioJsonSchemaText())
      else writeText(output, scenarioJsonSchemaText())
    })
}
