import type { LabelSelector } from '@weft/fabric'
import { z } from 'zod'
import { labelKeyRefusal, labelValueRefusal } from './api-names.ts'
import { apiMap, checked, listOf, optional, refuseAt, text, textOf } from './api-schema.ts'

/** Maps of labels as selectors have them. A null stands for the empty text, as for the API server. */
const matchLabels = z.record(
  checked(text(), labelKeyRefusal),
  z.preprocess((value) => value ?? '', textOf(labelValueRefusal)),
)

const requirement = apiMap('matchExpressions', {
  key: textOf(labelKeyRefusal),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: optional(z.array(textOf(labelValueRefusal))),
}).superRefine(({ operator, values = [] }, context) => {
  const takesValues = operator === 'In' || operator === 'NotIn'
  if (takesValues && values.length === 0)
    refuseAt(context, ['values'], `${operator} needs at least one value in "values"`)
  if (!takesValues && values.length > 0)
    refuseAt(context, ['values'], `${operator} asks for the key alone; remove "values", or use In or NotIn`)
})

/**
 * A label selector of the API (`metav1.LabelSelector`), with the rules of apimachinery's
 * `pkg/apis/meta/v1/validation`. An empty one selects everything; a missing one is for its field to say.
 */
export const labelSelectorSchema = apiMap('a label selector', {
  matchLabels: optional(matchLabels),
  matchExpressions: optional(listOf(requirement)),
})

export type LabelSelectorInput = z.output<typeof labelSelectorSchema>

/** As requirements that must all hold. */
export function labelSelector({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelectorInput): LabelSelector {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator, values })),
  ]
}
