import { randomStream } from '@weft/core'
import { describe, expect, test } from 'vitest'
import { OneOfGroup } from '../model/selector.ts'
import { type BalancedEndpoint, type BalancerKind, createBalancer } from './balancer.ts'
import { Maglev, MAGLEV_TABLE_SIZE } from './maglev.ts'

const endpoints = (count: number): BalancedEndpoint[] =>
  Array.from({ length: count }, (_, i) => ({ name: `shop/cart-${i}:8080`, weight: 1 }))

/** Shares of the key space that change hands when a list changes. */
function movedShare(kind: BalancerKind, before: BalancedEndpoint[], after: BalancedEndpoint[]): number {
  const stream = randomStream('row 31', kind)
  const old = createBalancer({ kind }, stream)
  const young = createBalancer({ kind }, stream)
  old.install(before)
  young.install(after)
  const keys = 40_000
  let moved = 0
  for (let i = 0; i < keys; i++) {
    const key = stream.int(2 ** 32) | 0
    if (before[old.pick(key)]!.name !== after[young.pick(key)]!.name) moved++
  }
  return moved / keys
}

describe('row 31: connections that move when endpoints come and go', () => {
  test.each([
    [8, 7, 0.875],
    [8, 9, 8 / 9],
    [10, 9, 0.9],
  ])('modulo the number, as ECMP groups do it, from %i to %i', (from, to, expected) => {
    const group = (size: number) =>
      new OneOfGroup(
        Array.from({ length: size }, (_, member) => member),
        Array.from({ length: size }, () => 1),
      )
    const [before, after] = [group(from), group(to)]
    let moved = 0
    for (let key = 0; key < from * to; key++) if (before.pick(key) !== after.pick(key)) moved++
    expect(moved / (from * to)).toBeCloseTo(expected, 12)
  })

  test.each([
    [8, 7],
    [8, 9],
    [10, 9],
  ])('rendezvous hashing from %i to %i moves one in the larger number', (from, to) => {
    const ideal = 1 / Math.max(from, to)
    const moved = movedShare('rendezvous', endpoints(from), endpoints(to))
    // 40,000 keys: 4 standard errors
    expect(Math.abs(moved - ideal)).toBeLessThan(4 * Math.sqrt((ideal * (1 - ideal)) / 40_000))
  })
})

describe('row 32: Maglev hashing with 65,537 slots', () => {
  test.each([
    [10, 1.0000458],
    [1000, 1.0070647],
  ])('%i endpoints: the fullest holds ceil(M/N)·N/M of the mean', (count, expected) => {
    const maglev = new Maglev()
    maglev.install(endpoints(count))
    const shares = Array.from({ length: count }, (_, place) => maglev.share(place))
    expect(Math.max(...shares) * count).toBeCloseTo(expected, 7)
    expect(Math.max(...shares) * count).toBe(
      (Math.ceil(MAGLEV_TABLE_SIZE / count) * count) / MAGLEV_TABLE_SIZE,
    )
    expect((Math.max(...shares) - Math.min(...shares)) * MAGLEV_TABLE_SIZE).toBeCloseTo(1, 6)
  })

  test.each([
    [10, 0.1024],
    [1000, 0.0067],
  ])('%i endpoints: slots that change when one is removed, mean over removals', (count, expected) => {
    const all = endpoints(count)
    const full = new Maglev()
    full.install(all)
    const removals = 10
    let changed = 0
    for (let removal = 0; removal < removals; removal++) {
      const gone = Math.floor((removal * count) / removals)
      const rest = all.filter((_, place) => place !== gone)
      const left = new Maglev()
      left.install(rest)
      full.table.forEach((place, slot) => {
        if (all[place]!.name !== rest[left.table[slot]!]!.name) changed++
      })
    }
    const share = changed / removals / MAGLEV_TABLE_SIZE
    expect(share).toBeGreaterThan(expected * 0.8)
    expect(share).toBeLessThan(expected * 1.2)
  })

  test.each([100, 300, 655])(
    'a table of more than 100 slots per endpoint is within 1 % of even: %i',
    (count) => {
      const maglev = new Maglev()
      maglev.install(endpoints(count))
      const shares = Array.from({ length: count }, (_, place) => maglev.share(place) * count)
      expect(Math.max(...shares)).toBeLessThan(1.01)
      expect(Math.min(...shares)).toBeGreaterThan(0.99)
    },
  )
})
