import { readdirSync, readFileSync } from 'node:fs'
import { ConfigError } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { type ScenarioOptions, scenario } from '../src/builders/scenario.ts'
import { loadScenario } from '../src/compile/load.ts'
import { ScenarioFileError } from '../src/parse/located.ts'
import { changed, edited, mutate, mutationOf, pathsOf, valueAt } from './mutations.fixture.ts'

const DIRECTORY = new URL('./valid/', import.meta.url)
const texts = readdirSync(DIRECTORY).map((file) => readFileSync(new URL(file, DIRECTORY), 'utf8'))
const LINE = /^x\.yaml(:\d+:\d+ {2}\S|: and \d+ more$)/
const TIME_MAX_MS = 2_000

/** The issues' messages, or undefined where the file was accepted. Anything else that is thrown is a finding. */
function refusalOf(text: string): string[] | undefined {
  // processor time: what else the machine is busy with does not count
  const started = process.cpuUsage()
  try {
    loadScenario('x.yaml', new TextEncoder().encode(text))
    return undefined
  } catch (error) {
    if (!(error instanceof ScenarioFileError)) throw error
    expect(error.issues.length).toBeGreaterThan(0)
    for (const line of error.message.split('\n')) expect(line).toMatch(LINE)
    expect(error.message).not.toMatch(/undefined|\[object|NaN(?! is)/)
    return error.issues.map(({ message }) => message)
  } finally {
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(TIME_MAX_MS)
  }
}

/** Sizes are small or beyond every bound, so that what is accepted is built quickly. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    3,
    1e9,
    1e300,
    '',
    ' ',
    '~',
    '0',
    '100',
    '-5us',
    '1e9',
    '100Gbps',
  ),
  fc.constantFrom<unknown>(
    '1ms',
    '9000B',
    '50%',
    '2 packets',
    '1/s',
    'all hosts',
    '**',
    '*',
    'ord1',
    'x'.repeat(300),
    '\u0007',
    '🦉',
  ),
  fc.constantFrom<unknown>([], {}, [[]], [null], { rate: '1Gbps' }, ['a', 'b'], { __proto: 1 }),
  fc.string({ maxLength: 12 }),
  fc.double(),
)

const mutation = mutationOf(oddValue)

describe('mutated scenario files', () => {
  const options = { numRuns: 200, seed: 20_261, endOnFailure: true }

  it('start from valid ones', () => {
    for (const text of texts) expect(refusalOf(text)).toBeUndefined()
  })

  it('are accepted or refused in words, and alike from builders', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (text, mutations) => {
          const data = mutations.reduce<unknown>(mutate, parse(text))
          const fromFile = refusalOf(stringify(data))
          const fromBuilder = refusalByBuilder(data)
          // Builders fill the version in, and know values that no YAML text has: -0 and lone surrogates.
          if (!JSON.stringify(data).includes('"weft":1')) return
          expect(new Set(fromBuilder)).toEqual(new Set(fromFile))
        },
      ),
      options,
    )
  })

  it('never have a key ignored', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.option(mutation), fc.nat(), (text, change, pick) => {
        const data = change === null ? parse(text) : mutate(parse(text), change)
        if (refusalOf(stringify(data)) !== undefined) return
        const maps = [...pathsOf(data)].filter((path) => isMap(valueAt(data, path)))
        const path = maps[pick % maps.length]!
        const extended = changed(data, [...path, 'zzz'], (holder, key) => {
          holder[key] = 1
        })
        const refusal = refusalOf(stringify(extended))
        // A new key of `regions` is a region, and 1 is none.
        if (path.join() === 'regions') expect(refusal).toEqual(['expected a map, got 1'])
        else expect(refusal?.some((message) => message.startsWith('unknown key "zzz"'))).toBe(true)
      }),
      options,
    )
  })

  it('survive any change of their bytes', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
      insert: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 5 }),
        fc.constantFrom(
          '\t',
          '\n',
          ': ',
          '- ',
          '[',
          ']',
          '{',
          '}',
          '&a ',
          '*a ',
          '!!x ',
          '---\n',
          '"',
          "'",
          '|\n',
          '>\n',
          '? ',
          '<<: ',
          '#',
          '%',
        ),
        fc.nat().map((start) => texts[0]!.slice(start % 700, (start % 700) + 150)),
      ),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (text, edits) => {
          refusalOf(edited(text, edits))
        },
      ),
      { ...options, numRuns: 300 },
    )
  })
})

const isMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function refusalByBuilder(data: unknown): string[] | undefined {
  try {
    scenario(data as ScenarioOptions)
    return undefined
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.issues.map(({ message }) => message)
  }
}
