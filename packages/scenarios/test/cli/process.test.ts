import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SMALL } from './small.fixture.ts'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
/** Node's own flags and the command, wherever it is started. */
const START = [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  join(PACKAGE, 'src/cli/main.ts'),
]

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** One that questions about failures take a second for. */
const LARGE = SMALL.replace(/leafSpine: .*/, 'fatTree: { k: 8, hostLink: 10Gbps, fabricLink: 10Gbps }')

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-cli-'))
  writeFileSync(join(directory, 'large.yaml'), LARGE)
  writeFileSync(join(directory, 'failing.yaml'), SMALL.replace('equals: 0', 'above: 1000000'))
})
afterAll(() => rmSync(directory, { recursive: true }))

/** Runs the command in the directory, as a user would. */
function weft(args: readonly string[], closeStdout = false): Promise<Outcome> {
  const child = spawn(process.execPath, [...START, ...args], { cwd: directory })
  return new Promise((resolve) => {
    let out = ''
    let err = ''
    child.stdout.on('data', (data) => {
      out += data
    })
    child.stderr.on('data', (data) => {
      err += data
    })
    if (closeStdout) child.stdout.destroy()
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

describe('the command as a process', () => {
  it.each(['several-at-once', 'alias-bomb', 'disconnected-host'])(
    '%s: exit code 2, the words on standard error, nothing else',
    async (name) => {
      const file = join(PACKAGE, 'test/bad-input', `${name}.yaml`)
      const expected = readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => /^# \d+:\d+ /.test(line))
        .map((line) => `${file}:${line.slice(2)}\n`)
      expect(await weft(['check', file])).toEqual({ code: 2, out: '', err: expected.join('') })
    },
  )

  it('10 MB of nonsense is refused by its size', async () => {
    writeFileSync(join(directory, 'nonsense.yaml'), Buffer.alloc(10_000_000, 'x: [&y \t'))
    expect(await weft(['check', 'nonsense.yaml'])).toEqual({
      code: 2,
      out: '',
      err: 'nonsense.yaml:1:1  the file is larger than 1 MB, the most that a scenario may have\n',
    })
  })

  it('an expectation that fails gives 1', async () => {
    expect(await weft(['check', 'failing.yaml'])).toMatchObject({ code: 1, err: '' })
  })

  it('a reader that goes away is no error', async () => {
    const { code, err } = await weft(['schema'], true)
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })

  it('a run stops cleanly, writes the partial result, and exits with 130', async () => {
    // A named pipe: once the command reads it, its handler for SIGINT is in place.
    execFileSync('mkfifo', [join(directory, 'long.yaml')])
    const args = [...START, 'run', 'long.yaml', '--json', 'partial.json']
    const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] })
    let err = ''
    child.stderr.on('data', (data) => {
      err += data
    })
    const closed = new Promise((resolve) => child.on('close', resolve))
    await writeFile(join(directory, 'long.yaml'), SMALL.replace('200us', '100s'))
    child.kill('SIGINT')
    expect({ code: await closed, err }).toEqual({ code: 130, err: '' })
    const partial = JSON.parse(readFileSync(join(directory, 'partial.json'), 'utf8'))
    expect(partial).toMatchObject({ partial: true })
    expect(partial.simulatedPs).toBeLessThan(partial.horizonPs)
  })

  // The last file that each command reads is a named pipe: once it is read, the handler for SIGINT is in place.
  it.each<[string, string, readonly string[], string]>([
    ['plan', 'plan.yaml', ['plan', 'plan.yaml', '--json'], LARGE],
    ['diff', 'diff.yaml', ['diff', 'large.yaml', 'diff.yaml', '--json'], LARGE],
    [
      'whatif --drain',
      'drain.csv',
      ['whatif', 'large.yaml', '--drain', 'r/core-*', '--cumulative', '--demands', 'drain.csv', '--json'],
      'from,to,rate\nr/pod-0,r/pod-1,1Gbps\n',
    ],
  ])('%s stops cleanly with what it has, marked partial, and exits with 130', async (_, pipe, args, text) => {
    execFileSync('mkfifo', [join(directory, pipe)])
    const child = spawn(process.execPath, [...START, ...args], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (data) => {
      out += data
    })
    child.stderr.on('data', (data) => {
      err += data
    })
    const closed = new Promise((resolve) => child.on('close', resolve))
    await writeFile(join(directory, pipe), text)
    child.kill('SIGINT')
    // nothing of progress where nobody watches
    expect({ code: await closed, err }).toEqual({ code: 130, err: '' })
    expect(JSON.parse(out)).toMatchObject({ partial: true })
  })
})
