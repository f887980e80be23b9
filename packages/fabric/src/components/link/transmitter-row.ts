/*
 * One transmitter is a row of 128 bytes, two cache lines, seen as doubles and as 32-bit words. What every packet touches
 * shares a line: spread over objects, the same fields cost three times as long to reach. Offsets are or-ed to where a
 * row starts: the same as a sum, but engines check sums for overflow.
 */
export const DOUBLES_LOG2 = 4
export const WORDS_LOG2 = 5

/** When the last accepted packet will have left. */
export const BUSY_UNTIL = 0
/** When the first waiting packet begins: the departure of the one before it. */
export const NEXT_START = 1
/** Time without anything to send, up to BUSY_UNTIL: what is left of that is the transmission time of all accepted. */
export const IDLE_PS = 2
export const PS_PER_BYTE = 3
export const PACKETS = 8
export const MARKED = 9
export const DELAY_PS = 10
/** Time spent on packets that a failure cut off while they were sent. */
export const CUT_PS = 11
/** Wire bytes; kept where they do not follow from the time spent. */
export const WIRE_BYTES = 12

/** Every packet from acceptance to arrival, linked by the packet table's `next`. */
export const HEAD = 8
export const TAIL = 9
/** The first that waits; the packets after it wait too. */
export const WAITING = 10
export const WAITING_COUNT = 11
export const PEAK_WAITING = 12
export const CAPACITY_PACKETS = 13
export const ECN_PACKETS = 14
export const FLAGS = 15
/** The standing event of the arrival at the head of the list. */
export const EVENT = 26
export const SLOT_BYTES_MIN = 27
export const WAITING_BYTES = 28
export const PEAK_WAITING_BYTES = 29
/** The node at the far end and its port there. */
export const FAR_NODE = 30
export const INGRESS = 31

export const UP = 1
/** Waiting bytes are kept: something is limited, marked or recorded by them, or marking happens at dequeue. */
export const FOLLOWS_DEQUEUE = 2
export const MARKS_AT_DEQUEUE = 4
/** A byte does not take a whole number of picoseconds. */
export const INEXACT = 8
/** Packets may take more than their bytes on the wire: short ones are padded. */
export const PADDED = 16
/** Packets may be corrupted on the wire. */
export const LOSSY = 32
/** A failure has cut off packets, so an event may find that its packet is gone. */
export const INTERRUPTED = 64
export const CHECKED_ON_ARRIVAL = LOSSY | INTERRUPTED
/** The flags' upper bits are the framing's overhead in bytes. */
export const OVERHEAD_SHIFT = 8

export const NO_LIMIT = 0x7fff_ffff
