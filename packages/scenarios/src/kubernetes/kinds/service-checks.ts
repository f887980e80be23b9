import { dnsSubdomainRefusal } from '../api-names.ts'
import { familyOf } from '../schema/addresses.ts'
import type { Report } from './kind.ts'
import type { ServiceSpecInput } from './service.ts'

/** What one field of a service says about another. Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go. */
export function checkService(spec: ServiceSpecInput, report: Report): void {
  const { type = 'ClusterIP', ports = [], clusterIP = '', clusterIPs = [] } = spec
  const isHeadless = (clusterIPs[0] ?? clusterIP) === 'None'
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName')
    report.refuse(
      ['spec', 'ports'],
      'a service has at least one port, but where it is headless or an ExternalName',
    )
  if (isHeadless && (type === 'NodePort' || type === 'LoadBalancer'))
    report.refuse(
      ['spec', 'clusterIP'],
      `a ${type} service has a cluster IP; "None" is for headless services of type ClusterIP`,
    )
  if (type === 'ExternalName') checkExternalName(spec, report)
  checkPorts(spec, report)
  checkAffinity(spec, report)
  checkFamilies(spec, report)
  checkOutside(spec, report)
}

function checkExternalName(
  { externalName = '', clusterIP = '', ipFamilies, ipFamilyPolicy }: ServiceSpecInput,
  report: Report,
): void {
  const name = externalName.replace(/\.$/, '')
  if (name === '')
    report.refuse(
      ['spec', 'externalName'],
      'missing key "externalName" in spec; an ExternalName service stands for that name',
    )
  else {
    const refusal = dnsSubdomainRefusal(name, 'a host name')
    if (refusal !== undefined) report.refuse(['spec', 'externalName'], refusal)
  }
  const forbidden = { clusterIP: clusterIP || undefined, ipFamilies, ipFamilyPolicy }
  for (const [key, value] of Object.entries(forbidden)) {
    if (value !== undefined) report.refuse(['spec', key], `an ExternalName service has no ${key}; remove it`)
  }
}

function checkPorts({ type = 'ClusterIP', ports = [] }: ServiceSpecInput, report: Report): void {
  const names = new Set<string>()
  const numbers = new Set<string>()
  const nodePorts = new Set<string>()
  for (const [index, { name = '', protocol = 'TCP', port, nodePort = 0 }] of ports.entries()) {
    const path = ['spec', 'ports', index]
    if (name === '' && ports.length > 1)
      report.refuse([...path, 'name'], 'missing key "name"; each of several ports has one')
    if (name !== '' && names.has(name))
      report.refuse([...path, 'name'], `another port is called ${JSON.stringify(name)} too`)
    if (numbers.has(`${protocol} ${port}`))
      report.refuse(path, `another port is ${port} over ${protocol} too`)
    names.add(name)
    numbers.add(`${protocol} ${port}`)
    if (nodePort === 0) continue
    if (type === 'ClusterIP' || type === 'ExternalName')
      report.refuse(
        [...path, 'nodePort'],
        `a ${type} service has no nodePort; make its type NodePort or LoadBalancer`,
      )
    if (nodePorts.has(`${protocol} ${nodePort}`))
      report.refuse([...path, 'nodePort'], `another port has the nodePort ${nodePort} too`)
    nodePorts.add(`${protocol} ${nodePort}`)
    if (nodePort < 30_000 || nodePort > 32_767)
      report.warn(
        [...path, 'nodePort'],
        `${nodePort} is outside 30000 to 32767, the node ports of a cluster by default`,
      )
  }
}

function checkAffinity(
  { sessionAffinity = 'None', sessionAffinityConfig }: ServiceSpecInput,
  report: Report,
): void {
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined)
    report.refuse(['spec', 'sessionAffinityConfig'], 'sessionAffinityConfig is for sessionAffinity: ClientIP')
}

function checkFamilies(spec: ServiceSpecInput, report: Report): void {
  const { clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec
  const path = ['spec', 'clusterIPs']
  if (clusterIP !== '' && clusterIPs.length > 0 && clusterIPs[0] !== clusterIP)
    report.refuse([...path, 0], `the first of clusterIPs is clusterIP, ${clusterIP}; got ${clusterIPs[0]}`)
  if (clusterIPs.length > 2)
    report.refuse(path, `a service has at most two cluster IPs, one of each family; got ${clusterIPs.length}`)
  if (clusterIPs.length > 1 && clusterIPs.includes('None')) report.refuse(path, '"None" stands alone')
  const given = clusterIPs.length > 0 ? clusterIPs : clusterIP === '' ? [] : [clusterIP]
  const families = given.filter((each) => each !== 'None' && each !== '').map(familyOf)
  if (families.length === 2 && families[0] === families[1])
    report.refuse([...path, 1], `both cluster IPs are ${families[0]}; a service has one of each family`)
  if (ipFamilies.length === 2 && ipFamilies[0] === ipFamilies[1])
    report.refuse(['spec', 'ipFamilies', 1], `${ipFamilies[0]} stands twice`)
  for (const [index, family] of families.entries()) {
    const wanted = ipFamilies[index]
    if (wanted !== undefined && wanted !== family)
      report.refuse(
        ['spec', 'ipFamilies', index],
        `the cluster IP ${given[index]} is ${family}; got ${wanted}`,
      )
  }
  if (ipFamilyPolicy === 'SingleStack' && Math.max(families.length, ipFamilies.length) > 1)
    report.refuse(
      ['spec', 'ipFamilyPolicy'],
      'SingleStack has one family; expected PreferDualStack or RequireDualStack',
    )
}

/** Fields for traffic from outside. */
function checkOutside(spec: ServiceSpecInput, report: Report): void {
  const { type = 'ClusterIP', externalTrafficPolicy, externalIPs = [] } = spec
  const isBalancer = type === 'LoadBalancer'
  if (externalTrafficPolicy !== undefined && !isBalancer && type !== 'NodePort' && externalIPs.length === 0)
    report.refuse(
      ['spec', 'externalTrafficPolicy'],
      `a ${type} service has no externalTrafficPolicy; it is for NodePort, LoadBalancer and externalIPs`,
    )
  if (spec.healthCheckNodePort && !(isBalancer && externalTrafficPolicy === 'Local'))
    report.refuse(
      ['spec', 'healthCheckNodePort'],
      'healthCheckNodePort is for type LoadBalancer with externalTrafficPolicy Local',
    )
  if (isBalancer) return
  const hasRanges = (spec.loadBalancerSourceRanges ?? []).length > 0
  const hasNodePorts = spec.allocateLoadBalancerNodePorts !== undefined
  if (hasRanges)
    report.refuse(
      ['spec', 'loadBalancerSourceRanges'],
      `loadBalancerSourceRanges is for type LoadBalancer; got ${type}`,
    )
  if (hasNodePorts)
    report.refuse(
      ['spec', 'allocateLoadBalancerNodePorts'],
      `allocateLoadBalancerNodePorts is for type LoadBalancer; got ${type}`,
    )
}
