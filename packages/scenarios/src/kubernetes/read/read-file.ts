import type { LocatedIssue } from '../../parse/located.ts'
import { decodeText } from '../../parse/text.ts'
import { show } from '../../schema/words.ts'
import { classify, KUSTOMIZE } from '../kinds/classify.ts'
import type { Manifest, ManifestKind, Path } from '../kinds/kind.ts'
import { jsonDocuments } from './json-source.ts'
import type { ManifestIssue, Place } from './manifest-error.ts'
import type { SourceDocument } from './source-document.ts'
import { describe, validate } from './validate.ts'
import { yamlDocuments } from './yaml-source.ts'

/** A file of manifests, as it is on a disk. */
export interface ManifestFile {
  /** How messages name it. */
  readonly file: string
  readonly bytes: Uint8Array
}

/** A manifest that holds by itself. */
export interface ReadManifest {
  readonly kind: ManifestKind
  readonly manifest: Manifest
  /** An issue about it, with its place. */
  locate(path: Path, message: string): ManifestIssue
}

/** What the files hold, and what is wrong with them. */
export class Findings {
  readonly manifests: ReadManifest[] = []
  readonly refusals: ManifestIssue[] = []
  readonly warnings: ManifestIssue[] = []
  /** By `apiVersion kind`. */
  readonly ignored = new Map<string, { apiVersion: string; kind: string; count: number }>()
  readonly namespaceDefault: string

  constructor(namespaceDefault: string) {
    this.namespaceDefault = namespaceDefault
  }

  ignore(apiVersion: string, kind: string): void {
    const key = `${apiVersion} ${kind}`
    const known = this.ignored.get(key)
    if (known === undefined) this.ignored.set(key, { apiVersion, kind, count: 1 })
    else known.count++
  }
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

/** One document, and what lists it holds. */
class DocumentReader {
  readonly #file: string
  readonly #document: SourceDocument
  readonly #findings: Findings
  readonly #issues: LocatedIssue[] = []

  constructor(file: string, document: SourceDocument, findings: Findings) {
    this.#file = file
    this.#document = document
    this.#findings = findings
  }

  /** What is wrong with the text of it, or with what it takes from a template. */
  read(): readonly LocatedIssue[] {
    const { apiVersion, kind } = this.#document.head
    if (apiVersion !== undefined && kind !== undefined && !kind.endsWith('List')) {
      const classified = classify(apiVersion, kind)
      if (classified.as === 'ignored') {
        this.#ignore(apiVersion, kind, classified.warning, [])
        return []
      }
    }
    const { data, issues } = this.#document.read()
    if (issues.length > 0) return issues
    this.#object(data, [], undefined)
    return this.#issues
  }

  /** `listed` is what a list says that its items are. */
  #object(data: unknown, path: Path, listed: { apiVersion: string; kind: string } | undefined): void {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      this.#refuse(path, `expected a manifest (a map with apiVersion and kind), got ${show(data)}`)
      return
    }
    const map = data as Record<string, unknown>
    const apiVersion = map['apiVersion'] ?? listed?.apiVersion
    const kind = map['kind'] ?? listed?.kind
    if (this.#isHeadless(map, apiVersion, kind, path)) return
    const typed = { apiVersion: apiVersion as string, kind: kind as string }
    if (isList(typed.kind, map)) this.#list(typed, map['items'], path)
    else this.#manifest(typed, { ...map, ...typed }, path)
  }

