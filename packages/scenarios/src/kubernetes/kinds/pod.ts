import { canonicalAddress } from '@weft/fabric'
import { z } from 'zod'
import { listOf, optional, text } from '../api-schema.ts'
import { podTemplate } from '../model/pod-template.ts'
import { addressRefusal } from '../schema/addresses.ts'
import { checkPodSpec } from '../schema/check-pod-spec.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { podSpec } from '../schema/pod-spec.ts'
import { defineKind } from './kind.ts'
import { warnOfTemplate } from './pod-warnings.ts'

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const

/** A null or an empty text is no address yet. */
const addressIfAny = z.preprocess(
  (value) => value ?? '',
  text().refine((given) => given === '' || addressRefusal(given) === undefined, {
    error: ({ input }) => addressRefusal(String(input)),
  }),
)

/** What a status says of a pod; machines have the same conditions. */
export const conditions = optional(listOf(z.looseObject({ type: text(), status: text() })))

/** Ready unless a condition says otherwise, or it is not up yet. */
export const isReady = (
  given: readonly { readonly type: string; readonly status: string }[] | undefined,
  isUp: boolean,
): boolean => {
  const condition = given?.find(({ type }) => type === 'Ready')
  return condition === undefined ? isUp : condition.status === 'True'
}

/** Addresses in their short form, each once. */
export const canonicalAddresses = (given: readonly string[]): string[] => [
  ...new Set(given.filter((each) => each !== '').map(canonicalAddress)),
]

const status = z.looseObject({
  phase: optional(z.enum(PHASES)),
  podIP: addressIfAny.optional(),
  podIPs: optional(listOf(z.looseObject({ ip: addressIfAny.optional() }))),
  conditions,
})

export const podKind = defineKind({
  kind: 'Pod',
  apiVersions: ['v1'],
  scope: 'namespaced',
  schema: manifestSchema('Pod', { spec: podSpec, status: optional(status) }),
  check: ({ data }, report) => checkPodSpec(data.spec, ['spec'], report),
  add: (manifest, draft) => {
    const { labels, annotations, data, controller } = manifest
    const { phase = 'Running', podIP = '', podIPs = [], conditions: given } = data.status ?? {}
    draft.pods.push({
      manifest,
      owner: controller,
      template: podTemplate({ labels, annotations }, data.spec),
      phase,
      isReady: isReady(given, phase === 'Running'),
      addresses: canonicalAddresses([podIP, ...podIPs.map(({ ip = '' }) => ip)]),
    })
  },
  link: ({ namespace, name, data }, cluster, report) => {
    warnOfTemplate({ namespace, spec: data.spec, path: ['spec'] }, cluster, report)
    const given = data.status?.podIP ?? ''
    const others = given === '' ? [] : cluster.podsAt(canonicalAddress(given))
    const other = others.find(({ id }) => id !== `${namespace}/${name}`)
    // a completed pod has no address any more
    if (other !== undefined && others.length > 1)
      report.warn(['status', 'podIP'], `the pod ${other.id} has the address ${given} too`)
  },
})
