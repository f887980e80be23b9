import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FLAT_NAMES, Namer, SCENARIO_NAMES, SNDLIB_NAMES } from './names.ts'

const named = (wanted: readonly string[], alphabet = SCENARIO_NAMES) => {
  const namer = new Namer(alphabet)
  return wanted.map((text) => namer.name(text, 'node'))
}

it('names are kept where they can be, else they stay near', () => {
  expect(
    named(['New York, NY', 'São Paulo', 'Łódź', 'leaf-0/host-3', '東京', ' -x- ', 'a//b', '../etc']),
  ).toEqual(['New-York-NY', 'Sao-Paulo', 'Lodz', 'leaf-0/host-3', 'node', 'x', 'a/b', 'etc'])
  expect(named(['leaf-0/host-3', 'a.b'], SNDLIB_NAMES)).toEqual(['leaf-0_host-3', 'a_b'])
})

it('no two are the same', () => {
  expect(named(['None', 'None', 'None', 'None-2'])).toEqual(['None', 'None-2', 'None-3', 'None-2-2'])
})

it.each([
  ['scenario', SCENARIO_NAMES],
  ['flat', FLAT_NAMES],
  ['SNDlib', SNDLIB_NAMES],
])('all are names, distinct, and names stay: %s', (_, alphabet) => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.constantFrom('a', 'a-2', 'A', 'a/b'))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (wanted) => {
      const names = named(wanted, alphabet)
      expect(new Set(names).size).toBe(names.length)
      for (const name of names) {
        expect(name).toMatch(alphabet.name)
        expect(name.length).toBeLessThanOrEqual(64)
      }
      expect(named(names, alphabet)).toEqual(names)
    }),
    { numRuns: 200 },
  )
})
