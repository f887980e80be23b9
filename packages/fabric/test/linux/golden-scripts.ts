import { TCP_STATES } from '../../src/conntrack/tcp-states.ts'
import type { ScriptedPacket } from './scripted-packet.ts'
import { type ScriptedSegment, segmentsOf } from './tcp-scripts.ts'
import type { Judgement } from './weft-firewall.ts'

type Side = 'inside' | 'outside'
type Change = Partial<ScriptedSegment>

const [FIN, SYN, RST, ACK] = [1, 2, 4, 16]
const segment = (from: Side, flags: number, change: Change = {}): ScriptedSegment => ({
  from,
  flags,
  ahead: 0,
  ackAhead: 0,
  window: 1000,
  payloadBytes: 0,
  sackPermitted: false,
  ...change,
})
const inside = (flags: number, change?: Change) => segment('inside', flags, change)
const outside = (flags: number, change?: Change) => segment('outside', flags, change)

const established = [inside(SYN), outside(SYN | ACK), inside(ACK), outside(ACK)]
const finWait = [...established, inside(FIN | ACK)]
const lastAck = [...finWait, outside(ACK), outside(FIN | ACK)]

/** The segments that bring a connection into each state. */
const COURSES: Readonly<Record<(typeof TCP_STATES)[number], readonly ScriptedSegment[]>> = {
  NONE: [],
  SYN_SENT: [inside(SYN)],
  SYN_RECV: established.slice(0, 2),
  ESTABLISHED: established,
  FIN_WAIT: finWait,
  CLOSE_WAIT: lastAck.slice(0, -1),
  LAST_ACK: lastAck,
  TIME_WAIT: [...lastAck, inside(ACK)],
  CLOSE: [...established, inside(RST)],
  SYN_SENT2: [inside(SYN), outside(SYN)],
}
const KINDS: Readonly<Record<string, number>> = {
  SYN,
  'SYN+ACK': SYN | ACK,
  ACK,
  'FIN+ACK': FIN | ACK,
  RST,
  'RST+ACK': RST | ACK,
  'no flags': 0,
  FIN,
  'SYN+FIN': SYN | FIN,
}
const SIDES = { inside, outside }

const STARTS = [100_000, 500_000] as const

/** What is asked: a name, and the packets, of which the last one's judgement is the answer. */
export interface GoldenQuestion {
  readonly name: string
  readonly packets: readonly ScriptedPacket[]
}

function question(
  name: string,
  segments: readonly ScriptedSegment[],
  starts: readonly [number, number] = STARTS,
): GoldenQuestion {
  return { name, packets: segmentsOf({ isIpv6: false, starts, segments }) }
}

/** Every kind of segment in every state, from both sides, with the very numbers that are expected. */
const transitions = Object.entries(COURSES).flatMap(([state, course]) =>
  Object.entries(KINDS).flatMap(([kind, flags]) =>
    Object.entries(SIDES).map(([side, from]) =>
      question(`${state}: ${side} ${kind}`, [...course, from(flags)]),
    ),
  ),
)

/** A byte before, at and beyond what a window of 1,000 bytes permits; old and early acknowledgements. */
const windows = [
  ...[-1_000_000, -1001, -1000, 0, 999, 1000, 1001, 1998, 1999, 1_000_000].map((ahead) =>
    question(`ESTABLISHED: a byte ${ahead} from the next`, [
      ...established,
      outside(ACK, { ahead, payloadBytes: 1 }),
    ]),
  ),
  ...[-1_000_000, -66_000, 0, 1, 1000].map((ackAhead) =>
    question(`ESTABLISHED: acknowledges ${ackAhead} beyond what was sent`, [
      ...established,
      outside(ACK, { ackAhead }),
    ]),
  ),
  ...[-1000, -1, 0, 1, 1000, 1999, 3000].map((ahead) =>
    question(`ESTABLISHED: RST ${ahead} from the next number`, [...established, outside(RST, { ahead })]),
  ),
]

const data = inside(ACK, { payloadBytes: 100 })
const timeouts = [
  question('unacknowledged data', [...established, data]),
  question('acknowledged data', [...established, data, outside(ACK)]),
  question('the same acknowledgement a third time', [...established, ...Array(2).fill(outside(ACK))]),
  question('the same acknowledgement a fourth time', [...established, ...Array(3).fill(outside(ACK))]),
  question('a closed window', [...established, outside(ACK, { window: 0 })]),
  question('taken up in the middle', [inside(ACK), outside(ACK)]),
  question('taken up, and assured', [inside(ACK), outside(ACK), inside(ACK)]),
]

/** A SYN answered by an ACK alone, and RST with the number that this asks for. */
const challenged = [inside(SYN), outside(ACK)]
const askedFor = { inside: inside(RST), outside: outside(RST, { ahead: STARTS[0] + 1 - STARTS[1] }) }
const data1 = inside(ACK, { payloadBytes: 1 })
const again1 = inside(ACK, { ahead: -1, payloadBytes: 1 })
/** What is let through without effect, and what Linux remembers of it. */
const ignored = [
  ...Object.entries(askedFor).flatMap(([side, reset]) => [
    question(`a SYN answered by an ACK, and RST of ${side}`, [...challenged, reset]),
    question(`a SYN answered by an ACK, RST of ${side} and an ACK`, [...challenged, reset, inside(ACK)]),
  ]),
  question(
    'a SYN answered by an ACK and RST, FIN, and an ACK one beyond what was sent',
    [...challenged, outside(RST, { ackAhead: -1 }), inside(FIN | ACK), outside(ACK, { ackAhead: 1 })],
    [0, 0],
  ),
  question(
    'a simultaneous opening, an ACK, and RST of the same side that acknowledges this ACK, out of window',
    [
      ...[inside(SYN), outside(SYN), outside(ACK)],
      outside(RST, { ahead: 5_000_000, ackAhead: STARTS[1] - STARTS[0] }),
    ],
  ),
  question('the same data four times, an ignored SYN among them', [
    ...[...established, data1, outside(ACK), again1, again1, again1],
    inside(SYN, { ahead: -1, ackAhead: 5 }),
    again1,
  ]),
]

export const GOLDEN_QUESTIONS: readonly GoldenQuestion[] = [
  ...transitions,
  ...windows,
  ...timeouts,
  ...ignored,
]

/** A judgement as a line of the golden file; seconds are rounded up, since the kernel's have begun to run out. */
export function goldenLine(
  name: string,
  { verdict, entry }: Judgement,
  seconds: (left: number) => number,
): string {
  if (entry === null) return `${name}: ${verdict}, no entry`
  const assured = entry.isAssured ? ', assured' : ''
  return `${name}: ${verdict}, ${TCP_STATES[entry.state!]} ${seconds(entry.timeoutS)} s${assured}`
}
