import { matchesLabels } from '@weft/fabric'
import type { z } from 'zod'
import { dnsLabelRefusal } from '../api-names.ts'
import { optional, text } from '../api-schema.ts'
import { labelSelector, labelSelectorSchema } from '../label-selector.ts'
import type { DraftWorkload } from '../model/draft.ts'
import { generatedName, templateHash } from '../model/pod-names.ts'
import { podTemplate } from '../model/pod-template.ts'
import { checkPodSpec } from '../schema/check-pod-spec.ts'
import { fields, integer, replicaCount } from '../schema/fields.ts'
import { labels, manifestSchema, type ObjectMeta, templateMetadata } from '../schema/object-meta.ts'
import { podSpec } from '../schema/pod-spec.ts'
import {
  checkStrategy,
  type StrategyInput,
  strategyFields,
  updateStrategy,
} from '../schema/update-strategy.ts'
import { defineKind, type Manifest, type ManifestKind, type Path, type Report } from './kind.ts'
import { warnOfTemplate } from './pod-warnings.ts'

/** A template of pods as controllers have it. */
export const template = fields('template', { metadata: optional(templateMetadata()), spec: podSpec })

export type TemplateInput = z.output<typeof template>

/** Source: kubernetes/kubernetes pkg/apis/apps/validation/validation.go, pkg/apis/core/validation/validation.go. */
export function checkTemplate({ spec }: TemplateInput, path: Path, report: Report): void {
  const { restartPolicy = 'Always' } = spec
  if (restartPolicy !== 'Always')
    report.refuse(
      [...path, 'spec', 'restartPolicy'],
      `${restartPolicy} is for jobs; pods of other controllers restart Always`,
    )
  checkPodSpec(spec, [...path, 'spec'], report)
}

/** A controller's own template, as the cluster has it. */
export const templateOf = ({ metadata = {}, spec }: TemplateInput) => podTemplate(metadata, spec)

type Name = Pick<Manifest, 'namespace' | 'name'>

/** What tells made-up names of one namespace from those of another. */
export const seedOf = ({ namespace }: Name, kind: string): string => `${kind} ${namespace}`

interface SelectorInput {
  readonly selector: z.output<typeof labelSelectorSchema>
  readonly template: TemplateInput
}

/** A selector must find the controller's own pods, and not everybody's. */
function checkSelector({ selector, template }: SelectorInput, kind: string, report: Report): void {
  const requirements = labelSelector(selector)
  if (requirements.length === 0)
    report.refuse(
      ['spec', 'selector'],
      `the selector of a ${kind} is not empty; give it labels of its template`,
    )
  else if (!matchesLabels(requirements, template.metadata?.labels ?? {}))
    report.refuse(['spec', 'selector'], 'the selector does not match the labels of spec.template')
}

/** A Deployment, ReplicaSet, StatefulSet or DaemonSet: a selector, a template, and so many pods. */
interface ControllerKind {
  readonly kind: string
  /** Fields of its spec that are read beside `selector`, `template` and `replicas`. */
  readonly shape?: z.ZodRawShape
  readonly unread: readonly string[]
  readonly nameRefusal?: (name: string) => string | undefined
  workload(manifest: Manifest<ControllerData>): Omit<DraftWorkload, 'manifest' | 'template'>
  link?: ManifestKind<ControllerData>['link']
}

interface ControllerData {
  readonly metadata: ObjectMeta
  readonly spec: SelectorInput & {
    readonly replicas?: number | undefined
    readonly serviceName?: string | undefined
    readonly ordinals?: { readonly start?: number | undefined } | undefined
    readonly minReadySeconds?: number | undefined
    /** A Deployment's; other kinds call it otherwise. */
    readonly strategy?: StrategyInput | undefined
    readonly updateStrategy?: StrategyInput | undefined
  }
}

const OLD_APPS = ['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2']
const TEMPLATE_SPEC = ['spec', 'template', 'spec']

const replicas = { replicas: optional(replicaCount()) }
const minReady = { minReadySeconds: optional(integer(0)) }

function controllerKind(own: ControllerKind): ManifestKind {
  const spec = fields('spec', { selector: labelSelectorSchema, template, ...own.shape }, own.unread)
  return defineKind({
    kind: own.kind,
    apiVersions: ['apps/v1'],
    formerApiVersions: OLD_APPS,
    scope: 'namespaced',
    ...(own.nameRefusal === undefined ? {} : { nameRefusal: own.nameRefusal }),
    // the type of a spread shape is lost; each kind's shape is a part of ControllerData
    schema: manifestSchema(own.kind, { spec }, ['status']) as unknown as z.ZodType<ControllerData>,
    check: ({ data }, report) => {
      checkSelector(data.spec, own.kind, report)
      checkTemplate(data.spec.template, ['spec', 'template'], report)
      for (const key of ['strategy', 'updateStrategy'] as const) {
        const strategy = data.spec[key]
        if (strategy !== undefined) checkStrategy(strategy, ['spec', key], report)
      }
    },
    add: (manifest, draft) => {
      const template = templateOf(manifest.data.spec.template)
      draft.workloads.push({ manifest, template, ...own.workload(manifest) })
    },
    link: (manifest, cluster, report) => {
      const { namespace, data } = manifest
      warnOfTemplate({ namespace, spec: data.spec.template.spec, path: TEMPLATE_SPEC }, cluster, report)
      own.link?.(manifest, cluster, report)
    },
  })
}

