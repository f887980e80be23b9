/** A number in both scenarios. */
export interface Change {
  readonly before: number
  readonly after: number
}

/** Sums in another order differ in their last digits: that is no change. */
const NOISE = 1e-9

export const differs = ({ before, after }: Change): boolean =>
  Math.abs(before - after) > NOISE * Math.max(Math.abs(before), Math.abs(after))

export const sizeOf = ({ before, after }: Change): number => Math.abs(after - before)

/** Names that exist in one scenario only, in the order of each. */
export interface OneSided {
  readonly onlyBefore: readonly string[]
  readonly onlyAfter: readonly string[]
}

export function oneSided(before: readonly string[], after: readonly string[]): OneSided {
  const [known, now] = [new Set(before), new Set(after)]
  return {
    onlyBefore: before.filter((name) => !now.has(name)),
    onlyAfter: after.filter((name) => !known.has(name)),
  }
}

/** Whatever has a name, in both. */
export function common<A, B>(
  before: ReadonlyMap<string, A>,
  after: ReadonlyMap<string, B>,
): { readonly name: string; readonly before: A; readonly after: B }[] {
  return [...before].flatMap(([name, was]) => {
    const is = after.get(name)
    return is === undefined ? [] : [{ name, before: was, after: is }]
  })
}
