import type { FieldPattern, HttpRequest, RequestRule } from './ingress-blueprint.ts'

/** What a rule asks of a request beside host and path. */
export interface Conditions {
  readonly method: string | undefined
  readonly headers: readonly Condition[]
  readonly query: readonly Condition[]
}

interface Condition {
  readonly name: string
  holds(value: string): boolean
}

/** A request's parts as conditions look at them; made once for all rules. */
export interface RequestFields {
  readonly method: string
  readonly headers: ReadonlyMap<string, string>
  readonly query: ReadonlyMap<string, string>
}

export const conditionsOf = ({ method, headers = [], query = [] }: RequestRule): Conditions => ({
  method,
  headers: compile(headers, (name) => name.toLowerCase()),
  query: compile(query, (name) => name),
})

/** Of several patterns with one name the first counts (Gateway API, `HTTPHeaderMatch`). */
function compile(patterns: readonly FieldPattern[], nameOf: (name: string) => string): Condition[] {
  const byName = new Map<string, Condition>()
  for (const { name, kind, value } of patterns) {
    const key = nameOf(name)
    if (byName.has(key)) continue
    const expression = kind === 'expression' ? wholeText(value) : undefined
    byName.set(key, {
      name: key,
      holds: expression === undefined ? (given) => given === value : (given) => expression.test(given),
    })
  }
  return [...byName.values()]
}

/** An expression for a whole text. Throws SyntaxError where it is none. */
export const wholeText = (source: string): RegExp => new RegExp(`^(?:${source})$`, 'u')

export function holdFor({ method, headers, query }: Conditions, request: RequestFields): boolean {
  if (method !== undefined && method !== request.method) return false
  return allHold(headers, request.headers) && allHold(query, request.query)
}

function allHold(conditions: readonly Condition[], given: ReadonlyMap<string, string>): boolean {
  return conditions.every(({ name, holds }) => {
    const value = given.get(name)
    return value !== undefined && holds(value)
  })
}

/** Negative where `a` asks for more: a method, then more headers, then more query parameters (Gateway API, `HTTPRouteRule`). */
export const compareConditions = (a: Conditions, b: Conditions): number =>
  Number(b.method !== undefined) - Number(a.method !== undefined) ||
  b.headers.length - a.headers.length ||
  b.query.length - a.query.length

export function fieldsOf({ method = 'GET', headers = {}, path }: HttpRequest): RequestFields {
  return {
    method,
    headers: new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    query: queryOf(path),
  }
}

/** Query parameters; of a repeated one the first, as Gateway API recommends. */
function queryOf(path: string): Map<string, string> {
  const query = new Map<string, string>()
  const start = path.indexOf('?')
  if (start < 0) return query
  for (const part of path.slice(start + 1).split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decoded(equals < 0 ? part : part.slice(0, equals))
    if (!query.has(name)) query.set(name, equals < 0 ? '' : decoded(part.slice(equals + 1)))
  }
  return query
}

/** As forms are encoded; what is no encoding stands for itself. */
function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
