import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { ManifestError, readManifests } from '../../src/kubernetes/index.ts'
import { filesIn } from './files.fixture.ts'
import { edited, mutate, mutationOf } from '../mutations.fixture.ts'

const texts = [...filesIn('shop'), ...filesIn('good')].map(({ bytes }) => new TextDecoder().decode(bytes))
const LINE = /^x\.yaml(:\d+:\d+ {2}\S|: and \d+ more$)/
const TIME_MAX_MS = 2_000

/** The issues' messages, or undefined where the file was read. Anything else that is thrown is a finding. */
function refusalOf(text: string): string[] | undefined {
  // processor time: what else the machine is busy with does not count
  const started = process.cpuUsage()
  try {
    const { warnings } = readManifests([{ file: 'x.yaml', bytes: new TextEncoder().encode(text) }])
    for (const { line, column, message } of warnings) {
      expect(Math.min(line, column)).toBeGreaterThan(0)
      expect(message).not.toMatch(ODD)
    }
    return undefined
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error
    expect(error.issues.length).toBeGreaterThan(0)
    for (const line of error.message.split('\n')) expect(line).toMatch(LINE)
    expect(error.message).not.toMatch(ODD)
    return error.issues.map(({ message }) => message)
  } finally {
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(TIME_MAX_MS)
  }
}

const ODD = /undefined|\[object|NaN/

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    1e9,
    1e300,
    65_536,
    '',
    ' ',
    '~',
    '0',
    '80',
    'yes',
  ),
  fc.constantFrom<unknown>(
    'None',
    'TCP',
    '10.0.0.0/8',
    '::1',
    'a/b',
    'a'.repeat(300),
    '\u0007',
    '🦉',
    '{{ .Values.a }}',
  ),
  fc.constantFrom<unknown>([], {}, [[]], [null], [{}], { app: 'x' }, { matchLabels: { app: 'x' } }, [
    'a',
    'b',
  ]),
  fc.constantFrom<unknown>(
    'Pod',
    'Deployment',
    'List',
    'PodList',
    'v1',
    'apps/v1',
    'Service',
    'EndpointSlice',
  ),
  fc.string({ maxLength: 12 }),
  fc.double(),
)

const mutation = mutationOf(oddValue)

const dataOf = (text: string): unknown[] =>
  (parseAllDocuments(text) as { toJS(): unknown }[]).map((document) => document.toJS())

const options = { seed: 20_264, endOnFailure: true }

describe('mutated manifests', () => {
  it('start from valid ones', () => {
    for (const text of texts) expect(refusalOf(text)).toBeUndefined()
  })

  it('are read or refused in words', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (text, mutations) => {
          const documents = mutations.reduce<unknown>(mutate, dataOf(text))
          const list = Array.isArray(documents) ? documents : [documents]
          refusalOf(list.map((each) => `---\n${stringify(each)}`).join(''))
        },
      ),
      { ...options, numRuns: 150 },
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
          '...\n',
          '"',
        ),
        fc.constantFrom(
          "'",
          '|\n',
          '>\n',
          '? ',
          '<<: ',
          '<<: *a\n',
          '#',
          '%',
          '%YAML 1.1\n---\n',
          '{{ .a }}',
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
      { ...options, numRuns: 150 },
    )
  })
})
