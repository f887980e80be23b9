import type { IngressSpec } from '../kinds/ingress.ts'
import type { Remark } from './remarks.ts'

/** Characters that ImplementationSpecific paths have where a controller reads them as regular expressions. */
const EXPRESSION = /[()[\]|^$*+?\\]/

/** What an Ingress says that may not be meant, by itself. */
export const ingressRemarks = (spec: IngressSpec): Remark[] => [
  ...pathRemarks(spec),
  ...certificateRemarks(spec),
]

function pathRemarks({ rules = [] }: IngressSpec): Remark[] {
  return rules.flatMap(({ http }, rule) =>
    (http?.paths ?? []).flatMap(({ path = '', pathType }, index) =>
      pathType === 'ImplementationSpecific' && EXPRESSION.test(path)
        ? [
            {
              path: ['spec', 'rules', rule, 'http', 'paths', index, 'path'],
              message: `${JSON.stringify(path)} looks like a regular expression; ImplementationSpecific is read as Prefix here`,
            },
          ]
        : [],
    ),
  )
}

/** TLS hosts that no rule is for: the names must be those of the rules. */
function certificateRemarks({ rules = [], tls = [] }: IngressSpec): Remark[] {
  const hosts = rules.map(({ host = '' }) => host)
  if (hosts.length === 0 || hosts.includes('')) return []
  const isServed = (host: string) =>
    hosts.some(
      (each) => each === host || (host.startsWith('*.') && each.slice(each.indexOf('.')) === host.slice(1)),
    )
  const isCovered = (host: string) =>
    hosts.some((each) => each.startsWith('*.') && host.slice(host.indexOf('.')) === each.slice(1))
  return tls.flatMap(({ hosts: names = [] }, index) =>
    names.flatMap((host, at) =>
      isServed(host) || isCovered(host)
        ? []
        : [
            {
              path: ['spec', 'tls', index, 'hosts', at],
              message: `no rule is for ${host}, which this certificate is for`,
            },
          ],
    ),
  )
}
