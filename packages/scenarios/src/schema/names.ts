import { z } from 'zod'

const NAME_LENGTH_MAX = 64
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
const PATH = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/

function refusal(text: string, pattern: RegExp, more: string): string | undefined {
  if (text.length > NAME_LENGTH_MAX)
    return `a name has at most ${NAME_LENGTH_MAX} characters; this one has ${text.length}`
  if (pattern.test(text)) return undefined
  return `${JSON.stringify(text)} is not a name; use letters, digits, ".", "_" and "-"${more}, and begin with a letter or digit`
}

function named(pattern: RegExp, more: string, description: string, examples: string[]) {
  return z
    .string()
    .superRefine((text, context) => {
      const message = refusal(text, pattern, more)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .meta({ description, examples })
}

/** The name of a region, a traffic or anything else that stands alone. */
export const name = (description: string, examples: string[]) => named(NAME, '', description, examples)

/** The name of a node within its region; parts may be separated by slashes. */
export const nodeName = (description: string, examples: string[]) =>
  named(PATH, ', "/" between parts', description, examples)
