import type {
  FieldPattern,
  HostPattern,
  HttpRequest,
  PathPattern,
  RequestRule,
  RequestRules,
} from './ingress-blueprint.ts'

/** How the two APIs put the precedence of paths: the longest match before the kind, or the kind before the length. */
export type PathOrder = 'longest-first' | 'exact-first'

/** Every rule tried, all that match sorted as the documents say it: slow, and the truth for `RequestRouter`. */
export function matchNaively(rules: RequestRules, request: HttpRequest, order: PathOrder): number {
  const host = request.host.split(':')[0]!.toLowerCase()
  const [path, query = ''] = request.path.split('?')
  const candidates = [...rules.rules.keys()].filter((index) => hostMatches(rules.rules[index]!.host, host))
  const best = Math.min(...candidates.map((index) => hostRank(rules.rules[index]!.host)))
  return (
    candidates
      .filter((index) => rules.fallsThroughHosts || hostRank(rules.rules[index]!.host) === best)
      .filter((index) => pathMatches(rules.rules[index]!.path, path!))
      .filter((index) => conditionsHold(rules.rules[index]!, request, query))
      .sort((a, b) => compare(rules.rules[a]!, rules.rules[b]!, path!, order) || a - b)[0] ?? -1
  )
}

function compare(a: RequestRule, b: RequestRule, path: string, order: PathOrder): number {
  const kind = Number(a.path.kind !== 'exact') - Number(b.path.kind !== 'exact')
  const matched = matchedCharacters(b.path, path) - matchedCharacters(a.path, path)
  return (
    hostRank(a.host) - hostRank(b.host) ||
    (order === 'longest-first' ? matched || kind : kind || matched) ||
    written(b.path) - written(a.path) ||
    Number(b.method !== undefined) - Number(a.method !== undefined) ||
    distinct(b.headers, true) - distinct(a.headers, true) ||
    distinct(b.query, false) - distinct(a.query, false)
  )
}

/** Exact hosts, then wildcards with more labels (one label in the star's place before several), then any host. */
function hostRank(pattern: HostPattern): number {
  if (pattern.kind === 'exact') return 0
  if (pattern.kind === 'any') return 1_000
  return 100 - 2 * pattern.suffix.split('.').length + (pattern.labels === 'one' ? 0 : 1)
}

function hostMatches(pattern: HostPattern, host: string): boolean {
  if (pattern.kind === 'any') return true
  if (pattern.kind === 'exact') return pattern.host === host
  const labels = host.split('.')
  const suffix = pattern.suffix.split('.')
  const more = labels.length - suffix.length
  const ends = labels.slice(Math.max(0, more)).join('.') === pattern.suffix
  return ends && (pattern.labels === 'one' ? more === 1 : more >= 1)
}

/** What lies between slashes, without the empty piece before the first and after a final one. */
function elements(path: string): string[] {
  const pieces = path.split('/').slice(1)
  return pieces[pieces.length - 1] === '' ? pieces.slice(0, -1) : pieces
}

function pathMatches(pattern: PathPattern, path: string): boolean {
  if (pattern.kind === 'expression') throw new Error('the oracle knows no expressions')
  if (pattern.kind === 'exact') return pattern.path === path
  const wanted = elements(pattern.path)
  return wanted.every((element, index) => elements(path)[index] === element)
}

/** Characters of the request's path that a pattern accounts for. */
function matchedCharacters(pattern: PathPattern, path: string): number {
  if (pattern.kind === 'exact') return path.length
  return Math.min(written(pattern), path.length)
}

const written = (pattern: PathPattern) => (pattern.kind === 'expression' ? 0 : pattern.path.length)

function conditionsHold(
  { method, headers, query }: RequestRule,
  request: HttpRequest,
  given: string,
): boolean {
  if (method !== undefined && method !== (request.method ?? 'GET')) return false
  const parameters = given.split('&').map((part) => part.split('='))
  const header = (name: string) =>
    Object.entries(request.headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
  return (
    firsts(headers, true).every(({ name, value }) => header(name) === value) &&
    firsts(query, false).every(({ name, value }) => parameters.find(([key]) => key === name)?.[1] === value)
  )
}

function firsts(patterns: readonly FieldPattern[] = [], ignoresCase: boolean): FieldPattern[] {
  const same = (a: string, b: string) => (ignoresCase ? a.toLowerCase() === b.toLowerCase() : a === b)
  return patterns.filter(({ name }, index) => patterns.findIndex((each) => same(each.name, name)) === index)
}

const distinct = (patterns: readonly FieldPattern[] | undefined, ignoresCase: boolean) =>
  firsts(patterns, ignoresCase).length
