import { printDuration, printSize } from '@weft/core'
import { DEFAULT_TCP_OPTIONS, type TcpOptions, tcpOptionsIssues, type TransportBlueprint } from '@weft/fabric'
import type { TcpInput, TransportInput } from '../../schema/transport.ts'
import { list, type Path, type Problems } from '../problems.ts'

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
  const before = problems.issues.length
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
  const mss = input.mss ?? DEFAULT_TCP_OPTIONS.mssBytes
  for (const key of ['sendBuffer', 'receiveBuffer'] as const) {
    if (input[key] !== undefined && input[key] < mss) {
      problems.refuse(
        [...path, key],
        `${printSize(input[key])} does not hold one segment; raise it to the "mss" at least, ${printSize(mss)}`,
      )
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
  if (problems.issues.length === before) refuseRest(options, path, problems)
  return options as Partial<TcpOptions>
}

/** What the transport itself would refuse, in its words. */
function refuseRest(options: Partial<TcpOptions>, path: Path, problems: Problems): void {
  const words = new Map<string, string>(Object.entries(OPTION_NAMES).map(([word, name]) => [name, word]))
  for (const { path: at, message } of tcpOptionsIssues(options)) {
    const name = String(at.at(-1))
    problems.refuse([...path, words.get(name) ?? name], message)
  }
}

/** Against the default where the other is not given. */
function checkRto(input: TcpInput, path: Path, problems: Problems): void {
  const maxRto = input.maxRto ?? DEFAULT_TCP_OPTIONS.maxRtoPs
  for (const key of ['minRto', 'initialRto'] as const) {
    const value = input[key] ?? DEFAULT_TCP_OPTIONS[OPTION_NAMES[key]]
    if (value <= maxRto) continue
    // a "maxRto" below what nobody set is itself at fault
    const isOwn = input[key] !== undefined
    problems.refuse(
      [...path, isOwn ? key : 'maxRto'],
      isOwn
        ? `${printDuration(value)} is above "maxRto", ${printDuration(maxRto)}`
        : `${printDuration(maxRto)} is below "${key}", which is ${printDuration(value)} where it is not set`,
    )
  }
}
