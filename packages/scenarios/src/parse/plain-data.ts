import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import { DEPTH_MAX, numberRefusal, PROTO_KEY, tooDeep } from '../schema/words.ts'
import type { LocatedIssue } from './located.ts'
import { positionAt, type YamlDocument } from './yaml-document.ts'

/** How a kind of file uses YAML. */
export interface YamlDialect {
  /** What messages call such files: `scenarios`. */
  readonly what: string
  /** Values after aliases are followed: far more than the text alone may hold can only be an alias bomb. */
  readonly valuesMax: number
  readonly depthMax: number
  /** Merge keys (`<<`) of YAML 1.1: keys of the map that stands behind them, where the map has no such key itself. */
  readonly takesMergeKeys: boolean
  /** Whether keys may be numbers and booleans, which are then text. */
  readonly takesPlainKeys: boolean
  /** What stands behind a plain scalar; `value` is YAML 1.2's reading of it. Numbers are checked where this is absent. */
  readonly plainScalar?: (source: string, value: unknown) => unknown
}

export const SCENARIO_DIALECT: YamlDialect = {
  what: 'scenarios',
  valuesMax: 200_000,
  depthMax: DEPTH_MAX,
  takesMergeKeys: false,
  takesPlainKeys: false,
}

/**
 * Plain data (null, booleans, finite numbers, text, lists, maps) of a YAML document. Refuses what has no place
 * in it: duplicate keys, keys that are not text, merge keys, tags, numbers that a double cannot hold, aliases
 * that multiply or refer to themselves.
 */
export class PlainData {
  readonly issues: LocatedIssue[] = []
  readonly #contents: Node | null
  readonly #lines: LineCounter
  readonly #dialect: YamlDialect
  /** Anchored nodes that an alias is being replaced by. */
  readonly #following = new Set<Node>()
  /** By their names, as far as the document was read: the library would look through all of it for each alias. */
  readonly #anchors = new Map<string, Node>()
  #values = 0
  #exhausted = false

  constructor({ document, lines }: YamlDocument, dialect = SCENARIO_DIALECT) {
    this.#contents = document.contents as Node | null
    this.#lines = lines
    this.#dialect = dialect
  }

  read(): unknown {
    return this.#convert(this.#contents, 0)
  }

  #convert(node: Node | null, depth: number): unknown {
    if (node === null || this.#exhausted) return null
    const { valuesMax, depthMax, what } = this.#dialect
    if (++this.#values > valuesMax)
      return this.#exhaust(node, `aliases expand to more than ${valuesMax} values; write them out, or fewer`)
    if (depth > depthMax) return this.#exhaust(node, tooDeep(depthMax))
    if (isAlias(node)) return this.#follow(node, depth)
    this.#anchor(node)
    if (node.tag?.startsWith('!') === true || isUnusualTag(node.tag))
      this.#report(node, `tags (!name) are not used in ${what}; remove it`)
    if (isMap(node)) return this.#map(node, depth)
    if (isSeq(node)) return node.items.map((item) => this.#convert(item as Node | null, depth + 1))
    return isScalar(node) ? this.#scalar(node) : null
  }

  #follow(alias: Alias, depth: number): unknown {
    const target = this.#anchors.get(alias.source)
    if (target === undefined) {
      this.#report(alias, `alias *${alias.source} has no anchor before it`)
      return null
    }
    if (this.#following.has(target))
      return this.#exhaust(alias, `alias *${alias.source} stands within what it repeats`)
    this.#following.add(target)
    const value = this.#convert(target, depth + 1)
    this.#following.delete(target)
    return value
  }

  /** An anchor stands for what bore it last; within what an alias repeats none is new. */
  #anchor(node: Node | null): void {
    const name = isScalar(node) || isCollection(node) ? node.anchor : undefined
    if (name !== undefined && this.#following.size === 0) this.#anchors.set(name, node!)
  }

  #map(map: YAMLMap, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    const firstLines = new Map<string, number>()
    const merged: Record<string, unknown>[] = []
    for (const { key, value } of map.items as Pair<Node | null, Node | null>[]) {
      if (this.#dialect.takesMergeKeys && isMergeKey(key)) {
        merged.push(...this.#merged(value, map, depth))
        continue
      }
      const name = this.#key(key, map)
      if (name === undefined) continue
      const first = firstLines.get(name)
      if (first !== undefined) {
        this.#report(key ?? map, `duplicate key ${JSON.stringify(name)}; it stands on line ${first} already`)
        continue
      }
      firstLines.set(name, this.#position(key ?? map).line)
      result[name] = this.#convert(value, depth + 1)
    }
    return merged.length === 0 ? result : Object.assign({}, ...merged.reverse(), result)
  }

  /** The maps behind a merge key, the one that counts most first. */
  #merged(value: Node | null, map: Node, depth: number): Record<string, unknown>[] {
    const behind = this.#convert(value, depth + 1)
    const maps = Array.isArray(behind) ? behind : [behind]
    if (!this.#exhausted && !maps.every(isPlainMap))
      this.#report(value ?? map, 'a merge key (<<) takes a map or a list of maps')
    return maps.filter(isPlainMap)
  }

  /** The key's text; undefined where it was refused. */
  #key(key: Node | null, map: Node): string | undefined {
    this.#anchor(key)
    const value = key !== null && isScalar(key) ? key.value : undefined
    if (typeof value === 'string') {
      if (value === '__proto__') this.#report(key!, PROTO_KEY)
      else if (isMergeKey(key)) {
        this.#report(
          key!,
          'merge keys (<<) are not part of YAML 1.2; write the keys out, or use an alias for the whole map',
        )
      } else return value
      return undefined
    }
    const isPlainValue = value !== undefined && value !== null
    if (isPlainValue && this.#dialect.takesPlainKeys) return String(value)
    const hint = isPlainValue
      ? `; write it in quotes: "${String((key as { source?: string }).source ?? value)}"`
      : ''
    this.#report(key ?? map, `a key must be text${hint}`)
    return undefined
  }

  #scalar(node: Scalar): unknown {
    const { value, source } = node
    const { plainScalar } = this.#dialect
    if (plainScalar !== undefined && node.type === 'PLAIN' && source !== undefined)
      return plainScalar(source, value)
    const refusal = typeof value === 'number' ? numberRefusal(value, source) : undefined
    if (refusal !== undefined) this.#report(node, refusal)
    return value
  }

  #exhaust(node: Node, message: string): null {
    this.#exhausted = true
    this.#report(node, message)
    return null
  }

  #report(node: Node, message: string): void {
    this.issues.push({ path: [], message, ...this.#position(node) })
  }

  #position(node: Node): { line: number; column: number } {
    return positionAt(this.#lines, node.range?.[0] ?? 0)
  }
}

const isMergeKey = (key: Node | null): key is Scalar<string> =>
  isScalar(key) && key.value === '<<' && key.type === 'PLAIN'

const isPlainMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const USUAL_TAG = /^tag:yaml\.org,2002:(map|seq|str|int|float|bool|null)$/

const isUnusualTag = (tag: string | undefined) => tag?.startsWith('tag:') === true && !USUAL_TAG.test(tag)
