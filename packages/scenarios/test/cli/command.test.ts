import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'
import { SMALL } from './small.fixture.ts'

const SCHEMA = new URL('../../schema/scenario.schema.json', import.meta.url)

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-cli-'))
  writeFileSync(join(directory, 'small.yaml'), SMALL)
  const loads = SMALL.replace(
    'metric: drops, equals: 0',
    'metric: link.utilization, statistic: max, atMost: 100%',
  )
  writeFileSync(join(directory, 'loads.yaml'), loads)
  writeFileSync(join(directory, 'failing.yaml'), SMALL.replace('equals: 0', 'above: 1000000'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (words: readonly string[]) => runIn(directory, words)

describe('what cannot be done', () => {
  it.each([
    [
      'a file that is not there',
      ['run', '@nowhere.yaml'],
      'weft: cannot read @nowhere.yaml: there is no such file or directory\n',
    ],
    [
      'a directory without manifests',
      ['run', 'docs'],
      'weft: there are no manifests in docs: no file in it ends in .yaml, .yml or .json\n',
    ],
    [
      'a path through a file',
      ['run', '@small.yaml/x'],
      'weft: cannot read @small.yaml/x: a part of the path is a file, not a directory\n',
    ],
    [
      'a directory as output',
      ['run', '@small.yaml', '--json', '.'],
      'weft: cannot write .: it is a directory; name a file in it\n',
    ],
    [
      'an unknown command',
      ['chekc', '@small.yaml'],
      "weft: unknown command 'chekc'\n(Did you mean check?)\n",
    ],
    [
      'an unknown option',
      ['run', '@small.yaml', '--sead', '4'],
      "weft: unknown option '--sead'\n(Did you mean --seed?)\n",
    ],
    ['a missing argument', ['run'], "weft: missing required argument 'scenario|dir'\n"],
    [
      'too many arguments',
      ['run', '@small.yaml', 'x'],
      "weft: too many arguments for 'run'. Expected 1 argument but got 2.\n",
    ],
    [
      'an option without its unit',
      ['run', '@small.yaml', '--for', '2'],
      'weft: --for: "2" needs a unit; did you mean 2ms?\n',
    ],
    [
      'an unknown clock',
      ['run', '@small.yaml', '--clock', 'stedy'],
      'weft: --clock: "stedy" is not known here; did you mean steady?\n',
    ],
    [
      'an expectation that another clock cannot measure',
      ['check', '@small.yaml', '--clock', 'flow'],
      '@small.yaml:9:15  the flow clock does not model what drops measures; use stream.loss of streams or flow.unfinished of flows, or the packet clock\n',
    ],
    [
      'a report on standard output',
      ['run', '@small.yaml', '--report', '-'],
      'weft: --report: a report goes to a file; name one, such as report.html\n',
    ],
    [
      'an unknown host to explain',
      ['explain', '@small.yaml', '--from', 'r/leaf-0/host-0', '--to', 'r/leaf-1/hots-1'],
      'weft: --to: unknown host "r/leaf-1/hots-1"; did you mean "r/leaf-1/host-1"?\n',
    ],
    [
      'a bad port',
      ['explain', '@small.yaml', '--from', 'r/leaf-0/host-0', '--to', 'r/leaf-1/host-1', '--port', '99999'],
      "weft: option '--port <number>' argument '99999' is invalid. Expected a port from 1 to 65535.\n",
    ],
  ])('%s: exit code 2', async (_name, args, err) => {
    const outcome = await weft(args)
    expect(outcome.err).toBe(err)
    expect(outcome.code).toBe(2)
    if (!args.includes('--json')) expect(outcome.out).toBe('')
  })
})

describe('answers', () => {
  it('check: 0 when expectations hold, 1 when one fails', async () => {
    const good = await weft(['check', '@small.yaml'])
    expect(good).toMatchObject({ code: 0, err: '' })
    expect(good.out).toContain('1 of 1 expectation')
    expect((await weft(['check', '@failing.yaml'])).code).toBe(1)
    // A run answers what happens; whether that was expected is for check.
    expect((await weft(['run', '@failing.yaml'])).code).toBe(0)
  })

  it('--json -: exactly one JSON document, and silence otherwise', async () => {
    const run = await weft(['run', '@small.yaml', '--json', '-', '--seed', 'x'])
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(run.out)).toMatchObject({
      schema: 2,
      source: '@small.yaml',
      seed: 'x',
      partial: false,
    })
    const check = await weft(['check', '@small.yaml', '@failing.yaml', '--json', '-'])
    expect(check).toMatchObject({ code: 1, err: '' })
    expect(JSON.parse(check.out)).toMatchObject({
      schema: 1,
      pass: false,
      scenarios: [
        { pass: true, clock: 'packet' },
        { pass: false, clock: 'packet' },
      ],
    })
  })

  it('--json FILE and --report FILE', async () => {
    const { code } = await weft(['run', '@small.yaml', '--json', '@out.json', '--report', '@out.html'])
    expect(code).toBe(0)
    expect(JSON.parse(readFileSync(join(directory, 'out.json'), 'utf8')).schema).toBe(2)
    expect(readFileSync(join(directory, 'out.html'), 'utf8')).toMatch(/^<!doctype html>/)
  })

  it('run and check under another clock', async () => {
    const run = await weft(['run', '@loads.yaml', '--clock', 'flow', '--json', '-'])
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(run.out)).toMatchObject({
      clock: 'flow',
      packets: null,
      expectations: [{ pass: true }],
    })
    const check = await weft(['check', '@loads.yaml', '--clock', 'flow'])
    expect(check.code).toBe(0)
    expect(check.out).toContain('flow clock')
    const back = await weft(['run', '@loads.yaml', '--clock', 'packet', '--json', '-'])
    expect(JSON.parse(back.out)).toMatchObject({ clock: 'packet', sharing: null })
  })

  it('explain and draw', async () => {
    const explain = await weft([
      'explain',
      '@small.yaml',
      '--from',
      'r/leaf-0/host-0',
      '--to',
      '10.0.0.3',
      '--json',
    ])
    expect(explain.code).toBe(0)
    expect(JSON.parse(explain.out)).toMatchObject({
      schema: 1,
      verdict: 'delivered',
      question: { to: { host: 'r/leaf-1/host-0' } },
    })
    const draw = await weft(['draw', '@small.yaml'])
    expect(draw.code).toBe(0)
    expect(draw.out).toMatch(/^<svg/)
  })

  it('schema prints what is published', async () => {
    const { code, out } = await weft(['schema'])
    expect(code).toBe(0)
    expect(out).toBe(readFileSync(SCHEMA, 'utf8'))
  })

  it('init writes a scenario that checks, and never over another', async () => {
    expect((await weft(['init', '@fresh'])).code).toBe(0)
    expect(readdirSync(join(directory, 'fresh')).sort()).toEqual(['scenario.schema.json', 'scenario.yaml'])
    const check = await weft(['check', '@fresh/scenario.yaml'])
    expect(check).toMatchObject({ code: 0, err: '' })
    expect(check.out).not.toContain('warning')
    mkdirSync(join(directory, 'taken'))
    writeFileSync(join(directory, 'taken/scenario.schema.json'), 'mine')
    expect(await weft(['init', '@taken'])).toEqual({
      code: 2,
      out: '',
      err: 'weft: @taken/scenario.schema.json exists already; nothing was written\n',
    })
    expect(readdirSync(join(directory, 'taken'))).toEqual(['scenario.schema.json'])
  })

  it.each(['run', 'check', 'explain', 'draw', 'schema', 'init'])(
    '%s --help shows examples',
    async (command) => {
      const { code, out, err } = await weft([command, '--help'])
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toContain(`Examples:\n  weft ${command}`)
    },
  )

  it('lists its commands, and without one says so with exit code 2', async () => {
    const help = await weft(['--help'])
    expect(help.code).toBe(0)
    for (const command of ['run', 'check', 'explain', 'draw', 'schema', 'init'])
      expect(help.out).toContain(`\n  ${command} `)
    expect(await weft([])).toMatchObject({ code: 2, out: '' })
  })
})
