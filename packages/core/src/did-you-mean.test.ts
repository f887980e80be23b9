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

  test('megabytes of nonsense cost nothing', () => {
    expect(nearest('x'.repeat(1e7), keys)).toBeUndefined()
  })
})
