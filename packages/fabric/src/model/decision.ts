/**
 * A forwarding decision: one small integer, so that deciding allocates nothing.
 *
 *     d < 0                     dropped; the reason, and whether the sender is told, are in ~d
 *     0 <= d < ONE_OF           out of egress port d
 *     ONE_OF <= d < DELIVER     out of one member of the node's group d - ONE_OF
 *     d = DELIVER               to the node's own endpoint
 */
export type Decision = number

export const ONE_OF = 1 << 20
export const DELIVER = 1 << 28

/** The ingress of a packet that the node's own endpoint originates. */
export const LOCAL_INGRESS = -1

/** Bits of ~d above the reason: what the sender of a packet that is refused is told. */
const REASON_BITS = 16
const REASON_MASK = (1 << REASON_BITS) - 1

/** Nothing: the packet is lost without a word. */
export const UNTOLD = 0
/** Nobody takes it: RST of TCP, else ICMP port unreachable. */
export const PORT_UNREACHABLE = 1
/** A rule forbids it: RST of TCP, else ICMP communication administratively prohibited. */
export const PROHIBITED = 2

export type Refusal = typeof PORT_UNREACHABLE | typeof PROHIBITED

export const dropDecision = (reason: number): Decision => ~reason
/** A drop that its sender is told of, where the packet is one that may be answered. */
export const refuseDecision = (reason: number, refusal: Refusal): Decision =>
  ~(reason | (refusal << REASON_BITS))
/** Of a drop. */
export const reasonOf = (decision: Decision): number => ~decision & REASON_MASK
/** Of a drop: what the sender is told, or UNTOLD. */
export const refusalOf = (decision: Decision): typeof UNTOLD | Refusal =>
  (~decision >> REASON_BITS) as typeof UNTOLD | Refusal
