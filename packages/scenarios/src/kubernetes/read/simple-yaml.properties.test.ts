import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSimpleYaml } from './simple-yaml.ts'
import type { SourceDocument } from './source-document.ts'
import { wholeDocuments, yamlDocuments } from './yaml-source.ts'

type Path = (string | number)[]

/** Everything that a document says, with the places of some of it. */
function toldBy(document: SourceDocument) {
  const { head, start, textIssues } = document
  if (textIssues.length > 0) return { head, start, textIssues }
  const { data, issues } = document.read()
  const places = pathsIn(data, []).map((path) => [
    path,
    document.place(path, 'key'),
    document.place(path, 'value'),
    document.written!(path),
  ])
  return { head, start, data, issues, places }
}

function pathsIn(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null || path.length > 4) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

const same = (text: string) => {
  const [found, expected] = [yamlDocuments(text), wholeDocuments(text)].map((all) => all.map(toldBy))
  // one text for both, so that what differs is printed with what was read
  expect({ text, found }).toEqual({ text, found: expected })
}

const VALUES = [
  '',
  'a',
  'a b',
  'a: b',
  'a:b',
  'a #b',
  'a#b',
  '#b',
  '8080',
  '010',
  '0x1f',
  '0o17',
  '1e3',
  '1_000',
  '.5',
  '5.',
  '-1',
  '+3',
  '-',
  '- a',
  '.inf',
  '.nan',
  'true',
  'True',
  'yes',
  'on',
  'n',
  'null',
  '~',
  'Null',
  '"x"',
  "'x'",
  '"x',
  "'it''s'",
  '"a\\nb"',
  '"x" # c',
  '"x" y',
  '{}',
  '[]',
  '{ a: 1 }',
  '{a: 1}',
  '{ a: 1, b: [x, 2] }',
  '[a, b]',
  '[a, ]',
  '{ a }',
  '[a b]',
  '[ "x", \'y\' ]',
  '{ "a": 1 }',
  '{ a: b: c }',
  '{ a: b',
  '[1, {b: c}] d',
  '{ a : 1 }',
  '{ a: }',
  '[a,b]',
  '{a:1}',
  '|',
  '|-',
  '>',
  '|+',
  '|2',
  '&x a',
  '*x',
  '!t a',
  '2001-01-01',
  '10.0.0.1',
  '10:20',
  '@a',
  '%a',
  '`a',
  '?',
  '? a',
  ',',
  'a,b',
  '/x',
  '$(X)',
  '(a)',
  '-a',
  '--a',
  '---',
  '...',
  'a:',
  '"a": b',
  'http://a/b',
  'a\u00e9',
  'a\tb',
  '1.10',
  '1.',
  '12e03',
  '0b1',
  '0',
  '-0',
  '00',
]
const KEYS = [
  'a',
  'b',
  'c',
  'a.b/c',
  'true',
  'null',
  '__proto__',
  '<<',
  '1',
  '"q"',
  'a b',
  'spec',
  'kind',
  'apiVersion',
  'y',
  'constructor',
]
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...KEYS.slice(0, 3), ...KEYS), fc.constantFrom(...VALUES))
      .map(([key, value]) => `${key}: ${value}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...KEYS.slice(0, 3)), fc.constantFrom('', 'x', '1'))
      .map(([key, value]) => `- ${key}: ${value}`),
  },
  { weight: 2, arbitrary: fc.constantFrom(...VALUES).map((value) => `- ${value}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '# c',
      '---',
      '--- # c',
      '-',
      'text',
      'a:',
      '...',
      '%YAML 1.1',
      '- - a',
      'a : 1',
      '-  a: 1',
    ),
  },
)
const soup = fc
  .array(fc.tuple(fc.constantFrom(0, 0, 2, 2, 2, 4, 1, 3), line, fc.constantFrom('', '', '', ' ')), {
    minLength: 1,
    maxLength: 9,
  })
  .map((lines) => lines.map(([indent, text, end]) => `${' '.repeat(indent)}${text}${end}`).join('\n'))
  .chain((text) => fc.constantFrom(text, `${text}\n`, `${text}\n\n`))

const SAMPLES = join(dirname(fileURLToPath(import.meta.url)), '../../../test/kubernetes')
const samples = ['good', 'shop', 'bad'].flatMap((folder) =>
  readdirSync(join(SAMPLES, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
)

describe('documents that are read without the library', () => {
  it('say what the library reads in them, at the same places', () => {
    fc.assert(fc.property(soup, same), { numRuns: 1_500 })
  })

  it('of simple lines are read, most of them', () => {
    let read = 0
    const simple = fc.array(
      fc.tuple(
        fc.constantFrom('a', 'b', 'c', 'd'),
        fc.constantFrom('x', '1', 'yes', '"q"', '{}', '[a, b]', '{ a: 1 }'),
      ),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(simple, (entries) => {
        const unique = [...new Map(entries)]
        const text = `top:\n${unique.map(([key, value]) => `  - ${key}: ${value}\n    more:\n    - ${value}\n`).join('')}end: |\n  one\n\n   two\n\nlast: 3\n`
        if (readSimpleYaml(text, (source) => source) !== undefined) read++
        same(text)
      }),
      { numRuns: 100 },
    )
    expect(read).toBeGreaterThan(50)
  })

  it('of sample manifests, whole and with lines changed, say the same', () => {
    expect(samples.length).toBeGreaterThan(10)
    for (const text of samples) same(text)
    const mutated = fc
      .tuple(
        fc.constantFrom(...samples.filter((text) => text.length < 6_000)),
        fc.nat(),
        fc.constantFrom('drop', 'double', 'indent', 'cut', 'value'),
        fc.constantFrom(...VALUES),
      )
      .map(([text, pick, how, value]) => {
        const lines = text.split('\n')
        const at = pick % lines.length
        const own = lines[at]!
        if (how === 'drop') lines.splice(at, 1)
        else if (how === 'double') lines.splice(at, 0, own)
        else if (how === 'indent') lines[at] = ` ${own}`
        else if (how === 'cut') lines[at] = own.slice(0, Math.max(1, own.length >> 1))
        else lines[at] = own.replace(/:.*$/, `: ${value}`)
        return lines.join('\n')
      })
    fc.assert(fc.property(mutated, same), { numRuns: 150 })
  })
})
