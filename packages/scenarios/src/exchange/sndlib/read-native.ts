import { given } from '../given.ts'
import type { ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { ReadOptions } from '../read-options.ts'
import type { Source } from '../source.ts'
import type { SndDemand, SndLink, SndModule, SndNetwork, SndNode } from './model.ts'
import { UNLIMITED } from './model.ts'
import { networkOf } from './network-of.ts'
import { Tokens } from './tokens.ts'

const HEADER = /^\?\s*SNDlib native format;\s*type:\s*(\w+);\s*version:\s*([\w.]+)\s*$/

/** SNDlib's native format, type network, version 1.0. */
export function readSndlibNative(source: Source, notes: Notes, options: ReadOptions): ExchangeNetwork {
  const tokens = new Tokens(source, checkHeader(source))
  const found = readSections(tokens)
  source.check()
  return networkOf(found, source, notes, options)
}

/** The line of the header. */
function checkHeader(source: Source): number {
  const lines = source.text.split('\n', 1_000)
  const index = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'))
  const found = HEADER.exec(lines[index]?.trim() ?? '')
  const expected = '"?SNDlib native format; type: network; version: 1.0"'
  if (found === null) source.fail(Math.max(1, index + 1), `expected the header ${expected}`)
  if (found[1] !== 'network') source.fail(index + 1, `this is a ${found[1]} file; expected ${expected}`)
  if (found[2] !== '1.0') source.fail(index + 1, `this is version ${found[2]}; expected ${expected}`)
  return index + 1
}

type Sections = { -readonly [Key in keyof SndNetwork]: SndNetwork[Key] }

function readSections(tokens: Tokens): SndNetwork {
  const found: Sections = { meta: new Map(), coordinates: 'unstated', nodes: [], links: [], demands: [] }
  const paths = new Map<string, number>()
  const seen = new Map<string, number>()
  while (!tokens.is('')) {
    const section = tokens.word('a section')
    const first = seen.get(section.text)
    if (first !== undefined)
      tokens.fail(`another section (this one begins on line ${first} already)`, section)
    seen.set(section.text, section.line)
    tokens.expect('(', `after ${section.text}`)
    if (section.text === 'META') found.meta = readMeta(tokens)
    else if (section.text === 'NODES') found.nodes = items(tokens, readNode)
    else if (section.text === 'LINKS') found.links = items(tokens, readLink)
    else if (section.text === 'DEMANDS') found.demands = items(tokens, readDemand)
    else if (section.text === 'ADMISSIBLE_PATHS') readPaths(tokens, paths)
    else tokens.fail('META, NODES, LINKS, DEMANDS or ADMISSIBLE_PATHS', section)
  }
  if (!seen.has('NODES')) tokens.fail('a section NODES')
  const demands = found.demands.map((demand) => ({ ...demand, admissiblePaths: paths.get(demand.id) ?? 0 }))
  return { ...found, demands }
}

function items<T>(tokens: Tokens, read: (tokens: Tokens) => T): T[] {
  const list: T[] = []
  while (!tokens.is(')')) list.push(read(tokens))
  tokens.take()
  return list
}

/** `key = value`, the value up to the end of its line. */
function readMeta(tokens: Tokens): SndNetwork['meta'] {
  const meta = new Map<string, { value: string; line: number }>()
  while (!tokens.is(')')) {
    const key = tokens.word('a key of META')
    tokens.expect('=', `after ${key.text}`)
    const words: string[] = []
    while (tokens.next.line === key.line && tokens.next.text !== '' && !tokens.is(')'))
      words.push(tokens.take().text)
    meta.set(key.text, { value: words.join(' '), line: key.line })
  }
  tokens.take()
  return meta
}

function readNode(tokens: Tokens): SndNode {
  const { text: id, line } = tokens.word('the id of a node, or ")"')
  tokens.expect('(', `and coordinates after ${id}`)
  const x = tokens.number(`the x-coordinate of ${id}`)
  const y = tokens.number(`the y-coordinate of ${id}`)
  tokens.expect(')', `after the coordinates of ${id}`)
  skipOptions(tokens)
  return { id, line, x, y }
}

/** Room that the format keeps for node designs and options, without contents in version 1.0. */
function skipOptions(tokens: Tokens): void {
  while (tokens.is('(')) {
    tokens.take()
    tokens.skip()
  }
}

function readEnds(tokens: Tokens, id: string): { source: string; target: string } {
  tokens.expect('(', `and two nodes after ${id}`)
  const source = tokens.word(`the first node of ${id}`).text
  const target = tokens.word(`the second node of ${id}`).text
  tokens.expect(')', `after the nodes of ${id}`)
  return { source, target }
}

function readLink(tokens: Tokens): SndLink {
  const { text: id, line } = tokens.word('the id of a link, or ")"')
  const ends = readEnds(tokens, id)
  const capacity = readCapacity(tokens, `the pre-installed capacity of ${id}`)
  const cost = tokens.number(`the cost of the pre-installed capacity of ${id}`)
  const routingCost = tokens.number(`the routing cost of ${id}`)
  const setupCost = tokens.number(`the setup cost of ${id}`)
  tokens.expect('(', `and the modules of ${id}`)
  const modules: SndModule[] = items(tokens, () => ({
    capacity: readCapacity(tokens, `the capacity of a module of ${id}, or ")"`),
    cost: tokens.number(`the cost of a module of ${id}`),
  }))
  skipOptions(tokens)
  return { id, line, ...ends, preInstalled: { capacity, cost }, routingCost, setupCost, modules }
}

function readCapacity(tokens: Tokens, what: string): number {
  if (!tokens.is(UNLIMITED)) return tokens.number(what)
  tokens.take()
  return Number.POSITIVE_INFINITY
}

function readDemand(tokens: Tokens): SndDemand {
  const { text: id, line } = tokens.word('the id of a demand, or ")"')
  const ends = readEnds(tokens, id)
  const routingUnit = tokens.number(`the routing unit of ${id}`)
  const value = tokens.number(`the value of ${id}`)
  const isUnlimited = tokens.is(UNLIMITED)
  const pathLengthMax = isUnlimited
    ? undefined
    : tokens.number(`the maximum path length of ${id}, or ${UNLIMITED}`)
  if (isUnlimited) tokens.take()
  skipOptions(tokens)
  return { id, line, ...ends, routingUnit, value, admissiblePaths: 0, ...given({ pathLengthMax }) }
}

/** How many admissible paths each demand lists. */
function readPaths(tokens: Tokens, paths: Map<string, number>): void {
  while (!tokens.is(')')) {
    const demand = tokens.word('the id of a demand, or ")"').text
    tokens.expect('(', `and the paths of ${demand}`)
    let count = 0
    while (!tokens.is(')')) {
      tokens.word(`the id of a path of ${demand}`)
      tokens.expect('(', 'and the links of the path')
      tokens.skip()
      count++
    }
    tokens.take()
    paths.set(demand, count)
  }
  tokens.take()
}
