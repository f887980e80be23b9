import {
  type AskedController,
  canonicalAddress,
  type RequestBlueprint,
  type UpstreamShare,
  weightSum,
} from '@weft/fabric'
import type { RequestInput } from '../../schema/ingress.ts'
import type { TrafficInput } from '../../schema/traffic.ts'
import { addressOf } from '../called-url.ts'
import { ClusterLookup } from '../cluster-lookup.ts'
import type { ScenarioDns } from '../dns/compile-dns.ts'
import type { CompiledCluster } from '../kubernetes.ts'
import { type Path, type Problems, quote } from '../problems.ts'
import type { CompiledController } from './compile-ingress.ts'
import { requestUrl, type RequestUrl, servesHost } from './request-url.ts'

/** What traffic to a URL asks for where it meets ingress controllers, and whom it really calls. */
export interface CalledIngress {
  readonly to: string
  readonly port: number
  readonly request: RequestBlueprint
}

/** What a URL leads to: what is called, and controllers that are there, whether from the start or once records have changed. */
interface CalledPlace {
  readonly to: string
  readonly controllers: readonly CompiledController[]
}

/** Which of a scenario's URLs lead to ingress controllers. */
export class IngressIndex {
  readonly #controllers: readonly CompiledController[]
  readonly #clusters: readonly CompiledCluster[]
  /** Where names are looked up while the network runs. */
  readonly #dns: ScenarioDns | undefined
  #lookup: ClusterLookup | undefined

  constructor(
    controllers: readonly CompiledController[],
    clusters: readonly CompiledCluster[],
    dns?: ScenarioDns,
  ) {
    this.#controllers = controllers
    this.#clusters = clusters
    this.#dns = dns
  }

  /** Undefined for traffic to anything else, and where it was refused. */
  requestOf(input: TrafficInput, path: Path, problems: Problems): CalledIngress | undefined {
    const url = typeof input.to === 'string' ? requestUrl(input.to) : undefined
    const { to, controllers } = url === undefined ? NOWHERE : this.#placeOf(url)
    if (url === undefined || controllers.length === 0) {
      if (input.request !== undefined)
        problems.refuse(
          [...path, 'request'],
          '"to" is no URL of a host that an ingress controller serves; remove "request"',
        )
      return undefined
    }
    this.#check(input, url, controllers, path, problems)
    const { method, headers } = input.request ?? {}
    const request = {
      host: url.host,
      path: url.path,
      ...(method !== undefined && { method }),
      ...(headers !== undefined && { headers }),
    }
    const asked = controllers.map((controller) => askedFor(controller, url, { method, headers }))
    return { to, port: url.port, request: { scheme: url.scheme, request, controllers: asked } }
  }

  /** Names that are looked up meet who has their addresses; others that nobody knows meet who has rules for them. */
  #placeOf(url: RequestUrl): CalledPlace {
    const { host, text } = url
    const at = (known: readonly string[]) =>
      this.#controllers.filter(({ addresses }) => addresses.some((address) => known.includes(address)))
    const literal = addressOf(host)
    if (literal === undefined && this.#dns !== undefined)
      return { to: text, controllers: at(this.#dns.everAddressesOf(host)) }
    this.#lookup ??= new ClusterLookup(this.#clusters)
    const known = literal === undefined ? this.#lookup.addressesOf(host).map(canonicalAddress) : [literal]
    if (known.length > 0) return { to: text, controllers: at(known) }
    const serving = this.#controllers.find(({ blueprint }) => servesHost(blueprint, host))
    return serving === undefined ? NOWHERE : { to: serving.service, controllers: [serving] }
  }

  #check(
    input: TrafficInput,
    url: RequestUrl,
    controllers: readonly CompiledController[],
    path: Path,
    problems: Problems,
  ): void {
    if (input.port !== undefined && input.port !== url.port)
      problems.refuse(
        [...path, 'port'],
        `${quote(url.text)} means port ${url.port}, "port" says ${input.port}; leave one of them out`,
      )
    if (input.load !== undefined)
      problems.refuse([...path, 'load'], 'requests to an ingress have a rate of their own; use "flowRate"')
    if (input.stream !== undefined)
      problems.refuse([...path, 'stream'], 'requests go over TCP; use "sizes", their bytes')
    for (const { ports, service, point } of controllers)
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

const NOWHERE: CalledPlace = { to: '', controllers: [] }

function askedFor(
  controller: CompiledController,
  url: RequestUrl,
  fields: Pick<RequestInput, 'method' | 'headers'>,
): AskedController {
  const { blueprint, addresses } = controller
  return {
    controller: blueprint.name,
    addresses,
    ...(url.scheme === 'https' && { tls: blueprint.tls }),
    replicas: blueprint.replicas,
    upstream: upstreamOf(controller, url, fields),
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
