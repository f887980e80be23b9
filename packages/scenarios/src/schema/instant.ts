import { z } from 'zod'
import { dayRefusal } from './plan.ts'
import type { Documented } from './strict.ts'

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)Z)?$/

/** Milliseconds since 1970 began, of a day at midnight or of an instant as RFC 3339 writes it, in UTC. */
export const instant = ({ description, examples }: Documented) =>
  z
    .string()
    .meta({ description, examples: [...examples] })
    .transform((given, context): number => {
      const [, day, time = '00:00:00'] = INSTANT.exec(given) ?? []
      const message =
        day === undefined
          ? `${JSON.stringify(given)} is no instant; write it as in 2026-01-31 or 2026-01-31T08:00:00Z`
          : dayRefusal(day)
      if (message === undefined) return Date.parse(`${day}T${time}Z`)
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
