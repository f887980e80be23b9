import { nearest } from '@weft/core'
import { z } from 'zod'
import type { BorderIssue } from '../../schema/issues.ts'
import { show } from '../../schema/words.ts'

/** How the message of a field ends that is nobody's slip: a warning, no refusal. */
const NOT_READ = 'it is not read'

/**
 * A map of which Weft reads these fields; `unread` are others that Kubernetes has there, which may hold anything.
 * A field that is neither is refused where it is near one that is read, as it would be ignored in silence; else it is
 * taken for one of a later version of Kubernetes, and warned of. Where every field matters (policies, services),
 * `apiMap` refuses all that it does not know, as the API server does.
 */
export function fields<Shape extends z.ZodRawShape>(
  where: string,
  shape: Shape,
  unread: readonly string[] = [],
) {
  const read = Object.keys(shape)
  const anything: Record<never, never> = Object.fromEntries(
    unread.map((key) => [key, z.unknown().optional()]),
  )
  const message = (key: string): string => {
    const meant = nearest(key, read)
    const field = `unknown field ${show(key)} in ${where}`
    return `${field}; ${meant === undefined ? NOT_READ : `did you mean ${JSON.stringify(meant)}?`}`
  }
  return z.strictObject(
    { ...anything, ...shape },
    {
      error: (issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map(message).join('\n') : undefined),
    },
  )
}

/** Whether an issue of `fields` warns rather than refuses. */
export const isWarning = ({ about, message }: BorderIssue): boolean =>
  about === 'key' && message.endsWith(NOT_READ)

/** A whole number as the API holds it, in 32 bits. */
export const integer = (min: number, max = 2_147_483_647) => z.int().min(min).max(max)

/** More pods than Kubernetes itself takes in a cluster. */
export const REPLICAS_MAX = 200_000

/** How many pods are wanted. */
export const replicaCount = () => integer(0, REPLICAS_MAX)

/** A port by its number, or by its name as text. */
export const intOrText = () => z.union([z.number(), z.string()])
