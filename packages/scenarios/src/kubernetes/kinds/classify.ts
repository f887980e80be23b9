import { nearest } from '@weft/core'
import { show } from '../../schema/words.ts'
import type { ManifestKind } from './kind.ts'
import { manifestKinds } from './registry.ts'
import { isUnread, matters } from './unread.ts'

export type Classified =
  | { readonly as: 'read'; readonly kind: ManifestKind }
  /** Counted alone; with a warning where answers are other ones without it. */
  | { readonly as: 'ignored'; readonly warning?: string }
  | { readonly as: 'refused'; readonly key: 'apiVersion' | 'kind'; readonly message: string }

/** `apps` of `apps/v1`, empty for `v1`. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

/** Groups of Kubernetes itself: nobody else's kinds stand in them. */
const isOwnGroup = (group: string): boolean => !group.includes('.') || group.endsWith('.k8s.io')

/** Whether a kind of Weft's or Kubernetes' own may be meant where another group is written. Others' kinds of the same name are theirs. */
const isNear = (written: string, meant: string): boolean =>
  isOwnGroup(written) && (meant !== WEFT_GROUP || !written.includes('.'))

const byKind = new Map<string, ManifestKind[]>()
for (const kind of manifestKinds) {
  const known = byKind.get(kind.kind)
  if (known === undefined) byKind.set(kind.kind, [kind])
  else known.push(kind)
}

const WEFT_GROUP = 'weft'
const API_VERSION = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[a-z][a-z0-9]*$/
const KIND = /^[A-Za-z][A-Za-z0-9]*$/

/** What becomes of a manifest, by what it says that it is; `type`, where it has one at the top. */
export function classify(apiVersion: string, kind: string, type: unknown): Classified {
  if (!API_VERSION.test(apiVersion))
    return refused('apiVersion', `${show(apiVersion)} is not an apiVersion; expected one such as apps/v1`)
  if (!KIND.test(kind)) return refused('kind', `${show(kind)} is not a kind; expected one such as Deployment`)
  const candidates = byKind.get(kind) ?? []
  const exact = candidates.find(({ apiVersions }) => apiVersions.includes(apiVersion))
  if (exact !== undefined)
    return exact.types?.includes(type as string) === false ? { as: 'ignored' } : { as: 'read', kind: exact }
  const former = candidates.find(({ formerApiVersions = [] }) => formerApiVersions.includes(apiVersion))
  if (former !== undefined)
    return refused('apiVersion', `${apiVersion} has no ${kind} any more; write ${former.apiVersions[0]}`)
  const group = groupOf(apiVersion)
  const sibling = candidates.find(({ apiVersions }) => apiVersions.some((each) => groupOf(each) === group))
  const meant = sibling ?? candidates.find(({ apiVersions }) => isNear(group, groupOf(apiVersions[0]!)))
  if (meant !== undefined && !matters(group, kind))
    return refused('apiVersion', `${apiVersion} has no ${kind}; expected ${meant.apiVersions.join(' or ')}`)
  const near = isUnread(kind) ? undefined : nearest(kind, kindsOf(apiVersion))
  if (near !== undefined)
    return refused('kind', `${apiVersion} has no kind ${JSON.stringify(kind)}; did you mean ${near}?`)
  if (group === 'kustomize.config.k8s.io') return { as: 'ignored', warning: KUSTOMIZE }
  if (kind === 'Template' && (group === '' || group === 'template.openshift.io'))
    return { as: 'ignored', warning: TEMPLATE }
  if (!matters(group, kind)) return { as: 'ignored' }
  const warning = `${kind} of ${group} touches the network and is not read; answers are as if it were not there`
  return { as: 'ignored', warning }
}

export const KUSTOMIZE =
  'what kustomize does is not done; give Weft what kubectl kustomize prints, or plain manifests alone'

const TEMPLATE = 'objects in templates are not read; give Weft what oc process prints'

const refused = (key: 'apiVersion' | 'kind', message: string): Classified => ({ as: 'refused', key, message })

const kindsOf = (apiVersion: string) =>
  manifestKinds.filter(({ apiVersions }) => apiVersions.includes(apiVersion)).map(({ kind }) => kind)
