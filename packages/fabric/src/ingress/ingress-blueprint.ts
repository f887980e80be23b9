/** Which hosts something is for. Names are in lower case, without a port or a final dot. */
export type HostPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'exact'; readonly host: string }
  /** `*.suffix`. The star stands for exactly one label, or for one or more. */
  | { readonly kind: 'wildcard'; readonly suffix: string; readonly labels: 'one' | 'some' }

/** Which paths a rule is for, case-sensitive. */
export type PathPattern =
  /** Byte for byte, a final slash included. */
  | { readonly kind: 'exact'; readonly path: string }
  /** Element by element between slashes; a final slash on either side does not matter. */
  | { readonly kind: 'prefix'; readonly path: string }
  /** A regular expression of JavaScript with the flag `u`, for the whole path. */
  | { readonly kind: 'expression'; readonly source: string }

/** A header's or query parameter's value that a rule asks for. */
export interface FieldPattern {
  /** Of headers in any case; of query parameters as it is. */
  readonly name: string
  readonly kind: 'exact' | 'expression'
  readonly value: string
}

export interface WeightedBackend {
  /** What the network knows it by. Absent: there is no such backend, and its part of the requests is answered 500. */
  readonly backend?: string
  /** 0 to 1,000,000: its part of the sum of weights. */
  readonly weight: number
}

/** What happens to a request that a rule matches. */
export type RequestAction =
  /** To one of the backends, in proportion to weights. All of weight 0, or none at all: answered 500. */
  | {
      readonly kind: 'forward'
      readonly backends: readonly WeightedBackend[]
      readonly mirrors?: readonly Mirror[]
    }
  /** Answered at once: a redirect, or a backend that does not exist. */
  | { readonly kind: 'answer'; readonly status: number }

/** A backend that gets copies of requests; its answers are thrown away. */
export interface Mirror {
  readonly backend: string
  /** Share of requests that are copied, from 0 to 1. */
  readonly share: number
}

export interface RequestRule {
  /** How an explanation names it: `Ingress shop/front rules[0].paths[1]`. */
  readonly name: string
  readonly host: HostPattern
  readonly path: PathPattern
  /** In upper case. Absent: any. */
  readonly method?: string
  /** All must hold. Of several with one name the first counts. */
  readonly headers?: readonly FieldPattern[]
  readonly query?: readonly FieldPattern[]
  readonly action: RequestAction
}

export interface RequestRules {
  /** Of rules that are equally specific the first wins. */
  readonly rules: readonly RequestRule[]
  /**
   * Whether a request whose most specific host has no rule for it may still match rules of less specific hosts.
   * Servers that choose a virtual host first do not do that; Gateway API speaks of precedence alone.
   */
  readonly fallsThroughHosts: boolean
  /** For what no rule matches. Absent: answered 404. */
  readonly otherwise?: RequestAction
}

/** A certificate and the hosts for which it is presented. */
export interface HostCertificate {
  readonly host: HostPattern
  /** What the network knows it by. */
  readonly certificate: string
  /**
   * Hosts and addresses that stand in it, in lower case, the first label of a name a star for any one (RFC 9525 §6.3): to clients that ask
   * for another one it is none. Absent: it is for whoever is asked for.
   */
  readonly names?: readonly string[]
}

/** A port on which requests come in, for some hosts or for all. */
export interface IngressListener {
  readonly name: string
  /** 1 to 65535. */
  readonly port: number
  /** TLS ends here, with these certificates; the first of equally specific ones. Absent: plain HTTP. */
  readonly certificates?: readonly HostCertificate[]
  readonly host: HostPattern
  readonly requests: RequestRules
}

/** Where requests from outside are shared out: an ingress controller, or a gateway. */
export interface IngressBlueprint {
  readonly name: string
  /** Of several on a port, the one with the most specific host takes a request, and it alone. */
  readonly listeners: readonly IngressListener[]
}

export interface HttpRequest {
  /** As in `Host` or `:authority`, in any case, with a port or without. */
  readonly host: string
  /** As sent, with a query or without. */
  readonly path: string
  /** Default GET. */
  readonly method?: string
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>
}
