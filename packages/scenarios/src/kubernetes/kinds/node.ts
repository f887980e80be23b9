import { canonicalAddress } from '@weft/fabric'
import { z } from 'zod'
import { listOf, optional, text } from '../api-schema.ts'
import { addressRefusal, prefix } from '../schema/addresses.ts'
import { fields } from '../schema/fields.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { defineKind } from './kind.ts'

const taint = fields('taints', { key: text(), value: optional(text()), effect: text() }, ['timeAdded'])

const spec = fields(
  'spec',
  { podCIDR: optional(prefix()), podCIDRs: optional(z.array(prefix())), taints: optional(listOf(taint)) },
  ['providerID', 'unschedulable', 'configSource', 'externalID'],
)

const status = z.looseObject({
  addresses: optional(listOf(z.looseObject({ type: text(), address: text() }))),
  conditions: optional(listOf(z.looseObject({ type: text(), status: text() }))),
})

export const nodeKind = defineKind({
  kind: 'Node',
  apiVersions: ['v1'],
  scope: 'cluster',
  schema: manifestSchema('Node', { spec: optional(spec), status: optional(status) }),
  add: ({ name, labels, data }, draft) => {
    const { spec = {}, status = {} } = data
    const { podCIDR, podCIDRs = podCIDR === undefined ? [] : [podCIDR], taints = [] } = spec
    const ready = status.conditions?.find(({ type }) => type === 'Ready')
    // host names stand among the addresses
    const addresses = (status.addresses ?? [])
      .filter(({ type, address }) => type.endsWith('IP') && addressRefusal(address) === undefined)
      .map(({ address }) => canonicalAddress(address))
    draft.nodes.push({
      name,
      labels,
      addresses: [...new Set(addresses)],
      podCidrs: podCIDRs,
      isReady: ready === undefined || ready.status === 'True',
      taints: taints
        .filter(({ effect }) => effect !== 'PreferNoSchedule')
        .map(({ key, value = '', effect }) => ({ key, value, effect })),
    })
  },
})
