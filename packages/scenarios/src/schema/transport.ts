import { printSize } from '@weft/core'
import { TCP_OPTION_RANGES } from '@weft/fabric'
import { z } from 'zod'
import { quantities, size, timer } from './quantity.ts'
import { type Documented, either, flag, number, strict, wholeNumber } from './strict.ts'

type Ranged = keyof typeof TCP_OPTION_RANGES

/** A count in the range that the transport itself takes. */
const count = (option: Ranged, doc: Documented) => {
  const { min, max } = TCP_OPTION_RANGES[option]
  return wholeNumber(min, max, doc)
}

const bytes = (option: Ranged, doc: Documented) =>
  size(doc, { positive: true, max: TCP_OPTION_RANGES[option].max }).refine(
    (value) => value >= TCP_OPTION_RANGES[option].min,
    {
      error: ({ input }) =>
        `${printSize(input as number)} is too small; expected ${TCP_OPTION_RANGES[option].min}B or more`,
    },
  )

/** Everything settable of a TCP; the words of RFC 9293, 5681, 6298, 6928, 7323, 8257, 8985 and 9937. */
const tcpKeys = {
  mss: bytes('mssBytes', {
    description: 'Maximum segment size in payload bytes.',
    examples: ['1448B', '8948B'],
  }).optional(),
  initialWindow: count('initialWindowSegments', {
    description: 'Segments, RFC 6928.',
    examples: [10],
  }).optional(),
  initialRto: timer({
    description: 'Before the first round-trip sample, RFC 6298.',
    examples: ['1s'],
  }).optional(),
  minRto: timer({
    description: 'Lower bound of the retransmission timeout.',
    examples: ['1ms', '200ms'],
  }).optional(),
  maxRto: timer({
    description: 'Upper bound of the retransmission timeout.',
    examples: ['60s'],
  }).optional(),
  synRetries: count('synRetries', {
    description: 'Retransmissions of a SYN before the flow fails.',
    examples: [6],
  }).optional(),
  sack: flag({ description: 'Selective acknowledgements, RFC 2018 and 6675.', examples: [true] }).optional(),
  duplicateAcks: count('duplicateAckThreshold', {
    description: 'Duplicate acknowledgements that start fast retransmit.',
    examples: [3],
  }).optional(),
  delayedAckSegments: count('delayedAckSegments', {
    description: 'Segments that one acknowledgement may cover; 1 acknowledges every segment.',
    examples: [2],
  }).optional(),
  delayedAckTimer: timer({
    description: 'An acknowledgement waits no longer than this.',
    examples: ['500us', '40ms'],
  }).optional(),
  ecn: flag({
    description: 'Explicit congestion notification, RFC 3168. DCTCP always has it.',
    examples: [true],
  }).optional(),
  sendBuffer: bytes('sendBufferBytes', {
    description: 'Bytes sent and not yet acknowledged, at most.',
    examples: ['4MB'],
  }).optional(),
  receiveBuffer: bytes('receiveBufferBytes', {
    description: 'The window that a receiver offers, at most.',
    examples: ['4MB'],
  }).optional(),
  windowScaling: flag({
    description: 'RFC 7323; without it a window has at most 65,535 bytes.',
    examples: [true],
  }).optional(),
  initialSsthresh: either(
    [
      quantities(['size'], { description: 'Bytes.', examples: ['64kB'] }, { positive: true }).transform(
        ({ value }) => value,
      ),
      z.literal('unlimited'),
    ],
    {
      description: 'Where slow start ends at first. unlimited: at the first loss or mark.',
      examples: ['unlimited', '64kB'],
    },
  ).optional(),
  timestamps: flag({ description: 'RFC 7323, 12 bytes in every segment.', examples: [true] }).optional(),
  idleRestart: flag({
    description: 'Back to the initial window after an idle RTO, RFC 5681 §4.1.',
    examples: [true],
  }).optional(),
  pacing: flag({
    description: 'Segments leave evenly over the round trip instead of in bursts.',
    examples: [false],
  }).optional(),
  tailLossProbe: flag({ description: 'RFC 8985 §7.', examples: [true] }).optional(),
  prr: flag({
    description: 'Proportional rate reduction, RFC 9937: a cut is spread over the round trip after it.',
    examples: [true],
  }).optional(),
  minWindow: count('minWindowSegments', {
    description: 'Segments that marks leave of a window at least.',
    examples: [2],
  }).optional(),
}

const dctcpKeys = {
  ...tcpKeys,
  gain: number(0.000_001, 1, {
    description: 'Estimation gain g, RFC 8257 §3.3.',
    examples: [0.0625],
  }).optional(),
  initialAlpha: number(0, 1, {
    description: 'The first estimate of the fraction marked.',
    examples: [1],
  }).optional(),
}

const newreno = strict('newreno', tcpKeys, {
  description: 'TCP with RFC 5681 and 6582 congestion control.',
  examples: [{ minRto: '200ms' }],
  instead: {
    gain: 'it belongs to dctcp',
    initialAlpha: 'it belongs to dctcp',
  },
})

const dctcp = strict('dctcp', dctcpKeys, {
  description: 'TCP with RFC 8257 congestion control; wants an ecnThreshold in the queues.',
  examples: [{ minRto: '1ms' }],
})

const TRANSPORTS = ['newreno', 'dctcp', 'udp'] as const

export const transportSchema = either(
  [
    z.enum(TRANSPORTS, {
      error: ({ input }) =>
        input === 'tcp' ? 'tcp is two here: name its congestion control, newreno or dctcp' : undefined,
    }),
    strict(
      'transport',
      { newreno: newreno.optional(), dctcp: dctcp.optional() },
      {
        description: 'One transport with its options.',
        examples: [{ dctcp: { minRto: '1ms' } }],
        instead: {
          tcp: 'name its congestion control: newreno or dctcp',
          udp: 'it has no options; write transport: udp',
        },
      },
    ),
  ],
  {
    description:
      'newreno (default), dctcp, or udp for streams; a map sets options: { dctcp: { minRto: 1ms } }.',
    examples: ['dctcp', { dctcp: { minRto: '1ms' } }],
  },
)

export type TransportInput = z.output<typeof transportSchema>
export type TcpInput = z.output<typeof dctcp>
