import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editDistance, nearest } from './did-you-mean.ts'

describe('edit distance', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3], // the textbook pair
    ['ab', 'ba', 1],
    ['ca', 'abc', 3], // restricted form: the unrestricted distance is 2
    ['spine', 'spines', 1],
  ])('%j to %j is %i', (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected)
    expect(editDistance(b, a)).toBe(expected)
  })
})

/** Few letters, so that ends in common, swaps and equal distances are common too. */
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '1', '/'), maxLength: 9 })

/** The recurrence as Boytsov writes it, without a table. */
function plainDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const substitution = a.at(-1) === b.at(-1) ? 0 : 1
  const ways = [
    plainDistance(a.slice(0, -1), b) + 1,
    plainDistance(a, b.slice(0, -1)) + 1,
    plainDistance(a.slice(0, -1), b.slice(0, -1)) + substitution,
  ]
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1))
    ways.push(plainDistance(a.slice(0, -2), b.slice(0, -2)) + 1)
  return Math.min(...ways)
}

test('the table agrees with the recurrence', () => {
  const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
  const property = fc.property(short, short, (a, b) => {
    expect(editDistance(a, b)).toBe(plainDistance(a, b))
  })
  fc.assert(property, { numRuns: 200 })
})

test('looking no further than needed finds what looking at all does', () => {
  const property = fc.property(word, fc.array(word, { maxLength: 12 }), (name, candidates) => {
    const distanceOf = (candidate: string) =>
      candidate.toLowerCase() === name.toLowerCase()
        ? 0.5
        : editDistance(name.toLowerCase(), candidate.toLowerCase())
    const isNear = (candidate: string) =>
      distanceOf(candidate) <= Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3))
    const near = candidates.filter(isNear)
    const least = Math.min(...near.map(distanceOf))
    const expected = name === '' ? undefined : near.find((candidate) => distanceOf(candidate) === least)
    expect(nearest(name, candidates)).toBe(expected)
  })
  fc.assert(property, { numRuns: 3000 })
})

describe('nearest', () => {
  const keys = ['leaves', 'spines', 'hostsPerLeaf', 'hostLink', 'fabricLink', 'queue']

  test.each([
    ['spine', 'spines'],
    ['leafs', 'leaves'],
    ['hostPerLeaf', 'hostsPerLeaf'],
    ['qeuue', 'queue'],
    ['HOSTLINK', 'hostLink'],
    ['banana', undefined],
    ['', undefined],
  ])('%j gives %j', (name, expected) => expect(nearest(name, keys)).toBe(expected))

  test('case decides between otherwise equal candidates', () => {
    expect(nearest('gbps', ['Mbps', 'Gbps'])).toBe('Gbps')
  })

  test('a short name never becomes an unrelated short one', () => {
    expect(nearest('x', ['abc', 'xyz'])).toBeUndefined()
  })

  test('letters that grow in lower case', () => {
    expect(nearest('İ'.repeat(64), ['İ'.repeat(63)])).toBe('İ'.repeat(63))
  })

  test('megabytes of nonsense cost nothing', () => {
    expect(nearest('x'.repeat(1e7), keys)).toBeUndefined()
  })
})
