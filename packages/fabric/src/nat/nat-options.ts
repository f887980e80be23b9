import { ConfigError, type Issue, nearest } from '@weft/core'
import { type PoolAddress, poolIssues } from './nat-pool.ts'
import { NAT_TIMEOUT_NAMES, type NatProfile, type NatTimeouts, natTimeouts } from './nat-timeouts.ts'
import type { PortBlockOptions } from './port-blocks.ts'
import type { PortClasses } from './port-classes.ts'
import { PORT_KINDS, type PortKind } from './port-kinds.ts'

/** How much of the remote endpoint matters: RFC 4787 §4.1 for mappings, §5 for filters. */
export const DEPENDENCES = [
  'endpoint-independent',
  'address-dependent',
  'address-and-port-dependent',
] as const

export type Dependence = (typeof DEPENDENCES)[number]

export interface NatOptions {
  /** What options have that are not given: as Linux does (the default), or as the RFCs for NATs want it. */
  readonly profile?: NatProfile
  /** External addresses and ports: `natPool`, or a part of `splitPool`. */
  readonly pool: readonly PoolAddress[]
  /** Most mappings at once, 1 to 2^24; also most ports that are held down and remote ends that filters remember. 2^20 by default. */
  readonly capacity?: number
  readonly mapping?: Dependence
  readonly filtering?: Dependence
  /** The same external port for different remote endpoints; only where mapping and filtering are address-and-port-dependent. */
  readonly overloading?: boolean
  /** `paired`: one external address for all mappings of an inside address (RFC 4787 REQ-2). */
  readonly pairing?: 'paired' | 'arbitrary'
  readonly allocation?: 'preserve' | 'sequential' | 'random'
  /** Ports go to hosts in blocks, within which `allocation` chooses. */
  readonly blocks?: PortBlockOptions
  /** Which ports stand for one that is not preserved. */
  readonly portClasses?: PortClasses
  /** An even external port for an even one, an odd one for an odd one (RFC 4787 REQ-4). */
  readonly keepsParity?: boolean
  /** Whether inside endpoints reach each other by their external ones (RFC 4787 REQ-9). */
  readonly hairpinning?: boolean
  /** Most mappings of an inside address at once (RFC 6888 REQ-4), of all protocols; and of each kind of them. */
  readonly mappingsPerHostMax?: number
  readonly mappingsPerHostAndKindMax?: Partial<Readonly<Record<PortKind, number>>>
  /** How long a freed port is given to nobody (RFC 6888 REQ-8), in picoseconds; 0: not at all. */
  readonly holdDownPs?: number
  /** `sessions`: mappings live while sessions hold them (`retain`, `release`). `idle`: by their own timers. */
  readonly lifetime?: 'sessions' | 'idle'
  /** Whether packets from outside keep a mapping alive (RFC 4787 REQ-6); of `idle` alone. */
  readonly refreshesInbound?: boolean
  /** Single ones in place of the profile's; of `idle` alone. */
  readonly timeoutsPs?: Partial<NatTimeouts>
  /** Of the hash that gives inside addresses their external ones: a whole number. */
  readonly seed?: number
}

type Optional = 'blocks' | 'mappingsPerHostAndKindMax'

export type ResolvedNatOptions = Required<Omit<NatOptions, Optional | 'timeoutsPs'>> &
  Pick<NatOptions, Optional> & { readonly timeoutsPs: NatTimeouts }

const SHARED = {
  capacity: 2 ** 20,
  keepsParity: false,
  mappingsPerHostMax: 2 ** 31 - 1,
  lifetime: 'sessions',
  refreshesInbound: true,
  seed: 0,
} as const

const HOLD_DOWN_PS = 120e12

const PROFILES = {
  linux: {
    ...SHARED,
    mapping: 'address-and-port-dependent',
    filtering: 'address-and-port-dependent',
    overloading: true,
    pairing: 'arbitrary',
    allocation: 'preserve',
    portClasses: 'linux',
    hairpinning: false,
    holdDownPs: 0,
  },
  rfc: {
    ...SHARED,
    mapping: 'endpoint-independent',
    filtering: 'endpoint-independent',
    overloading: false,
    pairing: 'paired',
    allocation: 'random',
    portClasses: 'rfc',
    hairpinning: true,
    holdDownPs: HOLD_DOWN_PS,
  },
} as const

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  profile: ['linux', 'rfc'],
  mapping: DEPENDENCES,
  filtering: DEPENDENCES,
  pairing: ['paired', 'arbitrary'],
  allocation: ['preserve', 'sequential', 'random'],
  portClasses: ['linux', 'rfc', 'none'],
  lifetime: ['sessions', 'idle'],
}
const COUNTS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  capacity: [1, 2 ** 24],
  mappingsPerHostMax: [1, 2 ** 31 - 1],
  seed: [-(2 ** 31), 2 ** 31 - 1],
}
const SWITCHES = ['overloading', 'keepsParity', 'hairpinning', 'refreshesInbound']
const OTHERS = ['pool', 'blocks', 'mappingsPerHostAndKindMax', 'timeoutsPs', 'holdDownPs']
const KNOWN = [...Object.keys(CHOICES), ...Object.keys(COUNTS), ...SWITCHES, ...OTHERS]

