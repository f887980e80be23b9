/**
 * The share of a pair's traffic that crosses a direction, for groups of senders and receivers that are alike in it. Pairs
 * in no two groups do not cross. Where a share is above 0, no host is in both groups.
 */
export interface DirectionShares {
  /** Node indices of hosts; groups are disjoint. */
  readonly senders: readonly (readonly number[])[]
  readonly receivers: readonly (readonly number[])[]
  /** From 0 to 1, by sender group × receiver group. */
  readonly shares: Float64Array
}

export const NO_SHARES: DirectionShares = { senders: [], receivers: [], shares: new Float64Array(0) }

type Groups = readonly (readonly number[])[]

/** Tidies shares up: who would send to himself is taken apart, groups with the same shares become one, those with none go. */
export function directionShares(senders: Groups, receivers: Groups, shares: Float64Array): DirectionShares {
  if (shares.every((share) => share === 0)) return NO_SHARES
  const given = { senders, receivers, shares }
  const apart = overlaps(given) ? singletons(given) : given
  return transposed(withLikeSendersJoined(transposed(withLikeSendersJoined(apart))))
}

function overlaps({ senders, receivers, shares }: DirectionShares): boolean {
  return senders.some((group, i) => {
    const own = new Set(group)
    return receivers.some(
      (others, j) => shares[i * receivers.length + j]! > 0 && others.some((host) => own.has(host)),
    )
  })
}

/** Every host as a group of its own, with a share of 0 for itself. */
function singletons({ senders, receivers, shares }: DirectionShares): DirectionShares {
  const from = senders.flatMap((group, i) => group.map((host) => [host, i] as const))
  const to = receivers.flatMap((group, j) => group.map((host) => [host, j] as const))
  const each = new Float64Array(from.length * to.length)
  from.forEach(([sender, i], a) => {
    to.forEach(([receiver, j], b) => {
      if (sender !== receiver) each[a * to.length + b] = shares[i * receivers.length + j]!
    })
  })
  return { senders: from.map(([host]) => [host]), receivers: to.map(([host]) => [host]), shares: each }
}

function withLikeSendersJoined({ senders, receivers, shares }: DirectionShares): DirectionShares {
  const width = receivers.length
  const joined = new Map<string, { readonly hosts: number[]; readonly row: Float64Array }>()
  senders.forEach((hosts, i) => {
    const row = shares.subarray(i * width, (i + 1) * width)
    if (hosts.length === 0 || row.every((share) => share === 0)) return
    const key = row.join()
    const known = joined.get(key)
    if (known === undefined) joined.set(key, { hosts: [...hosts], row })
    else known.hosts.push(...hosts)
  })
  const groups = [...joined.values()]
  const rows = new Float64Array(groups.length * width)
  for (const [i, { row }] of groups.entries()) rows.set(row, i * width)
  return { senders: groups.map(({ hosts }) => hosts), receivers, shares: rows }
}

function transposed({ senders, receivers, shares }: DirectionShares): DirectionShares {
  const turned = shares.map(
    (_, at) => shares[(at % senders.length) * receivers.length + Math.floor(at / senders.length)]!,
  )
  return { senders: receivers, receivers: senders, shares: turned }
}
