import fc from 'fast-check'
import { INSIDE, OUTSIDE } from './firewall-router.ts'
import { ipPacket, SCTP, sctpPacket } from './ip-packets.ts'
import type { ScriptedPacket } from './scripted-packet.ts'

export type SctpScript = readonly (readonly [from: 'inside' | 'outside', chunk: number])[]

/** Tags that packets to each side bear: those that it chose in its INIT or INIT ACK. */
const INSIDE_TAG = 0x1111_1111
const OUTSIDE_TAG = 0x2222_2222
const [DATA, INIT, INIT_ACK, SHUTDOWN, SHUTDOWN_ACK, COOKIE_ECHO, COOKIE_ACK] = [0, 1, 2, 7, 8, 10, 11]

const opened: SctpScript = [
  ['inside', INIT],
  ['outside', INIT_ACK],
]
const established: SctpScript = [...opened, ['inside', COOKIE_ECHO], ['outside', COOKIE_ACK]]
const course = fc.constantFrom<SctpScript>(
  opened,
  established,
  [...established, ['inside', SHUTDOWN]],
  [...established, ['outside', SHUTDOWN], ['inside', SHUTDOWN_ACK]],
)
const chunk = fc.tuple(
  fc.constantFrom('inside' as const, 'outside' as const),
  fc.constantFrom(
    DATA,
    INIT,
    INIT_ACK,
    3,
    4,
    5,
    6,
    SHUTDOWN,
    SHUTDOWN_ACK,
    9,
    COOKIE_ECHO,
    COOKIE_ACK,
    13,
    14,
    192,
  ),
)

/** An association whose tags both sides know; chunks in any order, under the right tags. */
export const sctpScript: fc.Arbitrary<SctpScript> = fc
  .tuple(course, fc.array(chunk, { maxLength: 12 }))
  .map(([before, chunks]) => [...before, ...chunks])

export function chunksOf(script: SctpScript): ScriptedPacket[] {
  return script.map(([from, type]) => {
    const isOut = from === 'inside'
    const [source, destination] = isOut ? [INSIDE[0], OUTSIDE[0]] : [OUTSIDE[0], INSIDE[0]]
    const [sourcePort, destinationPort] = isOut ? [1000, 80] : [80, 1000]
    const [ownTag, otherTag] = isOut ? [INSIDE_TAG, OUTSIDE_TAG] : [OUTSIDE_TAG, INSIDE_TAG]
    const payload = sctpPacket(sourcePort, destinationPort, type === INIT ? 0 : otherTag, type, ownTag)
    return {
      step: [from, ipPacket({ source, destination, protocol: SCTP, payload })],
      words: `${from} chunk ${type}`,
    }
  })
}
