import { z } from 'zod'
import { labelKeyRefusal } from '../api-names.ts'
import { listOf, optional, text, textOf } from '../api-schema.ts'
import { fields } from './fields.ts'

/** Source of all rules here: kubernetes/kubernetes pkg/apis/core/validation/validation.go, `ValidateNodeSelectorRequirement`. */
const requirement = (key: z.ZodType<string>) =>
  fields('a requirement of node affinity', {
    key,
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
    values: optional(z.array(text())),
  })

const term = fields('nodeSelectorTerms', {
  matchExpressions: optional(listOf(requirement(textOf(labelKeyRefusal)))),
  matchFields: optional(listOf(requirement(z.literal('metadata.name')))),
})

/** What is preferred, and what is said of other pods, is not read. */
export const affinity = fields(
  'affinity',
  {
    nodeAffinity: optional(
      fields(
        'nodeAffinity',
        {
          requiredDuringSchedulingIgnoredDuringExecution: optional(
            fields('a node selector', { nodeSelectorTerms: listOf(term).min(1) }),
          ),
        },
        ['preferredDuringSchedulingIgnoredDuringExecution'],
      ),
    ),
  },
  ['podAffinity', 'podAntiAffinity'],
)

export type AffinityInput = z.output<typeof affinity>
