import type { LocatedIssue } from '../../parse/located.ts'
import { show } from '../../schema/words.ts'
import { classify, KUSTOMIZE } from '../kinds/classify.ts'
import type { Path } from '../kinds/kind.ts'
import type { Findings } from './findings.ts'
import type { ManifestIssue, Place } from './manifest-error.ts'
import type { SourceDocument } from './source-document.ts'
import { describe, validate } from './validate.ts'

/** One document, and what lists it holds. */
export class DocumentReader {
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
    const { apiVersion, kind, type } = this.#document.head
    if (apiVersion !== undefined && kind !== undefined && !kind.endsWith('List')) {
      const classified = classify(apiVersion, kind, type)
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
    if (this.#findings.isFull) return
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
    const classified = classify(apiVersion, kind, data['type'])
    if (classified.as === 'ignored') return this.#ignore(apiVersion, kind, classified.warning, path)
    if (classified.as === 'refused') return this.#refuse([...path, classified.key], classified.message)
    const name = nameOf(kind, data)
    const issue = (inner: Path, message: string, about: 'key' | 'value' = 'value'): ManifestIssue => ({
      path: [...path, ...inner],
      message: describe(name, { path: inner, message: this.#asWritten([...path, ...inner], message) }),
      ...this.#placeOf([...path, ...inner], about),
    })
    const place = this.#placeOf(path, 'value')
    const namespaceDefault = this.#findings.namespaceDefault
    const manifest = validate({ kind: classified.kind, data, place, namespaceDefault }, (severity, each) => {
      if (this.#findings.isFull && severity === 'refuse') return
      const located = issue(each.path, each.message, each.about)
      if (severity === 'warn') this.#findings.warnings.push(located)
      else if (each.message.includes('{{')) this.#issues.push(located)
      else this.#findings.refusals.push(located)
    })
    if (manifest !== undefined)
      this.#findings.manifests.push({ kind: classified.kind, manifest, locate: issue })
  }

  /** Says `yes` where `yes` was written and `true` was read. */
  #asWritten(path: Path, message: string): string {
    const match = /^(expected text, got )(.+); write it in quotes: "\2"$/.exec(message)
    if (match === null) return message
    const written = this.#document.written?.(path)
    if (written === undefined || written === match[2]) return message
    return `${match[1]}${written}, which kubectl reads as ${match[2]}; write it in quotes: "${written}"`
  }

  #ignore(apiVersion: string, kind: string, warning: string | undefined, path: Path): void {
    this.#findings.ignore(apiVersion, kind, warning !== undefined)
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
