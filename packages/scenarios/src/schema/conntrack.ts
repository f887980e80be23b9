import { TIMEOUT_NAMES, type TimeoutName } from '@weft/fabric'
import type { z } from 'zod'
import { positiveDuration } from './quantity.ts'
import { choice, flag, strict, wholeNumber } from './strict.ts'

const CAPACITY_MAX = 2 ** 24

/** What an entry waits for, beside its name. */
const WAITS: Partial<Readonly<Record<TimeoutName, string>>> = {
  tcpSynSent: 'a SYN that nothing has answered',
  tcpEstablished: 'an open TCP connection',
  tcpTimeWait: 'a TCP connection that both sides have closed',
  tcpClose: 'a TCP connection after a RST',
  udp: 'a datagram that nothing has answered',
  udpStream: 'an exchange of datagrams that has lasted for 2s',
  icmp: 'an ICMP query',
}

/** By state, of a table of connections. */
export const connectionTimeouts = strict(
  'timeouts',
  Object.fromEntries(
    TIMEOUT_NAMES.map((name) => [
      name,
      positiveDuration({
        description: `How long an entry lives without a packet: ${WAITS[name] ?? `Linux's nf_conntrack timeout of that state`}. Default as the profile has it.`,
        examples: ['2m'],
      }).optional(),
    ]),
  ) as Record<TimeoutName, z.ZodOptional<ReturnType<typeof positiveDuration>>>,
  {
    description: 'Single timeouts in place of those of the profile.',
    examples: [{ tcpTimeWait: '30s', udp: '10s' }],
  },
)

/** Of the table of connections that each host's virtual switch keeps. */
export const conntrackSchema = strict(
  'conntrack',
  {
    capacity: wholeNumber(1, CAPACITY_MAX, {
      description:
        "Most entries of a table, Linux's nf_conntrack_max; new connections beyond are dropped as conntrack-full. Default 262144.",
      examples: [65_536],
    }).optional(),
    profile: choice(['linux', 'rfc'], {
      description: 'Timeouts as Linux has them (default), or as the RFCs for NAT devices ask for.',
      examples: ['rfc'],
    }).optional(),
    timeouts: connectionTimeouts.optional(),
    tracksWindows: flag({
      description:
        'Whether sequence numbers and windows of TCP are looked at; else flags alone decide. Default true.',
      examples: [false],
    }).optional(),
    loose: flag({
      description: 'Take up TCP connections in their middle, nf_conntrack_tcp_loose. Default true.',
      examples: [false],
    }).optional(),
    evictionReach: wholeNumber(0, 1024, {
      description:
        'When a table is full, how many places are searched for an entry that is worth less than a new one and goes; 0: a full table refuses. Default 16, as Linux.',
      examples: [0],
    }).optional(),
  },
  {
    description:
      "The table of connections that each host's virtual switch keeps, where workloads of `kubernetes` run.",
    examples: [{ capacity: 65_536, timeouts: { tcpTimeWait: '30s' } }],
    instead: { size: 'the most entries are "capacity"', max: 'the most entries are "capacity"' },
  },
)

export type ConntrackInput = z.output<typeof conntrackSchema>
