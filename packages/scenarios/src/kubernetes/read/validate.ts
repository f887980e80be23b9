import { show } from '../../schema/words.ts'
import { type BorderIssue, issuesOf } from '../../schema/issues.ts'
import { dnsSubdomainRefusal } from '../api-names.ts'
import type { Manifest, ManifestKind, Path, Report } from '../kinds/kind.ts'
import { isWarning } from '../schema/fields.ts'
import type { ObjectMeta } from '../schema/object-meta.ts'
import type { Place } from './manifest-error.ts'

type PlainMap = Record<string, unknown>

/** Called with every problem of one manifest. */
export type Told = (severity: 'refuse' | 'warn', issue: BorderIssue) => void

export interface Unchecked {
  readonly kind: ManifestKind
  readonly data: PlainMap
  readonly place: Place
  readonly namespaceDefault: string
}

/** The manifest, or undefined where something was refused. */
export function validate(
  { kind, data, place, namespaceDefault }: Unchecked,
  tell: Told,
): Manifest | undefined {
  let isRefused = false
  const refuse = (path: Path, message: string) => {
    isRefused = true
    tell('refuse', { path, message })
  }
  checkName(kind, data['metadata'], refuse)
  const parsed = parse(kind, data, tell)
  if (parsed === undefined) return undefined
  const { metadata } = parsed as { metadata: ObjectMeta }
  const { name = '', namespace = '', labels = {}, annotations = {}, ownerReferences = [] } = metadata
  const isNamespaced = kind.scope === 'namespaced'
  if (!isNamespaced && namespace !== '')
    refuse(['metadata', 'namespace'], `a ${kind.kind} stands outside namespaces; remove the namespace`)
  const manifest: Manifest = {
    apiVersion: String(data['apiVersion']),
    kind: kind.kind,
    name,
    namespace: isNamespaced ? namespace || namespaceDefault : '',
    labels,
    annotations,
    controller: ownerReferences.find(({ controller }) => controller === true),
    isTerminating: metadata.deletionTimestamp !== undefined,
    data: parsed,
    place,
  }
  const report: Report = { refuse, warn: (path, message) => tell('warn', { path, message }) }
  if (!isRefused) kind.check?.(manifest, report)
  return isRefused ? undefined : manifest
}

/** The data by the kind's schema, without fields that nobody knows; undefined where it was refused. */
function parse(kind: ManifestKind, data: PlainMap, tell: Told): unknown {
  const attempt = () => {
    const result = kind.schema.safeParse(data, { reportInput: true })
    return { result, issues: result.success ? [] : issuesOf(result.error, data, `the ${kind.kind}`) }
  }
  let { result, issues } = attempt()
  const warnings = issues.filter(isWarning)
  if (warnings.length > 0) {
    for (const issue of warnings) {
      tell('warn', issue)
      removeAt(data, issue.path)
    }
    ;({ result, issues } = attempt())
  }
  for (const issue of issues) tell('refuse', issue)
  return result.success ? result.data : undefined
}

function removeAt(data: PlainMap, path: Path): void {
  let holder: unknown = data
  for (const part of path.slice(0, -1)) holder = (holder as Record<string | number, unknown>)[part]
  delete (holder as Record<string | number, unknown>)[path[path.length - 1]!]
}

/** By the kind's own rule; the schema sees to it that it is text. */
function checkName(
  kind: ManifestKind,
  metadata: unknown,
  refuse: (path: Path, message: string) => void,
): void {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return
  const { name, generateName } = metadata as { name?: unknown; generateName?: unknown }
  if (isNothing(name)) {
    const hint = isNothing(generateName) ? '' : '; generateName makes one up only where objects are created'
    refuse(['metadata', 'name'], `missing key "name" in metadata${hint}`)
  } else if (typeof name === 'string') {
    const message = (kind.nameRefusal ?? dnsSubdomainRefusal)(name)
    if (message !== undefined) refuse(['metadata', 'name'], message)
  }
}

const isNothing = (value: unknown) => value === undefined || value === null

/** `spec.ports[0].port`, `metadata.labels["example.com/app"]`. */
export function pathText(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${show(part)}]`
  }
  return text
}

/** A message that says which manifest it is about, and where in it. */
export function describe(manifest: string, { path, message }: BorderIssue): string {
  const isOfHolder = /^(missing key|unknown (field|key)|duplicate key) /.test(message)
  const where = pathText(isOfHolder ? path.slice(0, -1) : path)
  return where === '' ? `${manifest}: ${message}` : `${manifest}: ${where}: ${message}`
}
