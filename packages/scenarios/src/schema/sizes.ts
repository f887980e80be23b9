import { nearest, type ParseOptions, parseSize } from '@weft/core'
import { publishedSizes } from '@weft/fabric'
import { z } from 'zod'
import { percent, size } from './quantity.ts'
import { either, strict } from './strict.ts'

const SIZE: ParseOptions = { positive: true }
const PUBLISHED = Object.keys(publishedSizes)

/** A published distribution's name, or one size for all flows. */
const byName = z
  .string({ error: ({ input }) => sizeMessage(input) })
  .meta({ description: `A size, or one of ${PUBLISHED.join(', ')}.`, examples: ['WebSearch', '100kB'] })
  .transform((text, context) => {
    if (Object.hasOwn(publishedSizes, text)) return { published: text as keyof typeof publishedSizes }
    const parsed = parseSize(text, SIZE)
    if (parsed.ok) return { constant: parsed.value }
    context.addIssue({
      code: 'custom',
      message: /^[\s\d.+-]/.test(text) ? parsed.message : unknownName(text),
    })
    return z.NEVER
  })

function sizeMessage(input: unknown): string | undefined {
  const parsed = parseSize(input, SIZE)
  return parsed.ok ? undefined : parsed.message
}

function unknownName(text: string): string {
  const meant = nearest(text, PUBLISHED)
  const hint =
    meant === undefined
      ? `expected a size such as 100kB, or one of ${PUBLISHED.join(', ')}`
      : `did you mean ${meant}?`
  return `unknown size distribution ${JSON.stringify(text)}; ${hint}`
}

const uniform = strict(
  'uniform',
  {
    min: size({ description: 'The smallest flow.', examples: ['1kB'] }),
    max: size({ description: 'The largest flow.', examples: ['1MB'] }),
  },
  {
    description: 'Every whole number of bytes between the two, alike.',
    examples: [{ min: '1kB', max: '1MB' }],
  },
)

const point = z.tuple([
  size({ description: 'Bytes.', examples: ['10kB'] }, {}),
  percent({ description: 'Share of flows up to that size.', examples: ['50%'] }, { max: 1 }),
])

const distribution = strict(
  'sizes',
  {
    exponential: size({
      description: 'Exponentially distributed, with this mean.',
      examples: ['100kB'],
    }).optional(),
    uniform: uniform.optional(),
    cdf: z
      .array(point)
      .min(2)
      .meta({
        description: 'Points of size and share of flows up to it, rising to 100%; linear in between.',
        examples: [
          [
            ['0B', '0%'],
            ['10kB', '50%'],
            ['1MB', '100%'],
          ],
        ],
      })
      .optional(),
  },
  { description: 'Exactly one distribution.', examples: [{ exponential: '100kB' }] },
)

export const sizesSchema = either([byName, distribution], {
  description: `Flow sizes in payload bytes: a size for all, ${PUBLISHED.join(', ')}, or a distribution of your own.`,
  examples: ['WebSearch', '100kB', { exponential: '100kB' }],
})

export type SizesInput = z.output<typeof sizesSchema>
