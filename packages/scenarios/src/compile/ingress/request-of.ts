import { canonicalAddress, type RequestBlueprint } from '@weft/fabric'
import type { TrafficInput } from '../../schema/traffic.ts'
import { addressOf } from '../traffic/called-url.ts'
import type { Callers } from '../traffic/called-services.ts'
import { ClusterLookup } from '../clusters/cluster-lookup.ts'
import type { ScenarioDns } from '../dns/compile-dns.ts'
import type { PublicClaims } from '../dns/published-names.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'
import { askedFor } from './asked-for.ts'
import type { CompiledController } from './compile-ingress.ts'
import { claimedTwice, isMeant } from './meant-controller.ts'
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

/** What a scenario has beside its controllers that says whom a URL means. */
export interface IngressNames {
  readonly clusters: readonly CompiledCluster[]
  readonly claims: PublicClaims
  /** Where names are looked up while the network runs. */
  readonly dns: ScenarioDns | undefined
}

/** Which of a scenario's URLs lead to ingress controllers. */
export class IngressIndex {
  readonly #controllers: readonly CompiledController[]
  readonly #names: IngressNames
  #lookup: ClusterLookup | undefined

  constructor(controllers: readonly CompiledController[], names: IngressNames) {
    this.#controllers = controllers
    this.#names = names
  }

  /** Undefined for traffic to anything else, and where it was refused. `callersOf`: who calls. */
  requestOf(
    input: TrafficInput,
    callersOf: () => Callers,
    path: Path,
    problems: Problems,
  ): CalledIngress | undefined {
    const url = typeof input.to === 'string' ? requestUrl(input.to) : undefined
    const callers = url === undefined || this.#controllers.length === 0 ? NOBODY : callersOf().clusters
    const { to, controllers } =
      url === undefined ? NOWHERE : this.#placeOf(url, callers, [...path, 'to'], problems)
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
    const asked = controllers.map((controller) => {
      const addresses = controller.addresses.filter((address) =>
        callers.some((cluster) => isMeant(controller, address, cluster)),
      )
      return askedFor(controller, addresses, url, { method, headers })
    })
    return { to, port: url.port, request: { scheme: url.scheme, request, controllers: asked } }
  }

  /** Names that are looked up meet who has their addresses; others that nobody knows meet who has rules for them. */
  #placeOf(url: RequestUrl, callers: Callers['clusters'], path: Path, problems: Problems): CalledPlace {
    const { host, text } = url
    const literal = addressOf(host)
    const asked = callers.map((cluster) => ({ cluster, known: this.#known(host, literal, cluster) }))
    const { dns, claims } = this.#names
    const claiming = literal === undefined ? claims.clustersOf(host) : []
    if ((literal === undefined && dns !== undefined) || asked.some(({ known }) => known.length > 0)) {
      const controllers = this.#controllersAt(asked, host, path, problems)
      if (controllers.length > 0 && claiming.length > 1) this.#refuseClaimed(host, claiming, path, problems)
      return { to: text, controllers }
    }
    const serving = this.#controllers.filter(({ blueprint }) => servesHost(blueprint, host))
    const clusters = claiming.length > 0 ? claiming : [...new Set(serving.map(({ cluster }) => cluster))]
    if (clusters.length > 1) this.#refuseClaimed(host, clusters, path, problems)
    const meant = serving.find(({ cluster }) => cluster === clusters[0]) ?? serving[0]
    return meant === undefined ? NOWHERE : { to: meant.service, controllers: [meant] }
  }

  /** What a host stands for to those in a cluster, from the start or later. */
  #known(host: string, literal: string | undefined, cluster: string | undefined): readonly string[] {
    if (literal !== undefined) return [literal]
    const { clusters, dns } = this.#names
    if (dns !== undefined) return dns.everAddressesTo(cluster, host)
    this.#lookup ??= new ClusterLookup(clusters)
    return this.#lookup.addressesOf(host, cluster).map(canonicalAddress)
  }

  /** Refuses addresses that mean different things to those who call. */
  #controllersAt(
    asked: readonly { readonly cluster: string | undefined; readonly known: readonly string[] }[],
    host: string,
    path: Path,
    problems: Problems,
  ): CompiledController[] {
    const met = new Map<string, Set<CompiledController | undefined>>()
    for (const { cluster, known } of asked)
      for (const address of known) {
        const at = met.get(address) ?? new Set()
        met.set(address, at)
        const there = this.#controllers.filter((each) => isMeant(each, address, cluster))
        for (const each of there.length === 0 ? [undefined] : there) at.add(each)
      }
    const isFromNone = asked.some(({ cluster }) => cluster === undefined)
    const hint = isFromNone ? 'let it stand for a public address' : 'make it an entry for each'
    for (const [address, at] of met)
      if (new Set([...at].map((each) => each?.cluster)).size > 1) {
        const names = [...at].map((each) => each?.blueprint.name ?? 'another service')
        problems.refuse(
          path,
          `${quote(host)} leads to ${address}, which is ${list(names, 'or')} by the cluster of who asks; ${hint}`,
        )
      }
    return this.#controllers.filter((each) => [...met.values()].some((at) => at.has(each)))
  }

  #refuseClaimed(host: string, clusters: readonly string[], path: Path, problems: Problems): void {
    const [example] = this.#controllers.filter(({ cluster }) => cluster === clusters[0])
    problems.refuse(path, claimedTwice(host, clusters, example?.service))
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
const NOBODY: Callers['clusters'] = []
