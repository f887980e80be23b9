import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { scenarioJsonSchema } from '../packages/scenarios/src/schema/json-schema.ts'

/** Writes the tables of docs/scenario-file.md from the scenario file's schema: `npx tsx tools/scenario-reference.ts`. */
const PAGE = new URL('../docs/scenario-file.md', import.meta.url)
const BEGIN = '<!-- keys: written by tools/scenario-reference.ts -->\n'
const END = '<!-- end of keys -->'

interface Schema {
  readonly [key: string]: unknown
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

/** The page as it should be, with its hand-written parts as they are. */
export function referencePage(): { readonly current: string; readonly wanted: string } {
  const current = readFileSync(PAGE, 'utf8')
  const [before, rest] = current.split(BEGIN) as [string, string]
  const after = rest.slice(rest.indexOf(END))
  const sections: string[] = []
  describeMap('the file', scenarioJsonSchema() as Schema, sections, new Map())
  return { current, wanted: `${before}${BEGIN}\n${sections.join('\n')}\n${after}` }
}

/** A heading and a table for one map, then for the maps within it. A map that was described already is not again. */
function describeMap(title: string, schema: Schema, sections: string[], known: Map<string, string>): void {
  const keys = Object.entries(schema.properties ?? {})
  const required = new Set(schema.required)
  known.set(shapeOf(schema), title)
  const rows = keys.map(([key, value]) => {
    const name = required.has(key) ? `**\`${key}\`**` : `\`${key}\``
    return `| ${name} | ${kindOf(value, known)} | ${cell(value.description ?? '')} | ${exampleOf(value)} |`
  })
  sections.push(
    `### ${title}\n\n| key | value | meaning | example |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`,
  )
  for (const [key, value] of keys) {
    for (const { name, map } of mapsIn(key, value)) {
      if (!known.has(shapeOf(map)))
        describeMap(title === 'the file' ? name : `${title}.${name}`, map, sections, known)
    }
  }
}

/** The maps that a key may hold, directly, in a list, or by names of the user's own. */
function* mapsIn(name: string, schema: Schema): Generator<{ readonly name: string; readonly map: Schema }> {
  if (schema.properties !== undefined) yield { name, map: schema }
  if (schema.items !== undefined) yield* mapsIn(`${name}[]`, schema.items)
  if (typeof schema.additionalProperties === 'object')
    yield* mapsIn(`${name}.NAME`, schema.additionalProperties)
  // of several maps each is called by the key that it must have
  const isOneOfMaps = (schema.anyOf ?? []).filter(({ properties }) => properties !== undefined).length > 1
  for (const option of schema.anyOf ?? [])
    yield* mapsIn(isOneOfMaps && option.properties ? `${name}: ${option.required?.[0]}` : name, option)
  for (const option of schema.oneOf ?? [])
    yield* mapsIn(`${name}: ${String(option.properties?.['metric']?.const)}`, option)
}

function kindOf(schema: Schema, known: ReadonlyMap<string, string>): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  const options = schema.anyOf ?? []
  if (options.some(({ oneOf }) => oneOf !== undefined)) return 'one of the maps below'
  if (options.length > 0) return [...new Set(options.map((option) => kindOf(option, known)))].join(' or ')
  if (schema.oneOf !== undefined) return 'one of the maps below'
  if (schema.prefixItems !== undefined) return 'list of two'
  if (schema.type === 'array') return `list: ${kindOf(schema.items ?? {}, known)}`
  if (schema.type === 'object') {
    const twin = known.get(shapeOf(schema))
    return twin === undefined || schema.properties === undefined ? 'map' : `map, as in ${twin}`
  }
  return (
    { integer: 'whole number', number: 'number', boolean: '`true`, `false`', string: 'text' }[
      schema.type ?? ''
    ] ?? ''
  )
}

function exampleOf({ examples = [] }: Schema): string {
  const [first] = examples
  if (first === undefined) return ''
  return `\`${flow(first).replaceAll('|', '\\|')}\``
}

/** A value as YAML in one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value !== 'object' || value === null)
    return /[*<>{}[\]]/.test(String(value)) ? JSON.stringify(value) : String(value)
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${flow(each)}`)
    .join(', ')} }`
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('*', '\\*')

/** Equal for maps that take the same. */
const shapeOf = (schema: Schema) =>
  JSON.stringify(schema.properties, (key, value) =>
    key === 'description' || key === 'examples' ? undefined : value,
  )

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, referencePage().wanted)