/** The options with defaults filled in. Throws ConfigError for what makes no sense. */
export function resolveNatOptions(options: NatOptions): ResolvedNatOptions {
  const issues = natOptionsIssues(options)
  if (issues.length > 0) throw new ConfigError(issues)
  return merged(options)
}

/** Everything wrong with these options, each issue's path beginning with `path`. */
export function natOptionsIssues(
  options: NatOptions,
  path: readonly (string | number)[] = [],
): readonly Issue[] {
  const issues: Issue[] = []
  const complain = (key: string | readonly (string | number)[], message: string) =>
    issues.push({ path: [...path, ...(typeof key === 'string' ? [key] : key)], message })
  for (const [key, value] of Object.entries(options)) {
    const problem = problemOf(key, value)
    if (problem !== undefined) complain(key, problem)
  }
  for (const [key, value] of Object.entries(options.timeoutsPs ?? {}))
    if (!(NAT_TIMEOUT_NAMES as readonly string[]).includes(key))
      complain(['timeoutsPs', key], unknownName('timeout', key, NAT_TIMEOUT_NAMES))
    else if (!(typeof value === 'number' && value > 0))
      complain(['timeoutsPs', key], `got ${value}, expected picoseconds, more than 0`)
  for (const [key, value] of Object.entries(options.mappingsPerHostAndKindMax ?? {}))
    if (!(PORT_KINDS as readonly string[]).includes(key))
      complain(['mappingsPerHostAndKindMax', key], unknownName('kind of protocol', key, PORT_KINDS))
    else if (!isCount(value, 1, 2 ** 31 - 1))
      complain(['mappingsPerHostAndKindMax', key], `got ${value}, expected a whole number of 1 or more`)
  if (options.blocks !== undefined) blocksProblems(options.blocks, complain)
  issues.push(...poolIssues(options.pool, [...path, 'pool']))
  const { mapping, filtering, overloading } = merged(options)
  const isStrict = mapping === DEPENDENCES[2] && filtering === DEPENDENCES[2]
  if (overloading && !isStrict)
    complain(
      'overloading',
      `got mapping ${mapping} and filtering ${filtering}, expected address-and-port-dependent for both: with one external ` +
        'port for several inside endpoints nothing else tells whose a packet from outside is; set overloading to false',
    )
  return issues
}

function merged(options: NatOptions): ResolvedNatOptions {
  const profile = options.profile === 'rfc' ? 'rfc' : 'linux'
  const timeoutsPs = { ...natTimeouts(profile), ...options.timeoutsPs }
  return { ...PROFILES[profile], ...options, profile, timeoutsPs }
}

function problemOf(key: string, value: unknown): string | undefined {
  if (!KNOWN.includes(key)) return unknownName('option of NAT', key, KNOWN)
  if (key in CHOICES)
    return CHOICES[key]!.includes(String(value))
      ? undefined
      : `got ${String(value)}, expected one of ${CHOICES[key]!.join(', ')}`
  if (key in COUNTS) {
    const [min, max] = COUNTS[key]!
    return isCount(value, min, max)
      ? undefined
      : `got ${String(value)}, expected a whole number from ${min} to ${max}`
  }
  if (SWITCHES.includes(key))
    return typeof value === 'boolean' ? undefined : `got ${String(value)}, expected true or false`
  if (key === 'holdDownPs' && !(typeof value === 'number' && value >= 0 && value < Infinity))
    return `got ${String(value)}, expected picoseconds, 0 or more`
  return undefined
}

function blocksProblems(
  { size, blocksMax = 1, hosts = [] }: PortBlockOptions,
  complain: (key: readonly (string | number)[], message: string) => void,
): void {
  if (!isCount(size, 1, 65_536))
    complain(['blocks', 'size'], `got ${size}, expected a whole number of ports from 1 to 65536`)
  if (!isCount(blocksMax, 1, 65_536))
    complain(['blocks', 'blocksMax'], `got ${blocksMax}, expected a whole number from 1 to 65536`)
  if (new Set(hosts).size !== hosts.length)
    complain(['blocks', 'hosts'], 'got a host twice, expected each inside address once')
}

const isCount = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max

function unknownName(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  return `unknown ${what} "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`
}
