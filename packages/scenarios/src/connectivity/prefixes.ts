import { formatAddress, parsePrefix, type Prefix } from '@weft/fabric'

type Family = Prefix['family']
type Range = Pick<Prefix, 'first' | 'last'>

const LAST: Readonly<Record<Family, bigint>> = { ipv4: 2n ** 32n - 1n, ipv6: 2n ** 128n - 1n }
const BITS: Readonly<Record<Family, bigint>> = { ipv4: 32n, ipv6: 128n }
const FAMILIES: readonly Family[] = ['ipv4', 'ipv6']

/** Ranges by prefix, which come up again and again: a cluster has few, its workloads many. */
export class PrefixSums {
  readonly #ranges = new Map<string, Prefix>()
  readonly #sums = new Map<string, readonly string[]>()

  /** The fewest prefixes that have the addresses of all these, IPv4 first, in ascending order. */
  of(prefixes: readonly string[]): readonly string[] {
    return this.#memo(prefixes.join(), (family) => this.#rangesOf(prefixes, family))
  }

  /** Of the addresses of one those of the other. */
  common(some: readonly string[], others: readonly string[]): readonly string[] {
    return this.#memo(`& ${some}|${others}`, (family) => {
      return overlaps(this.#rangesOf(some, family), this.#rangesOf(others, family))
    })
  }

  /** Of the addresses of one those that are not of the other. */
  without(some: readonly string[], others: readonly string[]): readonly string[] {
    return this.#memo(`- ${some}|${others}`, (family) => {
      const gaps = gapsOf(this.#rangesOf(others, family), LAST[family])
      return overlaps(this.#rangesOf(some, family), gaps)
    })
  }

  /** The prefixes as people write them: `0.0.0.0/0 but 10.0.0.0/8` where that is shorter, or another prefix that has them all. */
  describe(prefixes: readonly string[]): string {
    return FAMILIES.map((family) => {
      const ranges = this.#rangesOf(prefixes, family)
      if (ranges.length === 0) return ''
      const written = ranges.flatMap((range) => prefixesOf(range, family))
      const cover = coverOf(ranges[0]!.first, ranges.at(-1)!.last)
      const missing = overlaps(gapsOf(ranges, LAST[family]), [cover]).flatMap((range) =>
        prefixesOf(range, family),
      )
      if (missing.length === 0 || missing.length + 1 >= written.length) return written.join(', ')
      return `${prefixesOf(cover, family).join()} but ${missing.join(', ')}`
    })
      .filter((text) => text !== '')
      .join(', ')
  }

  /** Orders prefixes: IPv4 first, then by their first addresses. */
  compare(a: string, b: string): number {
    const [one, other] = [this.#rangeOf(a), this.#rangeOf(b)]
    if (one.family !== other.family) return one.family === 'ipv4' ? -1 : 1
    return one.first < other.first ? -1 : one.first > other.first ? 1 : 0
  }

  #memo(key: string, rangesOf: (family: Family) => readonly Range[]): readonly string[] {
    let sum = this.#sums.get(key)
    if (sum === undefined) {
      sum = FAMILIES.flatMap((family) => rangesOf(family).flatMap((range) => prefixesOf(range, family)))
      this.#sums.set(key, sum)
    }
    return sum
  }

  /** Ranges that do not touch, ascending. */
  #rangesOf(prefixes: readonly string[], family: Family): Range[] {
    const own = prefixes
      .map((text) => this.#rangeOf(text))
      .filter((range) => range.family === family)
      .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
    const joined: Range[] = []
    for (const { first, last } of own) {
      const before = joined.at(-1)
      if (before === undefined || first > before.last + 1n) joined.push({ first, last })
      else if (last > before.last) joined[joined.length - 1] = { first: before.first, last }
    }
    return joined
  }

  #rangeOf(text: string): Prefix {
    let range = this.#ranges.get(text)
    if (range === undefined) {
      const parsed = parsePrefix(text)
      if (!parsed.ok) throw new RangeError(parsed.message)
      range = parsed.prefix
      this.#ranges.set(text, range)
    }
    return range
  }
}

/** The smallest prefix that has both addresses. */
function coverOf(first: bigint, last: bigint): Range {
  let hostBits = 0n
  while (first >> hostBits !== last >> hostBits) hostBits++
  const begin = (first >> hostBits) << hostBits
  return { first: begin, last: begin + (1n << hostBits) - 1n }
}

/** The fewest prefixes of a range: each as large as where it begins and what is left allow. */
function prefixesOf({ first, last }: Range, family: Family): string[] {
  const prefixes: string[] = []
  for (let begin = first; begin <= last; ) {
    let hostBits = 0n
    while (
      hostBits < BITS[family] &&
      (begin & ((1n << (hostBits + 1n)) - 1n)) === 0n &&
      begin + (1n << (hostBits + 1n)) - 1n <= last
    )
      hostBits++
    prefixes.push(`${formatAddress(begin, family)}/${BITS[family] - hostBits}`)
    begin += 1n << hostBits
  }
  return prefixes
}

function gapsOf(ranges: readonly Range[], last: bigint): Range[] {
  const gaps: Range[] = []
  let begin = 0n
  for (const range of ranges) {
    if (range.first > begin) gaps.push({ first: begin, last: range.first - 1n })
    begin = range.last + 1n
  }
  return begin <= last ? [...gaps, { first: begin, last }] : gaps
}

/** Ranges of both; each list ascending, its ranges apart. */
function overlaps(some: readonly Range[], others: readonly Range[]): Range[] {
  const common: Range[] = []
  for (const own of some) {
    for (const other of others) {
      if (other.first > own.last || own.first > other.last) continue
      const later = own.first < other.first ? other : own
      const sooner = own.last < other.last ? own : other
      common.push({ first: later.first, last: sooner.last })
    }
  }
  return common
}
