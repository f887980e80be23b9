import { z } from 'zod'
import { scenarioSchema } from './scenario.ts'

/** The scenario file's JSON Schema (draft 2020-12), for editors to complete and check by. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(scenarioSchema, {
    io: 'input',
    // zod leaves examples out where validation changes the value; ours are all as users write them.
    override({ zodSchema, jsonSchema }) {
      const examples = examplesOf(zodSchema)
      if (examples !== undefined) jsonSchema.examples = examples
    },
  })
  return { $schema, $id: 'urn:weft:scenario:1', title: 'Weft scenario', ...rest }
}

/** As it is committed and printed. */
export const scenarioJsonSchemaText = () => `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`

/** The schema's own examples, or those of what it makes optional. */
function examplesOf(schema: z.core.$ZodType): unknown[] | undefined {
  const examples = z.globalRegistry.get(schema)?.['examples']
  if (Array.isArray(examples)) return examples
  return schema instanceof z.ZodOptional ? examplesOf(schema.def.innerType) : undefined
}