export const deploymentKind = controllerKind({
  kind: 'Deployment',
  shape: { ...replicas, ...minReady, strategy: optional(strategyFields(['RollingUpdate', 'Recreate'])) },
  unread: ['revisionHistoryLimit', 'paused', 'progressDeadlineSeconds', 'rollbackTo'],
  workload: (manifest) => {
    const { name } = manifest
    const { replicas = 1, strategy = {}, minReadySeconds = 0 } = manifest.data.spec
    const seed = seedOf(manifest, 'Deployment')
    const hash = templateHash(`${seed} ${name}`)
    return {
      replicas,
      update: updateStrategy(strategy, minReadySeconds, { maxSurge: '25%', maxUnavailable: '25%' }),
      podName: (index) => generatedName(`${name}-${hash}-`, seed, index),
      podLabels: () => ({ 'pod-template-hash': hash }),
    }
  },
})

const generated = (manifest: Manifest<ControllerData>): Pick<DraftWorkload, 'podName'> => ({
  podName: (index) => generatedName(`${manifest.name}-`, seedOf(manifest, manifest.kind), index),
})

export const replicaSetKind = controllerKind({
  kind: 'ReplicaSet',
  shape: replicas,
  unread: ['minReadySeconds'],
  workload: (manifest) => ({ replicas: manifest.data.spec.replicas ?? 1, ...generated(manifest) }),
})

export const daemonSetKind = controllerKind({
  kind: 'DaemonSet',
  shape: { ...minReady, updateStrategy: optional(strategyFields(['RollingUpdate', 'OnDelete'])) },
  unread: ['revisionHistoryLimit', 'templateGeneration'],
  workload: (manifest) => {
    const { updateStrategy: strategy = {}, minReadySeconds = 0 } = manifest.data.spec
    const update = updateStrategy(strategy, minReadySeconds, { maxSurge: 0, maxUnavailable: 1 })
    return { replicas: 'perNode', update, ...generated(manifest) }
  },
})

export const statefulSetKind = controllerKind({
  kind: 'StatefulSet',
  // its pods bear its name as a label and as their host name
  nameRefusal: (name) => dnsLabelRefusal(name, "a StatefulSet's name"),
  shape: {
    ...replicas,
    ...minReady,
    updateStrategy: optional(strategyFields(['RollingUpdate', 'OnDelete'], ['partition'])),
    serviceName: optional(text()),
    ordinals: optional(fields('ordinals', { start: optional(integer(0)) })),
  },
  unread: [
    'podManagementPolicy',
    'volumeClaimTemplates',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
  ],
  workload: ({ name, data }) => {
    const {
      replicas = 1,
      serviceName,
      ordinals,
      updateStrategy: strategy = {},
      minReadySeconds = 0,
    } = data.spec
    const ordinal = (index: number) => index + (ordinals?.start ?? 0)
    return {
      replicas,
      update: updateStrategy(strategy, minReadySeconds, { maxSurge: 0, maxUnavailable: 1 }),
      podName: (index) => `${name}-${ordinal(index)}`,
      podLabels: (index) => ({
        'statefulset.kubernetes.io/pod-name': `${name}-${ordinal(index)}`,
        'apps.kubernetes.io/pod-index': String(ordinal(index)),
      }),
      // its pods have names of their own in the DNS of this service
      ...(serviceName ? { subdomain: serviceName } : {}),
    }
  },
  link: ({ namespace, data }, cluster, report) => {
    const { serviceName } = data.spec
    if (!serviceName || cluster.service(`${namespace}/${serviceName}`) !== undefined) return
    report.warn(['spec', 'serviceName'], `no service is called ${namespace}/${serviceName}`)
  },
})

/** The controller before ReplicaSets: its selector is a map of labels, by default those of its template. */
const replicationSpec = fields('spec', { ...replicas, selector: optional(labels()), template }, [
  'minReadySeconds',
])

export const replicationControllerKind = defineKind({
  kind: 'ReplicationController',
  apiVersions: ['v1'],
  scope: 'namespaced',
  schema: manifestSchema('ReplicationController', { spec: replicationSpec }, ['status']),
  check: ({ data: { spec } }, report) => {
    const { selector = {}, template } = spec
    checkSelector(
      { selector: { matchLabels: effective(selector, template) }, template },
      'ReplicationController',
      report,
    )
    checkTemplate(template, ['spec', 'template'], report)
  },
  add: (manifest, draft) => {
    const { replicas = 1, template } = manifest.data.spec
    const base = `${manifest.name}-`
    const seed = seedOf(manifest, 'ReplicationController')
    draft.workloads.push({
      manifest,
      replicas,
      template: templateOf(template),
      podName: (index) => generatedName(base, seed, index),
    })
  },
  link: ({ namespace, data }, cluster, report) =>
    warnOfTemplate({ namespace, spec: data.spec.template.spec, path: TEMPLATE_SPEC }, cluster, report),
})

const effective = (selector: Record<string, string>, { metadata }: TemplateInput) =>
  Object.keys(selector).length > 0 ? selector : (metadata?.labels ?? {})
