import { isMap, isScalar, type Node } from 'yaml'
import { locate } from '../../parse/locate.ts'
import { PlainData, type YamlDialect } from '../../parse/plain-data.ts'
import { parseYamlDocuments, positionAt, type YamlDocument, yamlIssues } from '../../parse/yaml-document.ts'
import type { SourceDocument } from './source-document.ts'

/** Schemas of custom resources nest deeper than anything else. */
export const DEPTH_MAX = 200
/** Values beyond those that the text can hold come from aliases. */
const ALIASED_VALUES_MAX = 200_000

/** The documents of a YAML text, without those that hold nothing. */
export function yamlDocuments(text: string): SourceDocument[] {
  const { documents, lines } = parseYamlDocuments(text)
  const dialect: YamlDialect = {
    what: 'manifests',
    valuesMax: ALIASED_VALUES_MAX + text.length,
    depthMax: DEPTH_MAX,
    takesMergeKeys: true,
    takesPlainKeys: true,
    plainScalar,
  }
  return documents
    .filter(({ errors, contents }) => errors.length > 0 || !isNothing(contents as Node | null))
    .map((document): SourceDocument => {
      const source: YamlDocument = { document, lines }
      const contents = document.contents as Node | null
      return {
        head: { apiVersion: textAt(contents, 'apiVersion'), kind: textAt(contents, 'kind') },
        start: positionAt(lines, contents?.range?.[0] ?? document.range[0]),
        textIssues: yamlIssues(document.errors, lines),
        read() {
          const plain = new PlainData(source, dialect)
          return { data: plain.read(), issues: plain.issues }
        },
        place: (path, about) => locate(source, path, about),
        written(path) {
          const node = document.getIn(path, true)
          return isScalar(node) ? node.source : undefined
        },
      }
    })
}

const isNothing = (node: Node | null) => node === null || (isScalar(node) && node.value === null)

/** The text at a key of a map; undefined where there is none. */
function textAt(node: Node | null, key: string): string | undefined {
  const value = isMap(node) ? node.get(key) : undefined
  return typeof value === 'string' ? value : undefined
}

const TRUE = /^(y|Y|yes|Yes|YES|on|On|ON)$/
const FALSE = /^(n|N|no|No|NO|off|Off|OFF)$/
const OCTAL = /^[-+]?0_*[0-7][0-7_]*$/
const GROUPED = /^[-+]?[0-9][0-9_]*$/

/**
 * What kubectl reads where nothing is quoted: YAML 1.1, with `yes` and `on` as booleans and `010` as an octal number,
 * and dates as text. Source: kubernetes-sigs/yaml goyaml.v2/resolve.go.
 */
function plainScalar(source: string, value: unknown): unknown {
  if (TRUE.test(source)) return true
  if (FALSE.test(source)) return false
  if (OCTAL.test(source)) return Number.parseInt(source.replaceAll('_', ''), 8)
  if (GROUPED.test(source)) return Number(source.replaceAll('_', ''))
  return value
}
