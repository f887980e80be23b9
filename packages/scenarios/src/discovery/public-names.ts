import { SECOND } from '@weft/core'
import {
  type DnsName,
  dnsName,
  isStarInside,
  isWithin,
  nameRefusal,
  type Records,
  TTL_SECONDS_MAX,
  type ZoneBlueprint,
} from '@weft/fabric'
import type { Cluster, ClusterIngress, Service } from '../kubernetes/index.ts'
import { addressRefusal } from '../kubernetes/schema/addresses.ts'
import { assignedName, HeadlessEndpoints, type NamedEndpoint, type PodState } from './endpoints.ts'
import { mergeRecords } from './merge-records.ts'
import { addressRecords } from './service-records.ts'

const PREFIX = 'external-dns.alpha.kubernetes.io'
const HOSTNAME = `${PREFIX}/hostname`
/** Whoever else writes records is named by this annotation; without it, or with this value, external-dns does. */
const CONTROLLER = 'dns-controller'
/** What providers of external-dns set where no annotation does. */
export const PUBLIC_TTL_SECONDS = 300

/** An object that asks for public names. */
export interface PublicSource {
  /** `Service shop/front`. */
  readonly object: string
  readonly annotations: Readonly<Record<string, string>>
  /** Names that it has besides those of its annotation: hosts of an Ingress's rules and certificates. */
  readonly hosts: readonly string[]
  /** What the names stand for: addresses, or other names. */
  readonly targets: readonly string[]
}

/** A name that was asked for and is not published. */
export interface UnpublishedName {
  readonly object: string
  readonly hostname: string
  readonly message: string
}

export interface PublicNames {
  readonly zones: readonly ZoneBlueprint[]
  readonly unpublished: readonly UnpublishedName[]
}

export interface PublicNamesOptions {
  /** Zones that are ours to write in. Default: the root, so that every name is. */
  readonly origins?: readonly string[]
  /** Where no annotation says. Default 300. */
  readonly ttlSeconds?: number
}

/** What is not in manifests: addresses that load balancers have, where pods are and how they fare. */
export interface PublicServicesOptions extends Partial<PodState> {
  readonly loadBalancerIpsOf?: (service: Service) => readonly string[]
}

/** Services that ask for public names; headless ones for their ready pods, and for each that has a host name. */
export function publicServices(
  cluster: Pick<Cluster, 'services' | 'pods'>,
  {
    loadBalancerIpsOf = ({ loadBalancerIps }) => loadBalancerIps,
    addressesOf = ({ addresses }) => addresses,
    isReady = (pod) => pod.isReady,
  }: PublicServicesOptions = {},
): PublicSource[] {
  const endpoints = new HeadlessEndpoints(cluster, { addressesOf, isReady })
  const targetsOf = (service: Service): readonly string[] => {
    const { type, externalIps, externalName, loadBalancerHostnames } = service
    if (type !== 'LoadBalancer' && type !== 'ExternalName') return []
    if (externalIps.length > 0) return externalIps
    return externalName === undefined
      ? [...loadBalancerIpsOf(service), ...loadBalancerHostnames]
      : [externalName]
  }
  return cluster.services
    .filter(({ annotations }) => annotations[HOSTNAME] !== undefined)
    .flatMap((service) =>
      service.isHeadless && service.type !== 'ExternalName'
        ? headlessSources(service, endpoints.of(service))
        : [{ ...sourceOf(service), targets: targetsOf(service) }],
    )
}

const sourceOf = ({ id, annotations }: Service) => ({ object: `Service ${id}`, annotations, hosts: [] })

function headlessSources(service: Service, endpoints: readonly NamedEndpoint[]): PublicSource[] {
  const { [HOSTNAME]: names, ...annotations } = service.annotations
  const named = endpoints.filter(({ address, hostname }) => hostname !== assignedName(address))
  return [
    { ...sourceOf(service), targets: endpoints.map(({ address }) => address) },
    ...named.map(({ address, hostname }) => ({
      ...sourceOf(service),
      annotations,
      hosts: listOf(names).map((name) => `${hostname}.${name}`),
      targets: [address],
    })),
  ]
}

/** Objects behind ingress controllers and gateways: their hosts, and what their annotations say. */
export function publicIngresses(
  { ingresses }: Pick<Cluster, 'ingresses'>,
  addressesOf: (ingress: ClusterIngress) => readonly string[] = ({ addresses }) => addresses,
): PublicSource[] {
  return ingresses.flatMap((ingress) =>
    ingress.hosted.map((each) => ({ ...each, targets: addressesOf(ingress) })),
  )
}

/**
 * Public records that objects ask for by the annotations of external-dns: `hostname` (several with commas between),
 * `ttl` (seconds, or a duration as `1h30m`), `target` in place of the object's own.
 */
