import { dnsLabelRefusal } from '../api-names.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { defineKind } from './kind.ts'

export const namespaceKind = defineKind({
  kind: 'Namespace',
  apiVersions: ['v1'],
  scope: 'cluster',
  nameRefusal: (name) => dnsLabelRefusal(name, "a namespace's name"),
  schema: manifestSchema('Namespace', {}, ['spec', 'status']),
  add: ({ name, labels }, draft) => {
    draft.namespaces.set(name, labels)
  },
})