  /** Refuses what does not say what it is. */
  #isHeadless(map: Record<string, unknown>, apiVersion: unknown, kind: unknown, path: Path): boolean {
    if (path.length === 0 && /(^|\/)kustomization\.ya?ml$/i.test(this.#file) && kind === undefined) {
      this.#ignore('kustomize.config.k8s.io/v1beta1', 'Kustomization', KUSTOMIZE, path)
      return true
    }
    const before = this.#issues.length
    const isAbsent = (value: unknown) => value === undefined || value === null || value === ''
    const missing = Object.entries({ apiVersion, kind }).flatMap(([key, value]) =>
      isAbsent(value) ? [key] : [],
    )
    if (missing.length > 0) this.#refuse(path, `no ${missing.join(' and no ')}: ${whatInstead(map)}`)
    for (const [key, value] of Object.entries({ apiVersion, kind })) {
      if (!isAbsent(value) && typeof value !== 'string')
        this.#refuse([...path, key], `${key}: expected text, got ${show(value)}`)
    }
    return this.#issues.length > before
  }

  #list({ apiVersion, kind }: { apiVersion: string; kind: string }, items: unknown, path: Path): void {
    if (items === null || items === undefined) return
    if (!Array.isArray(items)) {
      this.#refuse([...path, 'items'], `${kind}: items: expected a list, got ${show(items)}`)
      return
    }
    const listed = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) }
    for (const [index, item] of items.entries()) this.#object(item, [...path, 'items', index], listed)
  }

  #manifest(
    { apiVersion, kind }: { apiVersion: string; kind: string },
    data: Record<string, unknown>,
    path: Path,
  ) {
    const classified = classify(apiVersion, kind)
    if (classified.as === 'ignored') return this.#ignore(apiVersion, kind, classified.warning, path)
    if (classified.as === 'refused') return this.#refuse([...path, classified.key], classified.message)
    const name = nameOf(kind, data)
    const issue = (inner: Path, message: string, about: 'key' | 'value' = 'value'): ManifestIssue => ({
      path: [...path, ...inner],
      message: describe(name, { path: inner, message }),
      ...this.#placeOf([...path, ...inner], about),
    })
    const place = this.#placeOf(path, 'value')
    const namespaceDefault = this.#findings.namespaceDefault
    const manifest = validate({ kind: classified.kind, data, place, namespaceDefault }, (severity, each) => {
      const located = issue(each.path, each.message, each.about)
      if (severity === 'warn') this.#findings.warnings.push(located)
      else if (each.message.includes('{{')) this.#issues.push(located)
      else this.#findings.refusals.push(located)
    })
    if (manifest !== undefined)
      this.#findings.manifests.push({ kind: classified.kind, manifest, locate: issue })
  }

  #ignore(apiVersion: string, kind: string, warning: string | undefined, path: Path): void {
    this.#findings.ignore(apiVersion, kind)
    if (warning !== undefined)
      this.#findings.warnings.push({ path, message: warning, ...this.#placeOf(path, 'value') })
  }

  #refuse(path: Path, message: string): void {
    this.#issues.push({ path, message, ...this.#placeOf(path, 'value') })
  }

  #placeOf(path: Path, about: 'key' | 'value'): Place {
    const { line, column } = path.length === 0 ? this.#document.start : this.#document.place(path, about)
    return { file: this.#file, line, column }
  }
}

const isList = (kind: string, map: Record<string, unknown>) =>
  kind === 'List' || (kind.endsWith('List') && Object.hasOwn(map, 'items'))

function whatInstead(map: Record<string, unknown>): string {
  if (Object.hasOwn(map, 'weft')) return 'this is a scenario of Weft, no manifest'
  const isChart = map['apiVersion'] === 'v2' && Object.hasOwn(map, 'version')
  if (isChart) return 'this is a Helm chart, no manifest; give Weft what helm template prints'
  return 'every manifest says what it is by apiVersion and kind'
}

/** `Service shop/cart`, by what the data has of it. */
function nameOf(kind: string, data: Record<string, unknown>): string {
  const metadata = data['metadata'] as { name?: unknown; namespace?: unknown } | null | undefined
  const text = (value: unknown) =>
    typeof value === 'string' && value !== '' ? value.slice(0, 253) : undefined
  const name = text(metadata?.name)
  if (name === undefined) return kind
  const namespace = text(metadata?.namespace)
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}
