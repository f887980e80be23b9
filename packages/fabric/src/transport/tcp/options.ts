import { ConfigError, type Issue, nearest } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'

/** Linux's defaults where an RFC leaves the choice; see the table in the README of transport. */
export const DEFAULT_TCP_OPTIONS: TcpOptions = {
  control: 'newreno',
  mssBytes: 1448,
  initialWindowSegments: 10,
  initialRtoPs: 1e12,
  minRtoPs: 200e9,
  maxRtoPs: 120e12,
  synRetries: 6,
  dataRetries: 15,
  sack: true,
  duplicateAckThreshold: 3,
  delayedAckSegments: 2,
  delayedAckPs: 40e9,
  ecn: false,
  sendBufferBytes: 16 * 2 ** 20,
  receiveBufferBytes: 16 * 2 ** 20,
  windowScaling: true,
  initialSsthreshBytes: Infinity,
  dctcpGain: 1 / 16,
  dctcpInitialAlpha: 1,
  timestamps: true,
  idleRestart: true,
  pacing: false,
  tailLossProbe: true,
  prr: true,
  minWindowSegments: 2,
}

interface Range {
  readonly min: number
  readonly max: number
  readonly whole: boolean
  readonly unit: string
}

const count = (min: number, max: number): Range => ({ min, max, whole: true, unit: '' })
const bytes = (min: number, max: number): Range => ({ min, max, whole: true, unit: ' bytes' })
const time = (min: number): Range => ({ min, max: Number.MAX_SAFE_INTEGER, whole: true, unit: ' ps' })
const fraction = (min: number): Range => ({ min, max: 1, whole: false, unit: '' })

/** RFC 7323 §2.3: 65,535 shifted by 14. */
const WINDOW_BYTES_MAX = 0xffff * 2 ** 14

/** What numbers each option takes, in the unit of its name. */
export const TCP_OPTION_RANGES = {
  mssBytes: bytes(48, 65_483),
  initialWindowSegments: count(1, 1_000_000),
  initialRtoPs: time(1),
  minRtoPs: time(1),
  maxRtoPs: time(1),
  synRetries: count(0, 255),
  dataRetries: count(0, 1_000_000),
  duplicateAckThreshold: count(1, 1000),
  delayedAckSegments: count(1, 1000),
  delayedAckPs: time(1),
  sendBufferBytes: bytes(1, Number.MAX_SAFE_INTEGER),
  receiveBufferBytes: bytes(2, WINDOW_BYTES_MAX),
  initialSsthreshBytes: { min: 1, max: Infinity, whole: false, unit: ' bytes' },
  minWindowSegments: count(1, 1000),
  dctcpGain: fraction(Number.MIN_VALUE),
  dctcpInitialAlpha: fraction(0),
} as const satisfies Partial<Record<keyof TcpOptions, Range>>

const FLAGS = [
  'sack',
  'ecn',
  'windowScaling',
  'timestamps',
  'idleRestart',
  'pacing',
  'tailLossProbe',
  'prr',
] as const
const CONTROLS: readonly string[] = ['newreno', 'dctcp']

/** Everything wrong with these options, each issue's path beginning with `path`. */
export function tcpOptionsIssues(
  options: Partial<TcpOptions>,
  path: readonly (string | number)[] = [],
): Issue[] {
  const issues: Issue[] = []
  const refuse = (key: string, message: string) => issues.push({ path: [...path, key], message })
  for (const [key, value] of Object.entries(options)) {
    const problem = optionProblem(key, value)
    if (problem !== undefined) refuse(key, problem)
  }
  if (issues.length > 0) return issues
  const merged = merge(options)
  if (merged.minRtoPs > merged.maxRtoPs) {
    refuse('minRtoPs', `minimum RTO ${merged.minRtoPs} ps is above the maximum RTO ${merged.maxRtoPs} ps`)
  }
  if (merged.initialRtoPs > merged.maxRtoPs) {
    refuse(
      'initialRtoPs',
      `initial RTO ${merged.initialRtoPs} ps is above the maximum RTO ${merged.maxRtoPs} ps`,
    )
  }
  if (merged.sendBufferBytes < merged.mssBytes) {
    refuse(
      'sendBufferBytes',
      `send buffer ${merged.sendBufferBytes} bytes holds no segment of ${merged.mssBytes} bytes`,
    )
  }
  if (options.control === 'dctcp' && options.ecn === false) {
    refuse('ecn', 'DCTCP needs ECN, got ecn false; leave it out or choose control "newreno"')
  }
  return issues
}

/** The options with defaults filled in; ECN is on with DCTCP. Throws ConfigError for what is out of range. */
export function resolveTcpOptions(options: Partial<TcpOptions> = {}): TcpOptions {
  const issues = tcpOptionsIssues(options)
  if (issues.length > 0) throw new ConfigError(issues)
  return merge(options)
}

function merge(options: Partial<TcpOptions>): TcpOptions {
  return { ...DEFAULT_TCP_OPTIONS, ecn: options.control === 'dctcp', ...options }
}

function optionProblem(key: string, value: unknown): string | undefined {
  if (!(key in DEFAULT_TCP_OPTIONS)) {
    const known = nearest(key, Object.keys(DEFAULT_TCP_OPTIONS))
    return `unknown TCP option "${key}"${known === undefined ? '' : `; did you mean "${known}"?`}`
  }
  if (key === 'control') {
    return CONTROLS.includes(value as string)
      ? undefined
      : `got ${show(value)}, expected "newreno" or "dctcp"`
  }
  if ((FLAGS as readonly string[]).includes(key)) {
    return typeof value === 'boolean' ? undefined : `got ${show(value)}, expected true or false`
  }
  const { min, max, whole, unit } = TCP_OPTION_RANGES[key as keyof typeof TCP_OPTION_RANGES]
  const fits =
    typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))
  return fits
    ? undefined
    : `got ${show(value)}, expected a ${whole ? 'whole ' : ''}number from ${min} to ${max}${unit}`
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
