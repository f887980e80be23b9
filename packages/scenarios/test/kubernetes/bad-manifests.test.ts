import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ManifestError, readManifests } from '../../src/kubernetes/index.ts'
import { MANIFEST_BYTES_MAX } from '../../src/kubernetes/read/read-file.ts'

const DIRECTORY = new URL('./bad/', import.meta.url)
const TIME_MAX_MS = 2_000

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** What the file's leading comments say that Weft will say of it: `# line:column  message`. */
function expectedOf(text: string): string[] {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('# '))
  return lines.slice(0, end).map((line) => line.slice(2))
}

function refusalOf(files: Readonly<Record<string, string | Uint8Array>>): string[] {
  // processor time: what else the machine is busy with does not count
  const started = process.cpuUsage()
  try {
    readManifests(
      Object.entries(files).map(([file, content]) => ({
        file,
        bytes: typeof content === 'string' ? bytesOf(content) : content,
      })),
    )
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error
    return error.message.split('\n')
  } finally {
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(TIME_MAX_MS)
  }
  return ['accepted']
}

describe('bad manifests', () => {
  const files = readdirSync(DIRECTORY)

  it('are many', () => expect(files.length).toBeGreaterThan(150))

  it.each(files)('%s', (file) => {
    const text = readFileSync(new URL(file, DIRECTORY), 'utf8')
    const expected = expectedOf(text)
    expect(expected.length).toBeGreaterThan(0)
    expect(refusalOf({ 'x.yaml': text }).map((line) => line.replaceAll('x.yaml:', ''))).toEqual(expected)
  })
})

const SERVICE =
  '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"ports":[{"port":80}]}}'

describe('bad JSON', () => {
  it.each<[string, string, string]>([
    ['a comma too many', '{"kind": "Service",}', 'x.json:1:20  this is no JSON: property name expected'],
    [
      'cut off',
      '{"apiVersion": "v1",\n "kind": "Serv',
      'x.json:2:10  this is no JSON: unexpected end of string',
    ],
    ['a comment', '{ // nothing\n}', 'x.json:1:3  this is no JSON: invalid comment token'],
    ['nested deeply', '['.repeat(5_000), 'x.json:1:201  values are nested more than 200 deep'],
    ['a key twice', SERVICE.replace('"spec"', '"kind":"Pod","spec"'), 'x.json:1:63  duplicate key "kind"'],
    [
      '__proto__',
      SERVICE.replace('{"name"', '{"__proto__":{},"name"'),
      'x.json:1:49  "__proto__" cannot be a key; choose another name',
    ],
    [
      'a port',
      SERVICE.replace('80', '0'),
      'x.json:1:88  Service web: spec.ports[0].port: 0 is not a port; expected 1 to 65535',
    ],
    [
      'in the second of two values',
      `${SERVICE}\n${SERVICE.replace('"web"', '"Web"')}`,
      'x.json:2:56  Service Web: metadata.name: "Web" is not a name of a service; use lower-case letters, digits and "-", begin with a letter and end with a letter or digit',
    ],
  ])('%s', (_name, text, message) => expect(refusalOf({ 'x.json': text })).toEqual([message]))
})

describe('several files', () => {
  it('say everything at once, by file', () => {
    const bad = (name: string) => SERVICE.replace('"web"', `"${name}"`).replace('80', '0')
    expect(refusalOf({ 'b.json': bad('b'), 'a.json': bad('a'), 'c.yaml': 'kind: [' })).toEqual([
      'a.json:1:86  Service a: spec.ports[0].port: 0 is not a port; expected 1 to 65535',
      'b.json:1:86  Service b: spec.ports[0].port: 0 is not a port; expected 1 to 65535',
      expect.stringMatching(/^c\.yaml:1:8 {2}/),
    ])
  })

  it('with one object twice are refused at the later one, whichever comes first', () => {
    const message =
      'b.json:1:1  Service web: it stands at a.json:1:1 already; remove one (kubectl apply would take the last)'
    expect(refusalOf({ 'a.json': SERVICE, 'b.json': SERVICE })).toEqual([message])
    expect(refusalOf({ 'b.json': SERVICE, 'a.json': SERVICE })).toEqual([message])
  })

  it('lists fifty problems of each and counts the rest', () => {
    const ports = Array.from({ length: 80 }, (_, index) => `    - { name: p${index}, port: 0 }\n`).join('')
    const text = `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  ports:\n${ports}`
    const refusal = refusalOf({ 'x.yaml': text })
    expect(refusal).toHaveLength(51)
    expect(refusal[50]).toBe('x.yaml: and 30 more')
  })
})

describe('bytes that are no manifest', () => {
  const noise = (length: number) =>
    Uint8Array.from({ length }, (_, index) => (Math.imul(index + 1, 0x9e3779b1) >>> 24) & 255)

  it.each<[string, Uint8Array, string]>([
    [
      'too many of them',
      new Uint8Array(MANIFEST_BYTES_MAX + 1),
      'x.yaml:1:1  the file is larger than 32 MB, the most that a file of manifests may have',
    ],
    ['binary', noise(500), 'x.yaml:1:3  the file is not text: these bytes are not UTF-8'],
    ['NUL', bytesOf('kind: a\0b\n'), 'x.yaml:1:8  the file is not text: it has the control character U+0000'],
  ])('%s', (_name, bytes, message) => expect(refusalOf({ 'x.yaml': bytes })).toEqual([message]))

  it.each(['{a: ', '[', '- ', '? ', '[{a: '])('%s nested deeply', (piece) => {
    expect(refusalOf({ 'x.yaml': piece.repeat(15_000) }).join('\n')).toMatch(/x\.yaml:\d+:\d+ {2}/)
  })

  it('keeps control characters of keys and values out of its messages', () => {
    const text = 'apiVersion: v1\nkind: Service\nmetadata: { name: "a\\e[31m\\nb", "l\\ea": 1 }\nspec: {}\n'
    for (const line of refusalOf({ 'x.yaml': text })) expect(line).not.toMatch(/\p{Cc}/u)
  })
})
