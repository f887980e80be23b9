import type { TcpOptions, TransportBlueprint } from '@weft/fabric'
import { printDuration } from '@weft/core'
import type { TcpInput, TransportInput } from '../schema/transport.ts'
import { list, type Path, type Problems } from './problems.ts'

/** Scenario words and the options that they set. */
const OPTION_NAMES = {
  mss: 'mssBytes',
  initialWindow: 'initialWindowSegments',
  initialRto: 'initialRtoPs',
  minRto: 'minRtoPs',
  maxRto: 'maxRtoPs',
  synRetries: 'synRetries',
  sack: 'sack',
  duplicateAcks: 'duplicateAckThreshold',
  delayedAckSegments: 'delayedAckSegments',
  delayedAckTimer: 'delayedAckPs',
  ecn: 'ecn',
  sendBuffer: 'sendBufferBytes',
  receiveBuffer: 'receiveBufferBytes',
  windowScaling: 'windowScaling',
  initialSsthresh: 'initialSsthreshBytes',
  gain: 'dctcpGain',
  initialAlpha: 'dctcpInitialAlpha',
  timestamps: 'timestamps',
  idleRestart: 'idleRestart',
  pacing: 'pacing',
  tailLossProbe: 'tailLossProbe',
  prr: 'prr',
  minWindow: 'minWindowSegments',
} as const satisfies Record<keyof TcpInput, Exclude<keyof TcpOptions, 'control'>>

export function compileTransport(input: TransportInput, path: Path, problems: Problems): TransportBlueprint {
  if (input === 'udp') return { kind: 'udp' }
  if (typeof input === 'string')
    return { kind: 'tcp', options: { control: input, ...(input === 'dctcp' && { ecn: true }) } }
  const { newreno, dctcp } = input
  if ((newreno === undefined) === (dctcp === undefined)) {
    const found = newreno === undefined ? 'it has neither' : 'it has both'
    problems.refuse(path, `a transport takes exactly one of ${list(['newreno', 'dctcp'])}; ${found}`)
  }
  const control = newreno === undefined ? 'dctcp' : 'newreno'
  return {
    kind: 'tcp',
    options: tcpOptions(control, (newreno ?? dctcp ?? {}) as TcpInput, [...path, control], problems),
  }
}

function tcpOptions(
  control: 'newreno' | 'dctcp',
  input: TcpInput,
  path: Path,
  problems: Problems,
): Partial<TcpOptions> {
  checkRto(input, path, problems)
  if (control === 'dctcp' && input.ecn === false) {
    problems.refuse([...path, 'ecn'], 'dctcp cannot work without ECN; remove "ecn", or use newreno')
  }
  if (input.windowScaling === false && (input.receiveBuffer ?? 0) > 65_535) {
    problems.refuse(
      [...path, 'receiveBuffer'],
      'without window scaling a window has at most 65535B; lower it, or remove "windowScaling"',
    )
  }
  for (const key of ['sendBuffer', 'receiveBuffer'] as const) {
    if (input[key] !== undefined && input.mss !== undefined && input[key] < input.mss) {
      problems.refuse([...path, key], 'the buffer does not hold one segment; raise it to the "mss" at least')
    }
  }
  if (input.delayedAckTimer !== undefined && input.delayedAckSegments === 1) {
    problems.refuseKey(
      [...path, 'delayedAckTimer'],
      '"delayedAckTimer" has no effect when every segment is acknowledged',
    )
  }
  const options: Record<string, unknown> = { control, ...(control === 'dctcp' && { ecn: true }) }
  for (const [key, name] of Object.entries(OPTION_NAMES)) {
    const value = input[key as keyof TcpInput]
    if (value !== undefined) options[name] = value === 'unlimited' ? Number.POSITIVE_INFINITY : value
  }
  return options as Partial<TcpOptions>
}

function checkRto({ minRto, maxRto, initialRto }: TcpInput, path: Path, problems: Problems): void {
  if (minRto !== undefined && maxRto !== undefined && minRto > maxRto) {
    problems.refuse(
      [...path, 'minRto'],
      `${printDuration(minRto)} is above "maxRto", ${printDuration(maxRto)}`,
    )
  }
  if (initialRto !== undefined && maxRto !== undefined && initialRto > maxRto) {
    problems.refuse(
      [...path, 'initialRto'],
      `${printDuration(initialRto)} is above "maxRto", ${printDuration(maxRto)}`,
    )
  }
}
