import { type RequestBlueprint, type UpstreamShare, weightSum } from '@weft/fabric'
import type { RequestInput } from '../../schema/ingress.ts'
import type { TrafficInput } from '../../schema/traffic.ts'
import { ClusterLookup } from '../cluster-lookup.ts'
import type { CompiledCluster } from '../kubernetes.ts'
import { type Path, type Problems, quote } from '../problems.ts'
import type { CompiledController } from './compile-ingress.ts'
import { requestUrl, type RequestUrl, servesHost } from './request-url.ts'

/** What traffic to a URL of an ingress asks for, and whom it really calls. */
export interface CalledIngress {
  readonly to: string
  readonly port: number
  readonly request: RequestBlueprint
}

/** Which of a scenario's URLs are served by ingress controllers. */
export class IngressIndex {
  readonly #controllers: readonly CompiledController[]
  readonly #clusters: readonly CompiledCluster[]
  #lookup: ClusterLookup | undefined

  constructor(controllers: readonly CompiledController[], clusters: readonly CompiledCluster[]) {
    this.#controllers = controllers
    this.#clusters = clusters
  }

  /** Undefined for traffic to anything else, and where it was refused. */
  requestOf(input: TrafficInput, path: Path, problems: Problems): CalledIngress | undefined {
    const url = typeof input.to === 'string' ? requestUrl(input.to) : undefined
    const controller = url && this.#controllers.find(({ blueprint }) => servesHost(blueprint, url.host))
    if (url === undefined || controller === undefined) {
      if (input.request !== undefined)
        problems.refuse(
          [...path, 'request'],
          '"to" is no URL of a host that an ingress controller serves; remove "request"',
        )
      return undefined
    }
    this.#check(input, url, controller, path, problems)
    const { method, headers } = input.request ?? {}
    this.#lookup ??= new ClusterLookup(this.#clusters)
    // a name that the DNS knows is called by its address, others by the service in front
    const isKnown = this.#lookup.addressesOf(url.host).length > 0
    return {
      to: isKnown ? (input.to as string) : controller.service,
      port: url.port,
      request: {
        controller: controller.blueprint.name,
        scheme: url.scheme,
        request: {
          host: url.host,
          path: url.path,
          ...(method !== undefined && { method }),
          ...(headers !== undefined && { headers }),
        },
        ...(url.scheme === 'https' && { tls: controller.blueprint.tls }),
        replicas: controller.blueprint.replicas,
        upstream: upstreamOf(controller, url, { method, headers }),
      },
    }
  }

  #check(
    input: TrafficInput,
    url: RequestUrl,
    { ports, service, point }: CompiledController,
    path: Path,
    problems: Problems,
  ): void {
    if (input.load !== undefined)
      problems.refuse([...path, 'load'], 'requests to an ingress have a rate of their own; use "flowRate"')
    if (input.stream !== undefined)
      problems.refuse([...path, 'stream'], 'requests go over TCP; use "sizes", their bytes')
    if (!ports.includes(url.port))
      problems.refuse(
        [...path, 'to'],
        `${quote(service)} in front of the controller has no port ${url.port}; its ports are ${ports.join(', ')}`,
      )
    else if (!point.listening.includes(url.port))
      problems.warn(
        [...path, 'to'],
        `nothing listens at port ${url.port} for ${url.host}: every request is refused`,
      )
  }
}

/** Where the rules pass requests like this on to. */
function upstreamOf(
  { point, blueprint: { backends } }: CompiledController,
  { host, path, port }: RequestUrl,
  { method, headers }: Pick<RequestInput, 'method' | 'headers'>,
): UpstreamShare[] {
  const action = point.route(port, {
    host,
    path,
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers }),
  })?.action
  if (action?.kind !== 'forward') return []
  const sum = weightSum(action.backends)
  return action.backends.flatMap(({ backend: name, weight }) => {
    const backend = backends.find((each) => each.name === name)
    if (backend === undefined || weight === 0) return []
    const family = backend.address.includes(':') ? ('ipv6' as const) : ('ipv4' as const)
    return [
      { backend: backend.name, address: backend.address, port: backend.port, family, share: weight / sum },
    ]
  })
}
