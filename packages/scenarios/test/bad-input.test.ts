import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadScenario } from '../src/compile/load.ts'
import { ScenarioFileError } from '../src/parse/located.ts'

const DIRECTORY = new URL('./bad-input/', import.meta.url)
const TIME_MAX_MS = 2_000

/** What the file's leading comments say that Weft will say of it: `# line:column  message`. */
function expectedOf(text: string): string[] {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('# '))
  return lines.slice(0, end).map((line) => line.slice(2))
}

function refusalOf(bytes: Uint8Array): string[] {
  // processor time: what else the machine is busy with does not count
  const started = process.cpuUsage()
  try {
    loadScenario('x.yaml', bytes)
  } catch (error) {
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(TIME_MAX_MS)
    if (!(error instanceof ScenarioFileError)) throw error
    return error.message.split('\n').map((line) => line.replace('x.yaml:', ''))
  }
  return ['accepted']
}

describe('bad scenario files', () => {
  const files = readdirSync(DIRECTORY)

  it('are many', () => expect(files.length).toBeGreaterThan(150))

  it.each(files)('%s', (file) => {
    const bytes = readFileSync(new URL(file, DIRECTORY))
    const expected = expectedOf(bytes.toString())
    expect(expected.length).toBeGreaterThan(0)
    expect(refusalOf(bytes)).toEqual(expected)
  })
})

describe('bytes that are no scenario', () => {
  const noise = (length: number) =>
    Uint8Array.from({ length }, (_, index) => (Math.imul(index + 1, 0x9e3779b1) >>> 24) & 255)
  const text = (content: string) => new TextEncoder().encode(content)

  it.each<[string, Uint8Array, string]>([
    [
      '10 MB of nonsense',
      noise(10_000_000),
      '1:1  the file is larger than 1 MB, the most that a scenario may have',
    ],
    ['binary', noise(500), '1:3  the file is not text: these bytes are not UTF-8'],
    [
      'UTF-8 broken on line 3',
      Uint8Array.from([...text('weft: 1\n# é\nname: '), 0xe9, 10]),
      '3:7  the file is not text: these bytes are not UTF-8',
    ],
    ['NUL', text('weft: 1\nname: a\0b\n'), '2:8  the file is not text: it has the control character U+0000'],
    ['UTF-16', Uint8Array.from([0xff, 0xfe, 0x77, 0]), '1:1  the file is UTF-16; save it as UTF-8'],
    [
      'a BOM alone',
      Uint8Array.from([0xef, 0xbb, 0xbf]),
      '1:1  the file is empty; weft init writes a scenario to start from',
    ],
    ['nothing', new Uint8Array(), '1:1  the file is empty; weft init writes a scenario to start from'],
    [
      'brackets',
      text('['.repeat(900_000)),
      '1:1  the file has more than 100000 keys, values and marks; that is no scenario that Weft can read',
    ],
    [
      'one key per line',
      text('a: b\n'.repeat(190_000)),
      '1:1  the file has more than 100000 keys, values and marks; that is no scenario that Weft can read',
    ],
    [
      'bad escapes',
      text(`"${'\\q'.repeat(400_000)}"`),
      '1:1  the file has 400000 backslashes; a scenario has at most 10000',
    ],
  ])('%s', (_name, bytes, message) => {
    expect(refusalOf(bytes)[0]).toBe(message)
  })

  it.each(['{a: ', '[', '- ', '? '])('%s nested deeply', (piece) => {
    expect(refusalOf(text(piece.repeat(15_000))).join('\n')).toMatch(/nested (too deeply|more than 32 deep)/)
  })

  it('lists fifty problems and counts the rest', () => {
    const keys = Array.from({ length: 80 }, (_, index) => `key-${index}: 1\n`).join('')
    const refusal = refusalOf(text(`weft: 1\n${keys}`))
    expect(refusal).toHaveLength(51)
    expect(refusal[50]).toBe(' and 31 more')
  })

  it('keeps control characters of keys and values out of its messages', () => {
    const refusal = refusalOf(
      text('weft: 1\nregions: {}\nname: ok\n"a\\e[31m\\nb": 1\nevents: [{ at: 1ms, fail: "\\e[0m" }]\n'),
    )
    for (const line of refusal) expect(line).not.toMatch(/\p{Cc}/u)
  })
})
