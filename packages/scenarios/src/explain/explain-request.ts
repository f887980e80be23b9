import { LONG_TIME_MAX, Simulation } from '@weft/core'
import { canonicalAddress, type CertificateState, certificatesOf, type RequestAction } from '@weft/fabric'
import type { CompiledController } from '../compile/ingress/compile-ingress.ts'
import { isMeant } from '../compile/ingress/meant-controller.ts'
import { servesHost, type RequestUrl } from '../compile/ingress/request-url.ts'

/** What an ingress controller does with a request. */
export interface ExplainedRequest {
  readonly method: 'GET'
  readonly url: string
  /** The workload that its replicas are of. */
  readonly controller: string
  /** That a TLS client is shown; null with plain HTTP, and where there is none for the host. */
  readonly certificate: string | null
  /** At that instant; who resumes a session does not look at it. Null where there is no certificate. */
  readonly certificateState: CertificateState | null
  /** null where nothing listens for this host. */
  readonly listener: string | null
  /** null where none matches. */
  readonly rule: string | null
  /** What it is answered without any backend; null where it is passed on. */
  readonly status: number | null
  readonly backends: readonly ExplainedBackend[]
}

/** Who gets a share of such requests. */
export interface ExplainedBackend {
  /** `namespace/service:port`; null: rules name one that does not exist, and answer 500. */
  readonly name: string | null
  /** Where the controller calls it; null where it does not exist. */
  readonly address: string | null
  readonly share: number
}

/** Where and when it is asked, in a run of this seed. */
export interface RequestInstant {
  /** Whose client asks; undefined for those in none. */
  readonly cluster: string | undefined
  readonly seed: string
  readonly atPs: number
}

/** By the rules of the controller that has the address, or where it is empty of one that serves the host; undefined: there is none. */
export function explainRequest(
  controllers: readonly CompiledController[],
  url: RequestUrl,
  address: string,
  instant: RequestInstant,
): ExplainedRequest | undefined {
  const controller = controllers.find((each) =>
    address === ''
      ? servesHost(each.blueprint, url.host)
      : isMeant(each, canonicalAddress(address), instant.cluster),
  )
  if (controller === undefined) return undefined
  const { blueprint, point } = controller
  const found = point.route(url.port, { host: url.host, path: url.path })
  const certificate = url.scheme === 'https' ? point.certificateFor(url.port, url.host) : undefined
  return {
    method: 'GET',
    url: url.text,
    controller: blueprint.name,
    certificate: certificate ?? null,
    certificateState: certificate === undefined ? null : stateAt(blueprint, certificate, instant),
    listener: found?.listener ?? null,
    rule: found?.rule ?? null,
    status: found?.action.kind === 'answer' ? found.action.status : null,
    backends: found?.action.kind === 'forward' ? sharesOf(found.action, blueprint) : [],
  }
}

/** Issued, renewed and lost by the clocks' own rules and random numbers, up to and including the instant. */
function stateAt(
  blueprint: CompiledController['blueprint'],
  certificate: string,
  { seed, atPs }: RequestInstant,
): CertificateState {
  const sim = new Simulation({ seed, timeMaxPs: LONG_TIME_MAX })
  const certificates = certificatesOf(sim, blueprint)
  sim.run(atPs)
  // what nobody keeps is always valid
  return certificates.stateOf(certificate) ?? 'valid'
}

const SHOWN = {
  valid: '',
  expired: ', which has expired, or is not valid yet: clients give up, but for those that resume a session',
  none: ', which is not issued: clients give up, but for those that resume a session',
} as const

type Forward = Extract<RequestAction, { kind: 'forward' }>

function sharesOf(
  { backends }: Forward,
  { backends: known }: CompiledController['blueprint'],
): ExplainedBackend[] {
  const sum = backends.reduce((total, { weight }) => total + weight, 0)
  return backends
    .filter(({ weight }) => weight > 0)
    .map(({ backend, weight }) => {
      const found = known.find(({ name }) => name === backend)
      return {
        name: found?.name ?? null,
        address: found === undefined ? null : `${found.address}:${found.port}`,
        share: weight / sum,
      }
    })
}

/** As lines for a terminal. */
export function requestLines(request: ExplainedRequest): string[] {
  const { method, url, controller, certificate, certificateState, listener, rule, status, backends } = request
  const lines = [`request  ${method} ${url}, as ${controller} takes it`]
  if (listener === null) return [...lines, '  nothing listens for this host at this port']
  if (url.startsWith('https:'))
    lines.push(
      certificate === null
        ? '  certificate none: no certificate is for this host, and clients give up'
        : `  certificate ${certificate}${SHOWN[certificateState!]}`,
    )
  lines.push(`  ${rule === null ? 'no rule is for it' : `by ${rule}`}`)
  if (status !== null) return [...lines, `  answered ${status}`]
  if (backends.length === 0) return [...lines, '  answered 500: no backend has any weight']
  return [...lines, ...backends.flatMap((backend) => backendLines(backend, controller))]
}

function backendLines({ name, address, share }: ExplainedBackend, controller: string): string[] {
  const part = share < 1 ? `${Number((share * 100).toPrecision(3))}% ` : ''
  if (name === null) return [`  ${part}answered 500: this backend does not exist`]
  const at = name.lastIndexOf(':')
  return [
    `  ${part}passed on to ${name} (${address})`,
    `    its way there: --from ${controller} --to ${name.slice(0, at)} --port ${name.slice(at + 1)}`,
  ]
}
