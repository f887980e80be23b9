import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importNetwork, type NetworkFormat, networkFormatNames } from '../../src/exchange/index.ts'
import { ScenarioFileError } from '../../src/parse/located.ts'

const GOOD = new URL('./good/', import.meta.url)
const TIME_MAX_MS = 2_000
const encode = (text: string) => new TextEncoder().encode(text)

/** Whether the bytes were accepted; anything but a refusal with places is a finding. */
function accepts(bytes: Uint8Array, format?: NetworkFormat): boolean {
  // processor time: what else the machine is busy with does not count
  const started = process.cpuUsage()
  try {
    importNetwork('x', bytes, { rateBps: 1e9, ...(format !== undefined && { format }) })
    return true
  } catch (error) {
    if (!(error instanceof ScenarioFileError)) throw error
    for (const line of error.message.split('\n')) expect(line).toMatch(/^x(:\d+:\d+ {2}\S|: and \d+ more$)/)
    expect(error.message).not.toMatch(/undefined|\[object/)
    return false
  } finally {
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(TIME_MAX_MS)
  }
}

describe('files that would take for ever', () => {
  const xml = (inner: string) => `<graphml><graph edgedefault="undirected">${inner}</graph></graphml>`
  const sndlib = '?SNDlib native format; type: network; version: 1.0\n'
  const many = (count: number, each: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => each(i)).join('')

  it.each<[string, NetworkFormat | undefined, string]>([
    ['blanks', undefined, ' \n'.repeat(1_900_000)],
    ['open tags', 'graphml', '<a>'.repeat(1_300_000)],
    ['one huge attribute', 'graphml', `<graphml a="${'x'.repeat(3_900_000)}"/>`],
    ['nodes alone', 'graphml', xml(many(100_000, (i) => `<node id="n${i}"/>`))],
    [
      'unknown nodes',
      'graphml',
      xml(
        many(5_000, (i) => `<node id="node-${i}"/>`) +
          many(50_000, (i) => `<edge source="node-x${i}" target="y"/>`),
      ),
    ],
    [
      'labels',
      'graphml',
      `<graphml><key id="l" attr.name="LinkLabel"/>${xml(`<node id="a"/><node id="b"/>${many(30_000, () => `<edge source="a" target="b"><data key="l">${'10 x '.repeat(12)}</data></edge>`)}`).slice(9)}`,
    ],
    ['an entity in each line', 'graphml', xml('&x;'.repeat(1_000_000))],
    ['brackets', 'batfish', '['.repeat(3_900_000)],
    ['escapes', 'batfish', `{"edges": "${'\\"'.repeat(1_900_000)}`],
    ['quotes', 'batfish', '"'.repeat(3_900_000)],
    ['edges of nothing', 'batfish', `{"edges": [${'{},'.repeat(900_000)}{}]}`],
    ['parentheses', 'sndlib-native', `${sndlib}NODES ${'('.repeat(3_900_000)}`],
    ['question marks', 'sndlib-native', '?'.repeat(3_900_000)],
    ['comments', undefined, '#\n'.repeat(1_900_000)],
    ['nodes of one name', 'sndlib-native', `${sndlib}NODES (\n${'A ( 1 2 )\n'.repeat(350_000)})\n`],
    ['nodes', 'containerlab', `topology:\n  nodes:\n${many(12_000, (i) => `    n${i}: {}\n`)}`],
    [
      'links',
      'containerlab',
      `topology:\n  nodes: {a: {}, b: {}}\n  links:\n${many(5_500, (i) => `  - endpoints: ["a:${i}", "b:${i}"]\n`)}`,
    ],
    ['YAML brackets', 'containerlab', '['.repeat(3_900_000)],
    ['one row', undefined, `from,to,${'x,'.repeat(1_900_000)}`],
  ])('%s', (_name, format, text) => {
    accepts(encode(text), format)
  })

  it('more than 4 MB', () => {
    expect(() => importNetwork('x', new Uint8Array(4_000_001).fill(32))).toThrow(
      'x:1:1  the file is larger than 4 MB, the most that a network may have',
    )
  })
})

describe('files that were hit', () => {
  const texts = readdirSync(GOOD).map((file) => readFileSync(new URL(file, GOOD), 'utf8'))
  const hit = fc.record({
    text: fc.constantFrom(...texts),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    length: fc.integer({ min: 0, max: 30 }),
    by: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        '',
        '0',
        '-1',
        '1e999',
        'NaN',
        '"',
        '<',
        '>',
        '(',
        ')',
        '{',
        '}',
        '[',
        ']',
        ':',
        ',',
        '\n',
        '  ',
        '&amp;',
        '__proto__',
        'constructor',
      ),
    ),
  })

  it('are accepted or refused in words', () => {
    fc.assert(
      fc.property(
        hit, // mostly the format that it has
        fc.oneof(
          { weight: 9, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constantFrom(...networkFormatNames) },
        ),
        ({ text, at, length, by }, format) => {
          const start = Math.floor(at * text.length)
          accepts(encode(text.slice(0, start) + by + text.slice(start + length)), format)
        },
      ),
      { numRuns: 300 },
    )
  })
})