export function publicNames(
  sources: readonly PublicSource[],
  { origins = ['.'], ttlSeconds = PUBLIC_TTL_SECONDS }: PublicNamesOptions = {},
): PublicNames {
  const unpublished: UnpublishedName[] = []
  const byOrigin = new Map(origins.map((origin) => [dnsName(origin), [] as Asked[]]))
  for (const source of sources.filter(isOurs)) {
    const ttlPs = (ttlOf(source) ?? ttlSeconds) * SECOND
    const targets = listOf(source.annotations[`${PREFIX}/target`])
    const asked = { object: source.object, ttlPs, targets: targets.length > 0 ? targets : source.targets }
    for (const hostname of hostnamesOf(source)) {
      const origin = originOf(hostname, [...byOrigin.keys()])
      const message = refusalOf(hostname, asked.targets, origin)
      if (message === undefined) byOrigin.get(origin!)!.push({ ...asked, hostname: dnsName(hostname) })
      else unpublished.push({ object: source.object, hostname, message })
    }
  }
  const zones = [...byOrigin].map(([origin, asked]) => ({
    origin,
    soa: { ttlPs: ttlSeconds * SECOND, minimumPs: ttlSeconds * SECOND },
    records: mergeRecords(settled(asked, unpublished).flatMap(recordsFor)),
  }))
  return { zones, unpublished }
}

interface Asked {
  readonly object: string
  readonly hostname: string
  readonly ttlPs: number
  readonly targets: readonly string[]
}

const isOurs = ({ annotations }: PublicSource): boolean =>
  (annotations[`${PREFIX}/controller`] ?? CONTROLLER) === CONTROLLER

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

const hostnamesOf = ({ annotations, hosts }: PublicSource): string[] => [
  ...new Set([...listOf(annotations[HOSTNAME]), ...hosts]),
]

const isAddress = (target: string): boolean => target.includes(':') || /^\d+(\.\d+){3}$/.test(target)

function refusalOf(
  hostname: string,
  targets: readonly string[],
  origin: DnsName | undefined,
): string | undefined {
  const refusal = nameRefusal(hostname)
  if (refusal !== undefined) return refusal
  if (isStarInside(hostname)) return 'a star stands for names only as the first label'
  if (origin === undefined) return 'it is in none of the zones that are written'
  if (targets.length === 0) return 'it has no public address: no load balancer, and no annotation "target"'
  if (dnsName(hostname) === origin && !targets.some(isAddress))
    return 'it is the top of a zone, which cannot stand for another name'
  return targets.map(targetRefusal).find((each) => each !== undefined)
}

const targetRefusal = (target: string): string | undefined =>
  isAddress(target) ? addressRefusal(target) : nameRefusal(target)

/** The zone with the longest name that this one is in. */
function originOf(hostname: string, origins: readonly DnsName[]): DnsName | undefined {
  if (nameRefusal(hostname) !== undefined) return undefined
  const name = dnsName(hostname)
  return origins.filter((origin) => isWithin(name, origin)).sort((a, b) => b.length - a.length)[0]
}

/** A name with addresses is no alias too, and an alias stands for one name: others go, as external-dns settles it. */
function settled(asked: readonly Asked[], unpublished: UnpublishedName[]): Asked[] {
  const addressed = new Set<string>()
  const alias = new Map<string, string>()
  for (const { hostname, targets } of asked) {
    if (targets.some(isAddress)) addressed.add(hostname)
    for (const target of targets.filter((each) => !isAddress(each))) {
      const known = alias.get(hostname)
      if (known === undefined || target < known) alias.set(hostname, target)
    }
  }
  return asked.map((each) => {
    const { object, hostname } = each
    const targets = each.targets.filter((target) => {
      if (isAddress(target)) return true
      const isKept = !addressed.has(hostname) && alias.get(hostname) === target
      const message = addressed.has(hostname)
        ? `it has addresses, so that it cannot stand for ${target} too`
        : `it stands for ${alias.get(hostname)} already, so that it cannot stand for ${target} too`
      if (!isKept) unpublished.push({ object, hostname, message })
      return isKept
    })
    return { ...each, targets }
  })
}

function recordsFor({ hostname, ttlPs, targets }: Asked): Records[] {
  const aliases = targets.filter((each) => !isAddress(each))
  return [
    ...addressRecords(hostname, targets.filter(isAddress), ttlPs),
    ...aliases.map((target): Records => ({ name: hostname, type: 'CNAME', ttlPs, values: [target] })),
  ]
}

const UNIT_SECONDS = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 }

/** Whole seconds, 1 to 2^31 - 1; undefined where the annotation is missing, or no such time. */
function ttlOf({ annotations }: PublicSource): number | undefined {
  const text = annotations[`${PREFIX}/ttl`] ?? ''
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(h|ms|m|us|µs|ns|s)/g)]
  const isDuration = text !== '' && parts.map(([part]) => part).join('') === text
  const seconds = /^\d+$/.test(text)
    ? Number(text)
    : isDuration
      ? parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNIT_SECONDS[unit as 's'], 0)
      : 0
  const whole = Math.floor(seconds + 1e-9)
  return whole >= 1 && whole <= TTL_SECONDS_MAX ? whole : undefined
}
