import { ConfigError, type Issue, nearest } from '@weft/core'
import { type ConntrackTimeouts, TIMEOUT_NAMES, type TimeoutProfile, timeoutsOf } from './timeouts.ts'

export interface ConntrackOptions {
  /** Most connections at once, 1 to 2^24; by default 262,144, what Linux takes on a machine of 4 GB or more. */
  readonly capacity?: number
  /** Timeouts as Linux has them, or as the RFCs for NAT devices want them at least. */
  readonly profile?: TimeoutProfile
  /** Single ones in place of the profile's. */
  readonly timeoutsPs?: Partial<ConntrackTimeouts>
  /**
   * Whether sequence numbers and windows of TCP are looked at: by default they are. Without, flags alone decide: nothing is
   * out of window, each RST closes, and no timeout is shortened by what is unacknowledged or comes again.
   */
  readonly tracksWindows?: boolean
  /** Take up TCP connections whose opening was not seen; by default so, as Linux does (nf_conntrack_tcp_loose). */
  readonly isLoose?: boolean
  /** So many times the same acknowledgement shorten the timeout, 1 to 255; 3 by default (nf_conntrack_tcp_max_retrans). */
  readonly repeatsMax?: number
  /**
   * When the table is full, how many places behind that of a new connection are searched for one that is not ASSURED and
   * makes room, 0 to 1024. 16 by default: what Linux's 8 buckets hold of a full table. With 0 a full table refuses.
   */
  readonly evictionReach?: number
}

export type ResolvedConntrackOptions = Required<Omit<ConntrackOptions, 'timeoutsPs'>> & {
  readonly timeoutsPs: ConntrackTimeouts
}

const DEFAULTS = {
  capacity: 262_144,
  profile: 'linux',
  tracksWindows: true,
  isLoose: true,
  repeatsMax: 3,
  evictionReach: 16,
} as const

const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  capacity: [1, 2 ** 24],
  repeatsMax: [1, 255],
  evictionReach: [0, 1024],
}

/** Everything wrong with these options, each issue's path beginning with `path`. */
export function conntrackOptionsIssues(
  options: ConntrackOptions,
  path: readonly (string | number)[] = [],
): Issue[] {
  const issues: Issue[] = []
  for (const [key, value] of Object.entries(options)) {
    const problem = key === 'timeoutsPs' ? undefined : problemOf(key, value)
    if (problem !== undefined) issues.push({ path: [...path, key], message: problem })
  }
  for (const [name, value] of Object.entries(options.timeoutsPs ?? {})) {
    const problem = timeoutProblem(name, value)
    if (problem !== undefined) issues.push({ path: [...path, 'timeoutsPs', name], message: problem })
  }
  return issues
}

/** The options with defaults filled in. Throws ConfigError for what makes no sense. */
export function resolveConntrackOptions(options: ConntrackOptions): ResolvedConntrackOptions {
  const issues = conntrackOptionsIssues(options)
  if (issues.length > 0) throw new ConfigError(issues)
  const merged = { ...DEFAULTS, ...options }
  return { ...merged, timeoutsPs: { ...timeoutsOf(merged.profile), ...options.timeoutsPs } }
}

function problemOf(key: string, value: unknown): string | undefined {
  if (!(key in DEFAULTS)) return unknownName('option of connection tracking', key, Object.keys(DEFAULTS))
  if (key === 'profile')
    return value === 'linux' || value === 'rfc'
      ? undefined
      : `got ${String(value)}, expected "linux" or "rfc"`
  const range = RANGES[key]
  if (range === undefined)
    return typeof value === 'boolean' ? undefined : `got ${String(value)}, expected true or false`
  const [min, max] = range
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return undefined
  return `got ${String(value)}, expected a whole number from ${min} to ${max}`
}

function timeoutProblem(name: string, value: unknown): string | undefined {
  if (!(TIMEOUT_NAMES as readonly string[]).includes(name)) return unknownName('timeout', name, TIMEOUT_NAMES)
  return typeof value === 'number' && value > 0
    ? undefined
    : `got ${String(value)}, expected picoseconds, more than 0`
}

function unknownName(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  return `unknown ${what} "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`
}
