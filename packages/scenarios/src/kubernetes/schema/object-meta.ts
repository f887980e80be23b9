import { z } from 'zod'
import { dnsLabelRefusal, labelKeyRefusal, labelValueRefusal } from '../api-names.ts'
import { checked, listOf, optional, text, textOf } from '../api-schema.ts'
import { fields } from './fields.ts'

export type Labels = Readonly<Record<string, string>>

/** A null stands for the empty text, as for the API server. */
const orEmpty = (schema: z.ZodType<string>) => z.preprocess((value) => value ?? '', schema)

/** Source: apimachinery pkg/apis/meta/v1/validation. */
export const labels = () => z.record(checked(text(), labelKeyRefusal), orEmpty(textOf(labelValueRefusal)))

/** Keys as labels have them, in upper case too; any text as values. */
const annotations = () =>
  z.record(
    checked(text(), (key) => labelKeyRefusal(key.toLowerCase())),
    orEmpty(text()),
  )

const ownerReference = fields(
  'ownerReferences',
  { apiVersion: text(), kind: text(), name: text(), controller: optional(z.boolean()) },
  ['uid', 'blockOwnerDeletion'],
)

/** What templates have too. */
const templateMeta = {
  name: optional(text()),
  labels: optional(labels()),
  annotations: optional(annotations()),
}

/** Source: apimachinery pkg/apis/meta/v1/types.go. Names are checked by each kind's own rule. */
const rest = [
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'deletionGracePeriodSeconds',
  'finalizers',
  'managedFields',
  'clusterName',
  'initializers',
]

export const objectMeta = fields(
  'metadata',
  {
    ...templateMeta,
    generateName: optional(text()),
    namespace: optional(
      textOf((name) => (name === '' ? undefined : dnsLabelRefusal(name, "a namespace's name"))),
    ),
    ownerReferences: optional(listOf(ownerReference)),
    creationTimestamp: optional(text()),
    deletionTimestamp: optional(text()),
  },
  rest,
)

export type ObjectMeta = z.output<typeof objectMeta>

/** The metadata of a template: of pods, jobs. */
export const templateMetadata = () =>
  fields('metadata', templateMeta, [
    'namespace',
    'generateName',
    'ownerReferences',
    'creationTimestamp',
    'deletionTimestamp',
    ...rest,
  ])

/** A manifest of this kind: its own sections beside `apiVersion`, `kind` and `metadata`. */
export const manifestSchema = <Shape extends z.ZodRawShape>(
  kind: string,
  sections: Shape,
  unread: readonly string[] = [],
) => fields(kind, { apiVersion: z.string(), kind: z.string(), metadata: objectMeta, ...sections }, unread)
