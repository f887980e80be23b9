import type { Cluster, Pod, Service } from '../kubernetes/index.ts'

/**
 * What the specification says of one question, asked afresh of the cluster: for each service whether the question is about
 * it, by rule. No zone, no index, no merging. Answers are sorted texts; undefined where there is no such name.
 */
export function naiveAnswer(
  cluster: Pick<Cluster, 'services' | 'pods'>,
  question: string,
  type: 'A' | 'AAAA' | 'SRV' | 'PTR' | 'TXT' | 'CNAME',
): string[] | undefined {
  const name = question.toLowerCase()
  const all = [
    ['dns-version.cluster.local', 'TXT', '1.1.0'],
    ...cluster.services.flatMap((service) => linesOf(service, cluster.pods)),
  ]
  const isThere = all.some(([owner]) => owner === name || owner!.endsWith(`.${name}`))
  if (!isThere && !['cluster.local', 'in-addr.arpa', 'ip6.arpa'].includes(name)) return undefined
  return [
    ...new Set(all.filter(([owner, of]) => owner === name && of === type).map(([, , value]) => value!)),
  ].sort()
}

type Line = readonly [name: string, type: string, value: string]

function linesOf(service: Service, pods: readonly Pod[]): Line[] {
  const whole = `${service.name}.${service.namespace}.svc.cluster.local`
  if (service.type === 'ExternalName') return [[whole, 'CNAME', service.externalName!.toLowerCase()]]
  if (!service.isHeadless)
    return [
      ...service.clusterIps.flatMap((ip): Line[] => [
        [whole, ip.includes(':') ? 'AAAA' : 'A', ip],
        [reversed(ip), 'PTR', whole],
      ]),
      ...(service.clusterIps.length === 0 ? [] : service.ports).flatMap(({ name, protocol, port }): Line[] =>
        name === undefined
          ? []
          : [[`_${name}._${protocol.toLowerCase()}.${whole}`, 'SRV', `${port} ${whole}`]],
      ),
    ]
  return endpointsOf(service, pods).flatMap(({ ip, hostname, ports }): Line[] => {
    const own = `${hostname}.${whole}`
    const family = ip.includes(':') ? 'AAAA' : 'A'
    return [
      [whole, family, ip],
      [own, family, ip],
      [reversed(ip), 'PTR', own],
      ...ports.map(
        ({ name, protocol, port }): Line => [
          `_${name}._${protocol.toLowerCase()}.${whole}`,
          'SRV',
          `${port} ${own}`,
        ],
      ),
    ]
  })
}

function endpointsOf(service: Service, pods: readonly Pod[]) {
  const dashes = (ip: string) => ip.split(/[.:]/).join('-')
  const isNamed = ({ name }: { readonly name?: string }) => name !== undefined
  if (service.selector === undefined)
    return service.endpoints
      .filter((endpoint) => endpoint.ready)
      .map(({ address, hostname, ports }) => ({
        ip: address,
        hostname: hostname ?? dashes(address),
        ports: ports.filter(
          (port) =>
            isNamed(port) &&
            service.ports.some((each) => each.name === port.name && each.protocol === port.protocol),
        ),
      }))
  return pods
    .filter((pod) => pod.namespace === service.namespace)
    .filter((pod) => Object.entries(service.selector!).every(([key, value]) => pod.labels[key] === value))
    .filter((pod) => pod.isReady || service.publishNotReadyAddresses)
    .flatMap((pod) => {
      const isOfSubdomain = pod.subdomain === service.name
      const said = pod.template.hostname ?? pod.labels['statefulset.kubernetes.io/pod-name']
      const families = service.ipFamilies.length > 0 ? service.ipFamilies : ['IPv4']
      return pod.addresses
        .filter(
          (ip) =>
            service.ipFamilyPolicy !== 'SingleStack' || families.includes(ip.includes(':') ? 'IPv6' : 'IPv4'),
        )
        .map((ip) => ({
          ip,
          hostname: isOfSubdomain && said !== undefined ? said : dashes(ip),
          ports: service.ports.filter(isNamed).flatMap(({ name, protocol, targetPort }) => {
            const number =
              typeof targetPort === 'number'
                ? targetPort
                : pod.template.ports.find((each) => each.name === targetPort && each.protocol === protocol)
                    ?.port
            return number === undefined ? [] : [{ name, protocol, port: number }]
          }),
        }))
    })
}

/** By hand: each address of these tests is written with eight groups or as four octets. */
function reversed(ip: string): string {
  if (!ip.includes(':')) return `${ip.split('.').reverse().join('.')}.in-addr.arpa`
  const [head, tail] = ip.split('::') as [string, string]
  const middle = 8 - head.split(':').length - tail.split(':').length
  const groups = [...head.split(':'), ...new Array<string>(middle).fill('0'), ...tail.split(':')]
  const digits = groups.flatMap((group) => [...group.padStart(4, '0')])
  return `${digits.reverse().join('.')}.ip6.arpa`
}
