import { isAlias, isMap as isYamlMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { ScenarioFileError } from '../../parse/located.ts'
import { PlainData } from '../../parse/plain-data.ts'
import { parseYamlDocument, type YamlDocument } from '../../parse/yaml-document.ts'
import type { Source } from '../source.ts'

type Path = readonly (string | number)[]
type YamlPair = Pair<Node | null, Node | null>

/** YAML as plain data that knows the line of each of its parts. */
export class YamlSource {
  readonly data: unknown
  readonly #source: Source
  readonly #document: YamlDocument['document']
  /** Pairs by their keys: a lab may have thousands of nodes, and each is asked for by name. */
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, YamlPair>>()

  /** Refuses what scenario files are refused for too: duplicate keys, tags, merge keys, alias bombs. */
  constructor(source: Source) {
    const parsed = parseYamlDocument(source.text)
    if (!parsed.ok) throw new ScenarioFileError(source.file, parsed.issues)
    const plain = new PlainData(parsed.value)
    this.data = plain.read()
    if (plain.issues.length > 0) throw new ScenarioFileError(source.file, plain.issues)
    this.#source = source
    this.#document = parsed.value.document
  }

  /** Of a key, or of an item of a list; of the last part that exists where a path leads nowhere. */
  line(path: Path): number {
    let node = this.#document.contents as Node | null
    let offset = node?.range?.[0] ?? 0
    for (const part of path) {
      if (isAlias(node)) node = node.resolve(this.#document) ?? null
      if (isYamlMap(node)) {
        const pair = this.#pairsOf(node).get(String(part))
        if (pair === undefined) break
        offset = pair.key?.range?.[0] ?? offset
        node = pair.value
      } else if (isSeq(node) && typeof part === 'number') {
        node = (node.items[part] as Node | null | undefined) ?? null
        offset = node?.range?.[0] ?? offset
      } else break
    }
    return this.#source.lineOf(offset)
  }

  #pairsOf(map: YAMLMap): ReadonlyMap<string, YamlPair> {
    const known = this.#pairs.get(map)
    if (known !== undefined) return known
    const pairs = new Map<string, YamlPair>()
    for (const pair of map.items as YamlPair[])
      if (isScalar(pair.key)) pairs.set(String(pair.key.value), pair)
    this.#pairs.set(map, pairs)
    return pairs
  }
}

export type PlainMap = Readonly<Record<string, unknown>>

export const isMap = (value: unknown): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
