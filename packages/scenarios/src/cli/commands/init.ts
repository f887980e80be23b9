import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { scenarioJsonSchemaText } from '../../schema/json-schema.ts'
import { define, type Register } from '../command.ts'
import { UsageError } from '../failure.ts'
import { fileReason, writeText } from '../files.ts'
import { TEMPLATE } from './init-template.ts'

const SCENARIO = 'scenario.yaml'
const SCHEMA = 'scenario.schema.json'

export const registerInit: Register = (program, terminal) => {
  define(program, 'init', 'Write a commented scenario to start from, and the schema for editors', [
    'weft init',
    'weft init my-fabric && weft check my-fabric/scenario.yaml',
  ])
    .argument('[directory]', 'where to; made if it is not there', '.')
    .action((directory: string) => {
      const files = [SCENARIO, SCHEMA].map((name) => join(directory, name))
      const present = files.find((file) => existsSync(file))
      if (present !== undefined) throw new UsageError(`${present} exists already; nothing was written`)
      if (!existsSync(directory)) makeDirectory(directory)
      writeText(files[0]!, TEMPLATE, true)
      writeText(files[1]!, scenarioJsonSchemaText(), true)
      terminal.note(`Wrote ${files.join(' and ')}. Next: weft check ${files[0]}`)
    })
}

/** Level by level: Node's recursive mode never ends where the system refuses with ENOENT, as in /proc. */
function makeDirectory(directory: string): void {
  const missing: string[] = []
  for (let at = resolve(directory); !existsSync(at); at = dirname(at)) missing.unshift(at)
  try {
    for (const each of missing) mkdirSync(each)
  } catch (error) {
    throw new UsageError(`cannot make the directory ${directory}: ${fileReason(error)}`)
  }
}
