import type { LocatedIssue } from '../../parse/located.ts'
import { decodeText } from '../../parse/text.ts'
import { DocumentReader } from './document-reader.ts'
import type { Findings } from './findings.ts'
import { jsonDocuments } from './json-source.ts'
import type { SourceDocument } from './source-document.ts'
import { yamlDocuments } from './yaml-source.ts'

/** A file of manifests, as it is on a disk. */
export interface ManifestFile {
  /** How messages name it. */
  readonly file: string
  readonly bytes: Uint8Array
}

/** Clusters of ten thousand pods, printed, have some ten megabytes. */
export const MANIFEST_BYTES_MAX = 32_000_000

const TEMPLATE = /^[^#\n]*\{\{-?\s*[\w.$(*/"]/m
const TEMPLATE_WORDS = 'this is a Helm template ({{ }}), no manifest; give Weft what helm template prints'

/** Reads one file into `findings`. */
export function readFile({ file, bytes }: ManifestFile, findings: Findings): void {
  const refuse = (issue: LocatedIssue) => findings.refusals.push({ ...issue, file })
  const decoded = decodeText(bytes, MANIFEST_BYTES_MAX, 'file of manifests')
  if (!decoded.ok) {
    const lines = decoded.before.split('\n')
    refuse({
      path: [],
      message: decoded.message,
      line: lines.length,
      column: lines[lines.length - 1]!.length + 1,
    })
    return
  }
  const { text } = decoded
  const documents = documentsOf(file, text)
  const template = templatePlace(text)
  for (const document of documents) {
    const broken = document.textIssues.length > 0 ? document.textIssues : undefined
    const issues = broken ?? new DocumentReader(file, document, findings).read()
    if (issues.length === 0) continue
    if (template !== undefined) {
      refuse({ path: [], message: TEMPLATE_WORDS, ...template })
      return
    }
    issues.forEach(refuse)
  }
}

/** As kubectl: JSON where it begins like it, else YAML. */
function documentsOf(file: string, text: string): SourceDocument[] {
  if (/\.json$/i.test(file)) return jsonDocuments(file, text)
  if (/^\s*\{(?!\{)/.test(text)) {
    const documents = jsonDocuments(file, text)
    if (documents.every(({ textIssues }) => textIssues.length === 0)) return documents
  }
  return yamlDocuments(text)
}

function templatePlace(text: string): { line: number; column: number } | undefined {
  const match = TEMPLATE.exec(text)
  if (match === null) return undefined
  const column = match[0].indexOf('{{') + 1
  return { line: text.slice(0, match.index).split('\n').length, column }
}
