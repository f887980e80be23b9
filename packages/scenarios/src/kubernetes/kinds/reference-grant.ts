import { z } from 'zod'
import { apiMap, optional, text } from '../api-schema.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { namespaceName, objectName } from './gateway.ts'
import { defineKind, type Manifest } from './kind.ts'

const ENTRIES_MAX = 16

/** Source: kubernetes-sigs/gateway-api apis/v1/referencegrant_types.go. An empty group is the core one. */
const spec = apiMap('spec', {
  from: z
    .array(apiMap('from', { group: text(), kind: text().min(1), namespace: namespaceName() }))
    .min(1)
    .max(ENTRIES_MAX),
  to: z
    .array(apiMap('to', { group: text(), kind: text().min(1), name: optional(objectName()) }))
    .min(1)
    .max(ENTRIES_MAX),
})

const schema = manifestSchema('ReferenceGrant', { spec })

export type ReferenceGrantManifest = Manifest<z.output<typeof schema>>

export const referenceGrantKind = defineKind({
  kind: 'ReferenceGrant',
  apiVersions: ['gateway.networking.k8s.io/v1beta1', 'gateway.networking.k8s.io/v1'],
  formerApiVersions: ['gateway.networking.k8s.io/v1alpha2'],
  scope: 'namespaced',
  schema,
  add: (manifest, draft) => {
    draft.referenceGrants.push(manifest)
  },
})
