import { escapeMarkup } from '../draw/escape.ts'

/** Markup that is known to be safe: only `html` and `trusted` make it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

type Part = Html | string | number | false | null | undefined | readonly Part[]

/** Markup from a template: every value put in is escaped unless it is `Html` itself; lists are joined. */
export function html(template: TemplateStringsArray, ...values: readonly Part[]): Html {
  let text = template[0]!
  values.forEach((value, index) => {
    text += textOf(value) + template[index + 1]!
  })
  return new Html(text)
}

/** Markup that this package made itself, such as a drawing; never text from a user. */
export const trusted = (text: string) => new Html(text)

function textOf(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(textOf).join('')
  return escapeMarkup(String(part))
}
