import { parseRate } from '@weft/core'
import { show } from '../../schema/words.ts'
import { linkProperties } from '../attributes.ts'
import { given } from '../given.ts'
import type { ExchangeLink } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { Source } from '../source.ts'
import { labelsOf } from './labels.ts'
import { isList, isMap, type PlainMap, type YamlSource } from './yaml-source.ts'

/** Names before the colon that stand for something outside of the lab, unless a node is called so. */
const OUTSIDE = ['host', 'mgmt-net', 'macvlan', 'vxlan', 'vxlan-stitch', 'dummy']
const TYPES = ['veth', ...OUTSIDE]
const READ_KEYS = new Set(['type', 'endpoints', 'endpoint', 'labels'])

interface Endpoint {
  readonly node: string
  readonly port: string
}

export function readLinks(
  input: unknown,
  nodes: ReadonlySet<string>,
  yaml: YamlSource,
  source: Source,
  notes: Notes,
): ExchangeLink[] {
  if (input === undefined || input === null) return []
  if (!isList(input))
    source.fail(yaml.line(['topology', 'links']), `topology.links: expected a list, got ${show(input)}`)
  const reader = new LinkReader(nodes, yaml, source, notes)
  return input.flatMap((link, index) => reader.read(link, index))
}

class LinkReader {
  readonly #nodes: ReadonlySet<string>
  readonly #yaml: YamlSource
  readonly #source: Source
  readonly #notes: Notes
  /** Lines of the interfaces that have a link. */
  readonly #used = new Map<string, number>()

  constructor(nodes: ReadonlySet<string>, yaml: YamlSource, source: Source, notes: Notes) {
    this.#nodes = nodes
    this.#yaml = yaml
    this.#source = source
    this.#notes = notes
  }

  read(input: unknown, index: number): ExchangeLink[] {
    const line = this.#yaml.line(['topology', 'links', index])
    if (!isMap(input)) {
      this.#source.refuse(line, `expected a link with endpoints, got ${show(input)}`)
      return []
    }
    const type = input['type'] ?? 'veth'
    if (typeof type !== 'string' || !TYPES.includes(type)) {
      this.#source.refuse(line, `unknown link type ${show(type)}; expected one of ${TYPES.join(', ')}`)
      return []
    }
    const ends = this.#endpoints(input, type === 'veth' ? 2 : 1, line)
    if (ends === undefined) return []
    const element = { name: ends.map(({ node, port }) => `${node}:${port}`).join(' - '), line }
    const outside = type === 'veth' ? ends.find(({ node }) => this.#isOutside(node))?.node : type
    if (outside !== undefined) {
      this.#notes.add('link', element, `out of the lab (${outside})`, 'left out')
      return []
    }
    return this.#link(input, ends, index, element)
  }

  #link(input: PlainMap, ends: readonly Endpoint[], index: number, element: { name: string; line: number }) {
    const { line } = element
    const isKnown = ends.map((end) => this.#checkEnd(end, line)).every((known) => known)
    for (const key of Object.keys(input))
      if (!READ_KEYS.has(key))
        this.#notes.add('link', element, `setting ${key}, which has no place in a scenario`)
    const path = ['topology', 'links', index, 'labels']
    const { ours, others } = labelsOf(input['labels'], (key) => this.#yaml.line([...path, key]))
    for (const key of others)
      this.#notes.add('link', element, `label ${key}, which has no place in a scenario`)
    if (!isKnown) return []
    this.#notes.add('link', element, 'names of interfaces', 'links are named by their ends in a scenario')
    const [a, b] = ends.map(({ node }) => node) as [string, string]
    if (a === b) {
      this.#notes.add('link', element, 'from a node to itself', 'left out')
      return []
    }
    const stated = ours.get('weft.rate')
    const rate = stated === undefined ? undefined : parseRate(stated.value, { positive: true })
    if (rate?.ok === false) this.#source.refuse(stated!.line, `weft.rate: ${rate.message}`)
    const rateBps = rate?.ok === true ? rate.value : undefined
    return [{ ends: [a, b] as const, line, ...given({ rateBps }), ...linkProperties(ours, this.#source) }]
  }

  #endpoints(input: PlainMap, count: number, line: number): Endpoint[] | undefined {
    const list = isList(input['endpoints']) ? input['endpoints'] : [input['endpoint']]
    const refuse = (message: string) => {
      this.#source.refuse(line, message)
      return undefined
    }
    if (list.length !== count)
      return refuse(`this link has ${list.length} endpoints; expected ${count}, such as ["a:eth1", "b:eth1"]`)
    const ends: Endpoint[] = []
    for (const each of list) {
      const [node, port] = isMap(each) ? [each['node'], each['interface']] : splitEnd(each)
      if (typeof node !== 'string' || typeof port !== 'string' || node === '' || port === '')
        return refuse(
          `endpoint ${show(each)} names no node and interface; expected "node:interface", or a map with both`,
        )
      ends.push({ node, port })
    }
    return ends
  }

  #isOutside(node: string): boolean {
    return OUTSIDE.includes(node) && !this.#nodes.has(node)
  }

  #checkEnd({ node, port }: Endpoint, line: number): boolean {
    if (!this.#nodes.has(node)) {
      this.#source.refuseUnknown(line, 'node', node, this.#nodes, 'expected one of topology.nodes')
      return false
    }
    const key = `${node}:${port}`
    const first = this.#used.get(key)
    if (first !== undefined) {
      this.#source.refuse(line, `interface ${key} has a link on line ${first} already`)
      return false
    }
    this.#used.set(key, line)
    return true
  }
}

function splitEnd(text: unknown): [string?, string?] {
  if (typeof text !== 'string') return []
  const at = text.indexOf(':')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
