import { readIpPacket } from './ip-packets.ts'
import {
  IPS_ASSURED,
  IPS_SEEN_REPLY,
  type KernelAnswer,
  type KernelEntry,
  type KernelSetup,
  type KernelTuple,
  ROUTER_SYSCTLS,
} from './linux-kernel.ts'
import type { EntryView, Judgement } from './weft-firewall.ts'

export const INSIDE = ['10.0.0.2', 'fd00::2'] as const
export const OUTSIDE = ['10.0.1.2', 'fd01::2'] as const
/** Somebody else outside, who sends ICMP errors too. */
export const STRANGER = ['10.0.1.3', 'fd01::3'] as const

const MARKS = ['new', 'established', 'related', 'invalid', 'untracked'] as const

/**
 * Opened from inside alone. Each packet that comes out tells its verdict in the DSCP field; invalid ones are let out for
 * that, which changes no connection.
 */
const RULES = `table inet weft {
${MARKS.map(markChain).join('')}chain forward {
type filter hook forward priority 0; policy drop
ct state established goto mark_established
ct state related goto mark_related
ct state invalid goto mark_invalid
ct state untracked goto mark_untracked
iifname "inside" ct state new goto mark_new
}
}`

function markChain(name: string, place: number): string {
  return `chain mark_${name} {\nip dscp set ${place + 1} accept\nip6 dscp set ${place + 1} accept\n}\n`
}

export const FIREWALL: KernelSetup = {
  links: [
    { name: 'inside', addresses: ['10.0.0.1/24', 'fd00::1/64'], neighbours: INSIDE },
    { name: 'outside', addresses: ['10.0.1.1/24', 'fd01::1/64'], neighbours: [...OUTSIDE, ...STRANGER] },
  ],
  sysctls: ROUTER_SYSCTLS,
  rules: RULES,
}

/** What the kernel did with a packet, in the terms in which Weft says it. */
export function judgementOf({ out, entries }: KernelAnswer, watched: number): Judgement {
  const [first] = out
  const verdict = first === undefined ? 'dropped' : MARKS[readIpPacket(first[1]).dscp - 1]
  if (verdict === undefined) throw new Error(`a packet came out without a mark: ${first![1]}`)
  return { verdict, entry: viewOf(entries?.[watched] ?? null) }
}

function viewOf(entry: KernelEntry | null): EntryView | null {
  if (entry === null) return null
  return {
    state: entry.state,
    isAnswered: (entry.status & IPS_SEEN_REPLY) !== 0,
    isAssured: (entry.status & IPS_ASSURED) !== 0,
    timeoutS: entry.timeout,
  }
}

/** By which a packet's connection is found in the kernel. */
export function tupleOf(packet: string): KernelTuple {
  const { source, destination, protocol, payload, sourcePort, destinationPort } = readIpPacket(packet)
  const isIcmp = protocol === 1 || protocol === 58
  const hasPorts = [6, 17, 132].includes(protocol)
  const identifier = isIcmp ? (payload[4]! << 8) | payload[5]! : 0
  return {
    protocol,
    source,
    destination,
    sourcePort: hasPorts ? sourcePort : identifier,
    destinationPort: hasPorts ? destinationPort : identifier,
    icmpType: isIcmp ? payload[0]! : 0,
    icmpCode: isIcmp ? payload[1]! : 0,
  }
}

/** Kernel seconds are rounded down and some have passed: what is a second less at most agrees. */
export function isSame(kernel: Judgement, weft: Judgement): boolean {
  if (kernel.verdict !== weft.verdict) return false
  if (kernel.entry === null || weft.entry === null) return kernel.entry === weft.entry
  const { timeoutS, ...entry } = weft.entry
  const late = timeoutS - kernel.entry.timeoutS
  return (
    late >= 0 &&
    late <= 1.5 &&
    entry.state === kernel.entry.state &&
    entry.isAnswered === kernel.entry.isAnswered &&
    entry.isAssured === kernel.entry.isAssured
  )
}
