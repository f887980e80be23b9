import { z } from 'zod'
import { checked, listOf, optional, text } from '../api-schema.ts'
import { generatedName, turnOf } from '../model/pod-names.ts'
import { checkPodSpec } from '../schema/check-pod-spec.ts'
import { fields, integer, replicaCount } from '../schema/fields.ts'
import { manifestSchema, templateMetadata } from '../schema/object-meta.ts'
import { seedOf, template, type TemplateInput, templateOf } from './controllers.ts'
import { defineKind, type Path, type Report } from './kind.ts'
import { warnOfTemplate } from './pod-warnings.ts'

/** Source: kubernetes/kubernetes pkg/apis/batch/validation/validation.go. */
const jobSpec = fields(
  'spec',
  {
    parallelism: optional(replicaCount()),
    completions: optional(integer(0)),
    completionMode: optional(z.enum(['NonIndexed', 'Indexed'])),
    suspend: optional(z.boolean()),
    template,
  },
  [
    'activeDeadlineSeconds',
    'podFailurePolicy',
    'successPolicy',
    'backoffLimit',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
    'selector',
    'manualSelector',
    'ttlSecondsAfterFinished',
    'podReplacementPolicy',
    'managedBy',
  ],
)

type JobSpecInput = z.output<typeof jobSpec>

function checkJob({ template, completionMode, completions }: JobSpecInput, path: Path, report: Report): void {
  const { spec } = template
  if ((spec.restartPolicy ?? 'Always') === 'Always')
    report.refuse(
      [...path, 'template', 'spec', 'restartPolicy'],
      'pods of a job restart OnFailure or Never; write which',
    )
  if (completionMode === 'Indexed' && completions === undefined)
    report.refuse([...path, 'completionMode'], 'Indexed needs "completions"')
  checkPodSpec(spec, [...path, 'template', 'spec'], report)
}

/** Pods that run at once: none while it is suspended. */
function podsAtOnce({ parallelism = 1, completions = parallelism, suspend = false }: JobSpecInput): number {
  return suspend ? 0 : Math.min(parallelism, completions)
}

const jobLabels = (job: string) => ({ 'batch.kubernetes.io/job-name': job, 'job-name': job })

/** Names and labels of a job's pods; those of an indexed job have their index in both. */
function podsOf(job: string, seed: string, { completionMode }: JobSpecInput) {
  const isIndexed = completionMode === 'Indexed'
  return {
    podName: (index: number) => generatedName(isIndexed ? `${job}-${index}-` : `${job}-`, seed, index),
    podLabels: (index: number) =>
      isIndexed
        ? { ...jobLabels(job), 'batch.kubernetes.io/job-completion-index': String(index) }
        : jobLabels(job),
  }
}

const jobStatus = z.looseObject({
  conditions: optional(listOf(z.looseObject({ type: text(), status: text() }))),
})

const isOver = (status: z.output<typeof jobStatus> | undefined): boolean =>
  (status?.conditions ?? []).some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )

export const jobKind = defineKind({
  kind: 'Job',
  apiVersions: ['batch/v1'],
  formerApiVersions: ['extensions/v1beta1', 'batch/v2alpha1'],
  scope: 'namespaced',
  schema: manifestSchema('Job', { spec: jobSpec, status: optional(jobStatus) }),
  check: ({ data }, report) => checkJob(data.spec, ['spec'], report),
  add: (manifest, draft) => {
    const { name, data } = manifest
    draft.workloads.push({
      manifest,
      template: templateOf(data.spec.template),
      replicas: isOver(data.status) ? 0 : podsAtOnce(data.spec),
      ...podsOf(name, seedOf(manifest, 'Job'), data.spec),
    })
  },
  link: ({ namespace, data }, cluster, report) =>
    warnOfTemplate(placed(namespace, data.spec.template, ['spec']), cluster, report),
})

const placed = (namespace: string, { spec }: TemplateInput, path: Path) => ({
  namespace,
  spec,
  path: [...path, 'template', 'spec'],
})

const CRON_NAME_LENGTH_MAX = 52

const cronJobSpec = fields(
  'spec',
  {
    schedule: checked(text(), (given) => (given.trim() === '' ? 'the schedule is empty' : undefined)),
    suspend: optional(z.boolean()),
    jobTemplate: fields('jobTemplate', { metadata: optional(templateMetadata()), spec: jobSpec }),
  },
  [
    'timeZone',
    'startingDeadlineSeconds',
    'concurrencyPolicy',
    'successfulJobsHistoryLimit',
    'failedJobsHistoryLimit',
  ],
)

/** A CronJob stands for one turn of its job: what policies say of it holds whenever it runs. */
export const cronJobKind = defineKind({
  kind: 'CronJob',
  apiVersions: ['batch/v1'],
  formerApiVersions: ['batch/v1beta1', 'batch/v2alpha1'],
  scope: 'namespaced',
  schema: manifestSchema('CronJob', { spec: cronJobSpec }, ['status']),
  check: ({ name, data }, report) => {
    // its jobs get eleven characters more
    if (name.length > CRON_NAME_LENGTH_MAX)
      report.refuse(
        ['metadata', 'name'],
        `the name of a CronJob has at most ${CRON_NAME_LENGTH_MAX} characters; this one has ${name.length}`,
      )
    checkJob(data.spec.jobTemplate.spec, ['spec', 'jobTemplate', 'spec'], report)
  },
  add: (manifest, draft) => {
    const { suspend = false, jobTemplate } = manifest.data.spec
    const seed = seedOf(manifest, 'CronJob')
    const job = `${manifest.name}-${turnOf(`${seed} ${manifest.name}`)}`
    draft.workloads.push({
      manifest,
      template: templateOf(jobTemplate.spec.template),
      replicas: suspend ? 0 : podsAtOnce(jobTemplate.spec),
      ...podsOf(job, seed, jobTemplate.spec),
    })
  },
  link: ({ namespace, data }, cluster, report) =>
    warnOfTemplate(
      placed(namespace, data.spec.jobTemplate.spec.template, ['spec', 'jobTemplate', 'spec']),
      cluster,
      report,
    ),
})
