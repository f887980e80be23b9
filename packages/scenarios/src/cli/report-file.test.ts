import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askedAgain } from './report-file.ts'
import { Terminal } from './terminal.ts'
import { weft } from './weft.ts'

test.each([
  [['plan', 'a.yaml'], 'weft plan a.yaml'],
  [['plan', 'a.yaml', '--report', 'p.html', '--growth', '3x'], 'weft plan a.yaml --growth 3x'],
  [['plan', 'a.yaml', '--report=p.html', '--json', '--debug'], 'weft plan a.yaml'],
  [['worst', 'my file.yaml', '--out', 'm.csv'], "weft worst 'my file.yaml'"],
  [['whatif', 'a.yaml', '--drain', 'ord1/spine-*'], "weft whatif a.yaml --drain 'ord1/spine-*'"],
])('%j asks again as %s', (words, again) => expect(askedAgain(words)).toBe(again))

describe('--report', () => {
  let folder: string
  const file = () => join(folder, 'a.yaml')
  const report = () => join(folder, 'report.html')

  const ask = async (...words: string[]) => {
    const text = { out: '', err: '' }
    const stream = (key: 'out' | 'err') =>
      new Writable({
        write(chunk, _, done) {
          text[key] += String(chunk)
          done()
        },
      })
    const exitCode = await weft(words, new Terminal(stream('out'), stream('err'), { NO_COLOR: '1' }))
    return { exitCode, ...text }
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'weft-report-option-'))
    writeFileSync(
      file(),
      `weft: 1
name: tiny
regions:
  ord1:
    fabric:
      leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 25Gbps, fabricLink: 100Gbps }
traffic:
  - { name: all, between: all hosts, load: 30%, sizes: 1MB }
availability:
  - { of: switch, tier: spine, up: 99.9% }
`,
    )
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each([
    ['plan', [], 0, 'Weft capacity plan'],
    ['whatif', ['--any', '1', '--of', 'switch/spine'], 0, 'Weft what if'],
    ['whatif', ['--availability'], 0, 'Weft availability of demands'],
    ['whatif', ['--drain', 'ord1/spine-0'], 1, 'Weft order of drains'],
    ['worst', [], 0, 'Weft worst-case traffic'],
  ])('of weft %s %j is written beside the answer', async (command, options, code, kicker) => {
    const { out, err, exitCode } = await ask(command, file(), ...options, '--report', report())
    expect(err).toBe('')
    expect(exitCode).toBe(code)
    expect(out).toContain('tiny')
    const page = readFileSync(report(), 'utf8')
    expect(page).toContain(kicker)
    expect(page).toContain(`weft ${command} ${file()}`)
    expect(page).not.toContain(report())
  })

  test('of weft diff names both, with the hash of each', async () => {
    await ask('diff', file(), file(), '--report', report())
    const page = readFileSync(report(), 'utf8')
    expect(page).toContain('Nothing differs')
    expect(page.match(/SHA-256 of/g)).toHaveLength(2)
  })

  test.each(['plan', 'worst'])('of weft %s does not go to standard output', async (command) => {
    const { exitCode, err } = await ask(command, file(), '--report', '-')
    expect(exitCode).toBe(2)
    expect(err).toContain('--report: a report goes to a file')
  })
})
