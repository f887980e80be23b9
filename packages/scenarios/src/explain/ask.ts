import { ConfigError, type Issue, parseDuration } from '@weft/core'
import { PROTOCOL_TCP, PROTOCOL_UDP, type ServiceBlueprint } from '@weft/fabric'
import { HostIndex } from '../compile/hosts.ts'
import { Problems } from '../compile/problems.ts'
import { FLOW_HORIZON_PS } from '../schema/quantity.ts'
import { type Endpoint, type ExplainQuestion, type Explanation, explain, findEndpoint } from './explain.ts'
import { networkAt, type PlayedScenario } from './network-at.ts'
import { serviceEndpoint, serviceNamed, serviceNames } from './service-names.ts'
import { workloadNames } from './workload-names.ts'

/** A question in the user's words. */
export interface ExplainRequest {
  /** A host's name, or one of its addresses. */
  readonly from: string
  readonly to: string
  /** Default tcp. */
  readonly protocol?: 'tcp' | 'udp'
  /** Destination port, 1 to 65535. Default 80. */
  readonly port?: number
  /** Without it the hash is unknown, and every member of every ECMP group is followed. */
  readonly sourcePort?: number
  /** After the failures and repairs up to then, such as `2.5ms`. Default: the beginning. */
  readonly at?: string
}

const DEFAULT_PORT = 80

/** Where a packet goes and why. Throws a ConfigError with the paths of what is wrong in the question. */
export function askExplain(scenario: PlayedScenario, request: ExplainRequest): Explanation {
  return explain(scenario, questionOf(scenario, request))
}

/** Names and units looked up; refuses unknown hosts, hosts without a common address family, ports out of range. */
export function questionOf(scenario: PlayedScenario, request: ExplainRequest): ExplainQuestion {
  const { from, to, protocol = 'tcp', port = DEFAULT_PORT, sourcePort, at = '0s' } = request
  const instant = parseDuration(at, { max: FLOW_HORIZON_PS, maxReason: 'no clock goes on for longer' })
  const issues: Issue[] = [...portIssues('port', port), ...portIssues('sourcePort', sourcePort)]
  if (!instant.ok) issues.push({ path: ['at'], message: instant.message })
  const [sender, receiver] = endpointsOf(scenario, { from, to, protocol, port }, issues)
  if (issues.length > 0 || !instant.ok || sender === undefined || receiver === undefined)
    throw new ConfigError(issues)
  const known = { from: sender, to: receiver, protocol, port, atPs: instant.value }
  return sourcePort === undefined ? known : { ...known, sourcePort }
}

function portIssues(name: string, port: number | undefined): Issue[] {
  if (port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65_535)) return []
  return [{ path: [name], message: `${port} is no port; expected a whole number from 1 to 65535` }]
}

/** Both ends, of one address family; IPv4 first where names leave the choice. */
function endpointsOf(
  scenario: PlayedScenario,
  { from, to, protocol, port }: Required<Pick<ExplainRequest, 'from' | 'to' | 'protocol' | 'port'>>,
  issues: Issue[],
): Endpoint[] {
  const { network } = networkAt(scenario, 0)
  const clusters = scenario.clusters ?? []
  const names = workloadNames(clusters)
  const called = { protocol: protocol === 'tcp' ? PROTOCOL_TCP : PROTOCOL_UDP, port }
  const find = (name: string, family: 'ipv4' | 'ipv6') =>
    findEndpoint(network, names.get(name) ?? name, family)
  const families = [from, to].some((name) => name.includes(':'))
    ? (['ipv6'] as const)
    : (['ipv4', 'ipv6'] as const)
  for (const family of families) {
    const sender = find(from, family)
    const receiver = serviceEndpoint(clusters, to, { ...called, family }) ?? find(to, family)
    if (sender === undefined || receiver === undefined) continue
    if (sender.host !== receiver.host) return [sender, receiver]
    issues.push({ path: ['to'], message: `${receiver.host} is the sender itself; name another host` })
    return []
  }
  const hosts = new HostIndex(scenario.blueprint.network)
  const problems = new Problems()
  const unknown = (name: string) => families.every((family) => find(name, family) === undefined)
  const before = issues.length
  const service = serviceNamed(clusters, to)
  if (service !== undefined && unknown(to)) {
    issues.push({ path: ['to'], message: noSuchPort(service, protocol, port) })
  }
  for (const [path, name] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (!unknown(name) || (path === 'to' && service !== undefined)) continue
    const message =
      names.size === 0
        ? hosts.unknownHost(name, problems)
        : problems.unknownName(
            'workload or host',
            name,
            [...names.keys(), ...serviceNames(clusters), ...hosts.names],
            'expected namespace/name',
          )
    issues.push({ path: [path], message })
  }
  if (issues.length === before) {
    issues.push({ path: ['to'], message: `${from} and ${to} have no addresses of one family` })
  }
  return []
}

function noSuchPort({ name, ports }: ServiceBlueprint, protocol: string, port: number): string {
  const own = ports.map(
    (each) =>
      `${each.protocol === PROTOCOL_TCP ? 'tcp' : each.protocol === PROTOCOL_UDP ? 'udp' : 'sctp'} ${each.port}`,
  )
  return `service ${name} has no ${protocol} port ${port}; it has ${own.join(', ') || 'none'}`
}
