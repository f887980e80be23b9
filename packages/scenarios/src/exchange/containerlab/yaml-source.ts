import { locate } from '../../parse/locate.ts'
import { ScenarioFileError } from '../../parse/located.ts'
import { PlainData } from '../../parse/plain-data.ts'
import { parseYamlDocument, type YamlDocument } from '../../parse/yaml-document.ts'
import type { Source } from '../source.ts'

type Path = readonly (string | number)[]

/** YAML as plain data that knows the line of each of its parts. */
export class YamlSource {
  readonly data: unknown
  readonly #document: YamlDocument

  /** Refuses what scenario files are refused for too: duplicate keys, tags, merge keys, alias bombs. */
  constructor(source: Source) {
    const parsed = parseYamlDocument(source.text)
    if (!parsed.ok) throw new ScenarioFileError(source.file, parsed.issues)
    const plain = new PlainData(parsed.value)
    this.data = plain.read()
    if (plain.issues.length > 0) throw new ScenarioFileError(source.file, plain.issues)
    this.#document = parsed.value
  }

  line(path: Path): number {
    return locate(this.#document, path, 'key').line
  }
}

export type YamlMap = Readonly<Record<string, unknown>>

export const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
