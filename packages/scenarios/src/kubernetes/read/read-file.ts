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
  for (const document of documents) {
    const broken = document.textIssues.length > 0 ? document.textIssues : undefined
    const issues = broken ?? new DocumentReader(file, document, findings).read()
    const template = issues.length === 0 ? undefined : templatePlace(text, issues[0]!.line)
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

/** Of the document around a line: others may hold braces that are meant, as rules of alerts do. */
function templatePlace(text: string, line: number): { line: number; column: number } | undefined {
  const lines = text.split('\n')
  const isSeparator = (each: string | undefined) => each === undefined || /^---(\s|$)/.test(each)
  let first = Math.min(line, lines.length) - 1
  while (first > 0 && !isSeparator(lines[first])) first--
  let end = first + 1
  while (!isSeparator(lines[end])) end++
  const match = TEMPLATE.exec(lines.slice(first, end).join('\n'))
  if (match === null) return undefined
  const before = match.input.slice(0, match.index).split('\n').length
  return { line: first + before, column: match[0].indexOf('{{') + 1 }
}
