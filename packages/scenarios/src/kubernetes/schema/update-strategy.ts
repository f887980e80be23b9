import { z } from 'zod'
import { optional } from '../api-schema.ts'
import type { Path, Report } from '../kinds/kind.ts'
import type { UpdateStrategy } from '../model/cluster.ts'
import { fields, integer } from './fields.ts'

/** A number of pods, or a share of those wanted: `25%`. */
const EXPECTED = 'expected a number of pods, or a share of them such as "25%"'
const countOrShare = z.union([integer(0), z.string().regex(/^\d+%$/, { error: EXPECTED })], {
  error: EXPECTED,
})

const rollingUpdate = (unread: readonly string[]) =>
  fields(
    'rollingUpdate',
    { maxSurge: optional(countOrShare), maxUnavailable: optional(countOrShare) },
    unread,
  )

/** `spec.strategy` of a Deployment, `spec.updateStrategy` of a DaemonSet or StatefulSet. */
export const strategyFields = (types: readonly [string, ...string[]], unread: readonly string[] = []) =>
  fields('the strategy', { type: optional(z.enum(types)), rollingUpdate: optional(rollingUpdate(unread)) })

export interface StrategyInput {
  readonly type?: string | undefined
  readonly rollingUpdate?:
    | {
        readonly maxSurge?: number | string | undefined
        readonly maxUnavailable?: number | string | undefined
      }
    | undefined
}

const KINDS = { RollingUpdate: 'rolling', Recreate: 'recreate', OnDelete: 'on-delete' } as const

/** With the API server's defaults. */
export function updateStrategy(
  { type = 'RollingUpdate', rollingUpdate = {} }: StrategyInput,
  minReadySeconds: number,
  defaults: Pick<UpdateStrategy, 'maxSurge' | 'maxUnavailable'>,
): UpdateStrategy {
  return {
    kind: KINDS[type as keyof typeof KINDS],
    maxSurge: rollingUpdate.maxSurge ?? defaults.maxSurge,
    maxUnavailable: rollingUpdate.maxUnavailable ?? defaults.maxUnavailable,
    minReadySeconds,
  }
}

const isNone = (value: number | string | undefined) => value === 0 || value === '0%'

/** Source: kubernetes/kubernetes pkg/apis/apps/validation/validation.go. */
export function checkStrategy(
  { type = 'RollingUpdate', rollingUpdate }: StrategyInput,
  path: Path,
  report: Report,
): void {
  if (rollingUpdate === undefined) return
  const { maxSurge, maxUnavailable } = rollingUpdate
  if (type !== 'RollingUpdate') report.refuse([...path, 'rollingUpdate'], `may not stand beside type ${type}`)
  else if (isNone(maxSurge) && isNone(maxUnavailable))
    report.refuse(
      [...path, 'rollingUpdate'],
      'maxSurge and maxUnavailable are both 0: no pod could be replaced',
    )
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100)
    report.refuse([...path, 'rollingUpdate', 'maxUnavailable'], 'more than 100%')
}
