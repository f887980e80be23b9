import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scenarioJsonSchema, scenarioJsonSchemaText } from './json-schema.ts'

type Schema = { [key: string]: unknown; properties?: Record<string, Schema> }

/** Every property of every map in the schema, with its path. */
function* properties(schema: Schema, path = ''): Generator<[string, Schema]> {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    yield [`${path}/${key}`, property]
    yield* properties(property, `${path}/${key}`)
  }
  for (const key of ['items', 'additionalProperties'] as const) {
    if (typeof schema[key] === 'object') yield* properties(schema[key] as Schema, `${path}/${key}`)
  }
  for (const key of ['anyOf', 'oneOf', 'prefixItems'] as const) {
    for (const option of (schema[key] as Schema[] | undefined) ?? []) yield* properties(option, path)
  }
}

describe('the published JSON Schema', () => {
  const all = [...properties(scenarioJsonSchema())]

  it('is committed as it is now; if not: pnpm weft schema -o packages/scenarios/schema/scenario.schema.json', () => {
    const file = new URL('../../schema/scenario.schema.json', import.meta.url)
    expect(readFileSync(file, 'utf8')).toBe(scenarioJsonSchemaText())
  })

  it('describes every key, with an example, for editors', () => {
    expect(all.length).toBeGreaterThan(150)
    const bare = all.filter(
      ([, { description, examples }]) => !description || !Array.isArray(examples) || examples.length === 0,
    )
    expect(bare.map(([path]) => path)).toEqual([])
  })

  it('allows no key that is not in it', () => {
    const open = all.filter(
      ([, { properties, additionalProperties }]) => properties && additionalProperties !== false,
    )
    expect(open.map(([path]) => path)).toEqual([])
  })
})
