/*
 * One event is a record of 32 bytes, half a cache line, in a single buffer seen through two views:
 *
 *   byte   0        8      12        16   20   24           28
 *          time f64 | next | handler | a  | b  | generation | key
 */
/** Records are `1 << FLOATS_LOG2` elements apart in `floats`, where the first is the time. */
export const FLOATS_LOG2 = 2
/**
 * Records are `1 << WORDS_LOG2` elements apart in `words`; the columns below are offsets into one. Offsets are or-ed to
 * where a record starts: the same as a sum, but engines check sums for overflow.
 */
export const WORDS_LOG2 = 3
export const NEXT = 2
export const HANDLER = 3
export const A = 4
export const B = 5
export const GENERATION = 6
/** The sign of `GENERATION`, set for an event that keeps its slot. */
export const STANDING = 0x8000_0000
/** Whatever the container that holds the event keys it by. */
export const KEY = 7

/** The slot that is no event: chains end with it, and zero-filled tables of chains are empty. */
export const NO_SLOT = 0
/** Stands in `HANDLER` of an event that was cancelled and waits to be swept out of its chain. */
export const CANCELLED = -1
