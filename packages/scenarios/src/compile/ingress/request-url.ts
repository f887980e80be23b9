import type { IngressControllerBlueprint } from '@weft/fabric'

const SCHEME_PORTS = { http: 80, https: 443 } as const

/** A URL as an ingress controller understands it. */
export interface RequestUrl {
  /** As it was given. */
  readonly text: string
  readonly scheme: keyof typeof SCHEME_PORTS
  readonly host: string
  readonly port: number
  readonly path: string
}

/** Undefined for what is no URL of HTTP with a name or IPv4 address for its host. */
export function requestUrl(text: string): RequestUrl | undefined {
  const [, scheme, authority, rest = ''] = /^(https?):\/\/([^/?#]+)([^#]*)/i.exec(text) ?? []
  if (scheme === undefined) return undefined
  const [, host, port] = /^([^:@[\]]+)(?::(\d+))?$/.exec(authority!) ?? []
  if (host === undefined) return undefined
  const known = scheme.toLowerCase() as keyof typeof SCHEME_PORTS
  return {
    text,
    scheme: known,
    host: host.toLowerCase(),
    port: port === undefined ? SCHEME_PORTS[known] : Number(port),
    path: rest.startsWith('/') ? rest : `/${rest}`,
  }
}

/** Whether any of a controller's rules or certificates is for this host. */
export function servesHost({ point }: IngressControllerBlueprint, host: string): boolean {
  const labels = host.split('.')
  return point.listeners.some(({ requests, certificates = [] }) =>
    [...requests.rules, ...certificates].some(({ host: pattern }) => {
      if (pattern.kind === 'any') return false
      if (pattern.kind === 'exact') return pattern.host === host
      return labels.length > 1 && host.endsWith(`.${pattern.suffix}`)
    }),
  )
}
