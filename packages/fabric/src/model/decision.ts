/**
 * A forwarding decision: one small integer, so that deciding allocates nothing.
 *
 *     d < 0                     dropped, reason ~d
 *     0 <= d < ONE_OF           out of egress port d
 *     ONE_OF <= d < DELIVER     out of one member of the node's group d - ONE_OF
 *     d = DELIVER               to the node's own endpoint
 */
export type Decision = number

export const ONE_OF = 1 << 20
export const DELIVER = 1 << 28

/** The ingress of a packet that the node's own endpoint originates. */
export const LOCAL_INGRESS = -1

export const dropDecision = (reason: number): Decision => ~reason
export const reasonOf = (decision: Decision): number => ~decision
