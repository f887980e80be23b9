import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'
import { SMALL } from './small.fixture.ts'

const GRAPHML =
  '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">' +
  '<node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-targets-'))
  mkdirSync(join(directory, 'sub'))
  writeFileSync(join(directory, 's.yaml'), SMALL)
  writeFileSync(join(directory, 'net.graphml'), GRAPHML)
  writeFileSync(join(directory, 'm.csv'), 'from,to,rate\na/h1,a/h2,1Gbps\n')
  linkSync(join(directory, 's.yaml'), join(directory, 'hard.yaml'))
  symlinkSync(join(directory, 's.yaml'), join(directory, 'soft.yaml'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

describe('files that are read are not written over', () => {
  it.each([
    ['run @s.yaml --report @s.yaml', '--report names @s.yaml'],
    ['run @s.yaml --json @sub/../s.yaml', '--json names @s.yaml'],
    ['run @s.yaml --json @hard.yaml', '--json names @s.yaml'],
    ['check @soft.yaml --report @s.yaml', '--report names @soft.yaml'],
    ['check @s.yaml @net.graphml --json @net.graphml', '--json names @net.graphml'],
    ['plan @s.yaml --demands @m.csv --report @m.csv', '--report names @m.csv'],
    ['whatif @s.yaml --any 1 --report @s.yaml', '--report names @s.yaml'],
    ['diff @net.graphml @s.yaml --report @s.yaml', '--report names @s.yaml'],
    ['worst @s.yaml --out @s.yaml', '--out names @s.yaml'],
    ['draw @s.yaml -o @s.yaml', '--output names @s.yaml'],
    ['export @s.yaml --format csv -o @s.yaml', '--output names @s.yaml'],
    ['import @net.graphml -o @net.graphml', '--output names @net.graphml'],
    ['import @net.graphml --demands @m.csv --demands-out @m.csv', '--demands-out names @m.csv'],
    ['demands @s.yaml --flows @m.csv -o @m.csv', '--output names @m.csv'],
  ])('weft %s', async (line, message) => {
    expect(await weft(line)).toEqual({
      code: 2,
      out: '',
      err: `weft: ${message}, which is read; name another file\n`,
    })
    expect(readFileSync(join(directory, 's.yaml'), 'utf8')).toBe(SMALL)
    expect(readFileSync(join(directory, 'net.graphml'), 'utf8')).toBe(GRAPHML)
  })
})

describe('what cannot be written is refused before any work', () => {
  it.each([
    'run @s.yaml',
    'check @s.yaml',
    'plan @s.yaml',
    'whatif @s.yaml --any 1',
    'worst @s.yaml',
    'diff @s.yaml @s.yaml',
  ])('a report of weft %s in a directory that is not there', async (line) =>
    expect(await weft(`${line} --report @none/r.html`)).toEqual({
      code: 2,
      out: '',
      err: `weft: cannot write @none/r.html: there is no directory @none\n`,
    }),
  )

  it.each([
    ['draw @s.yaml -o @sub', 'cannot write @sub: it is a directory; name a file in it'],
    [
      'draw @s.yaml -o @s.yaml/x.svg',
      'cannot write @s.yaml/x.svg: a part of the path is a file, not a directory',
    ],
    ['export @s.yaml --format csv -o -', '--output: leave it out for standard output'],
    ['plan @s.yaml --report -', '--report: a report goes to a file; name one, such as report.html'],
    ['worst @s.yaml --out -', '--out: this goes to a file; name one'],
    ['worst @s.yaml --out @x --report @sub/../x', '--out and --report name the same file'],
    ['run @s.yaml --json @x --report @x', '--json and --report name the same file'],
  ])('weft %s', async (line, message) => {
    expect(await weft(line)).toEqual({ code: 2, out: '', err: `weft: ${message}\n` })
  })
})

it('init makes all directories that are missing', async () => {
  expect((await weft('init @a/b/c')).code).toBe(0)
  expect(existsSync(join(directory, 'a/b/c/scenario.yaml'))).toBe(true)
  expect((await weft('init @s.yaml/x')).err).toBe(
    'weft: cannot make the directory @s.yaml/x: a part of the path is a file, not a directory\n',
  )
})
