/** The latest whole picosecond before this one that a double can hold: beyond 2^53 they lie apart. */
export function instantBefore(atPs: number): number {
  let stepPs = 1
  while (atPs - stepPs === atPs) stepPs *= 2
  return atPs - stepPs
}

/** The next whole picosecond that a double can hold. */
export function instantAfter(atPs: number): number {
  let stepPs = 1
  while (atPs + stepPs === atPs) stepPs *= 2
  return atPs + stepPs
}
