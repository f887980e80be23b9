import type { IngressManifest } from '../kinds/ingress.ts'
import { objectName } from './objects.ts'
import type { Remarks } from './remarks.ts'

/** Source: kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md. */
const NGINX = 'nginx.ingress.kubernetes.io/'
const CANARY = `${NGINX}canary`

/** What says who may come, or where requests go. Others change what servers do to requests. */
const UNREAD = [
  'allowlist-source-range',
  'whitelist-source-range',
  'denylist-source-range',
  'app-root',
  'default-backend',
  'mirror-target',
  'permanent-redirect',
  'server-alias',
  'ssl-passthrough',
  'temporal-redirect',
].map((name) => `${NGINX}${name}`)

/** The ones whose rules are beside others', without canaries, which take a part of the requests for another one's rules. */
export function withoutCanaries(ingresses: readonly IngressManifest[], remarks: Remarks): IngressManifest[] {
  return ingresses.filter((ingress) => {
    const { annotations } = ingress
    const warn = (key: string, message: string) =>
      remarks.add(objectName(ingress), ['metadata', 'annotations', key], message)
    for (const key of UNREAD.filter((each) => Object.hasOwn(annotations, each)))
      warn(key, `${key} is not read; answers are as if it were not there`)
    if (annotations[CANARY] !== 'true') return true
    warn(
      CANARY,
      'a canary of ingress-nginx is left out: all requests go where other Ingresses of its host lead',
    )
    return false
  })
}
