import { canonicalHost, HostIndex } from './host-index.ts'
import type {
  HostCertificate,
  HttpRequest,
  IngressBlueprint,
  IngressListener,
  RequestAction,
} from './ingress-blueprint.ts'
import { UNROUTED, RequestRouter } from './request-router.ts'

/** What became of a request, and which listener and rule said so. */
export type IngressAnswer =
  | {
      readonly listener: string
      /** Absent: no rule matched, and the action is the one for the rest. */
      readonly rule?: string
      readonly action: RequestAction
    }
  /** Nothing listens on that port for that host. */
  | undefined

interface CompiledListener {
  readonly listener: IngressListener
  readonly router: RequestRouter
  readonly certificates: HostIndex<HostCertificate>
}

/** An ingress controller's or a gateway's decisions: which listener, which certificate, which rule. */
export class IngressPoint {
  private readonly ports = new Map<number, HostIndex<CompiledListener>>()

  constructor({ listeners }: IngressBlueprint) {
    for (const listener of listeners) {
      let hosts = this.ports.get(listener.port)
      if (hosts === undefined) {
        hosts = new HostIndex()
        this.ports.set(listener.port, hosts)
      }
      if (hosts.at(listener.host) === undefined) hosts.set(listener.host, compiled(listener))
    }
  }

  /** Ports that something listens on, ascending. */
  get listening(): readonly number[] {
    return [...this.ports.keys()].sort((a, b) => a - b)
  }

  /** The certificate that a TLS client asking for this name (SNI) takes; undefined where it is shown none that is for the name. */
  certificateFor(port: number, serverName: string): string | undefined {
    const host = canonicalHost(serverName)
    const found = this.listenerOf(port, serverName)?.certificates.matching(host)[0]
    return found === undefined || !isFor(found, host) ? undefined : found.certificate
  }

  /** Where a request goes. Only the listener with the most specific host is asked, however little it has to say. */
  route(port: number, request: HttpRequest): IngressAnswer {
    const found = this.listenerOf(port, request.host)
    if (found === undefined) return undefined
    const { listener, router } = found
    const rule = router.match(request)
    return {
      listener: listener.name,
      ...(rule === UNROUTED ? {} : { rule: listener.requests.rules[rule]!.name }),
      action: router.action(rule),
    }
  }

  private listenerOf(port: number, host: string): CompiledListener | undefined {
    return this.ports.get(port)?.matching(canonicalHost(host))[0]
  }
}

/** Whether a host as `canonicalHost` gives it stands in a certificate. */
export const isFor = ({ names }: Pick<HostCertificate, 'names'>, host: string): boolean =>
  names === undefined || names.includes(host) || names.includes(`*${host.slice(host.indexOf('.'))}`)

function compiled(listener: IngressListener): CompiledListener {
  const certificates = new HostIndex<HostCertificate>()
  for (const each of listener.certificates ?? [])
    if (certificates.at(each.host) === undefined) certificates.set(each.host, each)
  return { listener, router: new RequestRouter(listener.requests), certificates }
}
