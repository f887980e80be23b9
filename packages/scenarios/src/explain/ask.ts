import { ConfigError, type Issue, parseDuration } from '@weft/core'
import { claimedTwice } from '../compile/ingress/meant-controller.ts'
import { requestUrl, type RequestUrl } from '../compile/ingress/request-url.ts'
import { FLOW_HORIZON_PS } from '../schema/quantity.ts'
import { type Explanation, explain, type ExplainQuestion, unresolved } from './explain.ts'
import { explainRequest } from './explain-request.ts'
import { type Family, EndFinder } from './find-ends.ts'
import { networkAt, type PlayedScenario } from './network-at.ts'
import type { TransportName } from './protocols.ts'
import { srvProtocol } from './srv.ts'

/** A question in the user's words. */
export interface ExplainRequest {
  /** A host, a workload or a pod by name, or one of its addresses. */
  readonly from: string
  /** The same, or a service, a name that the sender looks up, `_port._protocol.name` too, any address, or a URL of HTTP. */
  readonly to: string
  /** Default what the receiver's name says, else tcp. */
  readonly protocol?: TransportName
  /** Destination port, 1 to 65535. Default a URL's or an SRV record's, else 80. */
  readonly port?: number
  /** Of addresses where names stand for several. Default the first that both ends have, IPv4 before IPv6. */
  readonly family?: Family
  /** Without it the hash is unknown, and every member of every ECMP group is followed. */
  readonly sourcePort?: number
  /** After the failures and repairs up to then, such as `2.5ms`. Default: the beginning. */
  readonly at?: string
}

const DEFAULT_PORT = 80

/** Where a packet goes and why. Throws a ConfigError with the paths of what is wrong in the question. */
export function askExplain(scenario: PlayedScenario, request: ExplainRequest): Explanation {
  const url = requestUrl(request.to)
  const claiming = url === undefined ? [] : (scenario.claims?.clustersOf(url.host) ?? [])
  if (claiming.length > 1)
    throw new ConfigError([{ path: ['to'], message: claimedTwice(url!.host, claiming) }])
  const { question, resolution, notes, cluster } = questionOf(
    scenario,
    url === undefined ? withoutPort(request) : calledBy(url, request),
  )
  const isKnown = resolution === null || question.to.address !== ''
  const explanation = isKnown ? explain(scenario, question) : unresolved(question, resolution)
  const instant = { cluster, seed: scenario.blueprint.seed, atPs: question.atPs }
  const asked = url && explainRequest(scenario.controllers ?? [], url, question.to.address, instant)
  return { ...explanation, notes, resolution, request: asked ?? null }
}

/** The packet that opens a connection for a request. */
function calledBy(url: RequestUrl, request: ExplainRequest): ExplainRequest {
  const { protocol = 'tcp', port = url.port } = request
  if (protocol !== 'tcp')
    throw new ConfigError([{ path: ['protocol'], message: `${url.text} is asked for over tcp` }])
  if (port !== url.port)
    throw new ConfigError([
      { path: ['port'], message: `${url.text} means port ${url.port}; leave one of them out` },
    ])
  return { ...request, to: url.host, port }
}

/** A port stands beside a name, not in it. */
function withoutPort(request: ExplainRequest): ExplainRequest {
  const [, name, port] = /^([^:]+):(\d+)$/.exec(request.to) ?? []
  if (port === undefined) return request
  const message = `${request.to} has a port in it; ask for ${name} and give port ${port} by itself`
  throw new ConfigError([{ path: ['to'], message }])
}

interface AskedQuestion extends Pick<Explanation, 'resolution' | 'notes'> {
  readonly question: ExplainQuestion
  /** The sender's. */
  readonly cluster: string | undefined
}

/** Names and units looked up; refuses unknown hosts, hosts without a common address family, ports out of range. */
function questionOf(scenario: PlayedScenario, request: ExplainRequest): AskedQuestion {
  const { from, to, port = DEFAULT_PORT, sourcePort, family, at = '0s' } = request
  const said = srvProtocol(to)
  const protocol = request.protocol ?? said ?? 'tcp'
  const instant = parseDuration(at, { max: FLOW_HORIZON_PS, maxReason: 'no clock goes on for longer' })
  const issues: Issue[] = [...portIssues('port', port), ...portIssues('sourcePort', sourcePort)]
  if (said !== undefined && said !== protocol)
    issues.push({ path: ['protocol'], message: `${to} means ${said}; leave one of them out` })
  if (!instant.ok) issues.push({ path: ['at'], message: instant.message })
  const atPs = instant.ok ? instant.value : 0
  const finder = new EndFinder(scenario, networkAt(scenario, atPs), atPs, (key, message) =>
    issues.push({ path: [key], message }),
  )
  const ends = finder.find({ from, to, protocol, port, ...(family !== undefined && { family }) })
  const offered = ends?.resolution?.offer?.port
  if (offered !== undefined && port !== offered && request.port !== undefined)
    issues.push({ path: ['port'], message: `SRV records of ${to} say port ${offered}; leave it out` })
  if (issues.length > 0 || !instant.ok || ends === undefined) throw new ConfigError(issues)
  const { resolution, notes, ...endpoints } = ends
  const known = { ...endpoints, protocol, port: offered ?? port, atPs }
  const cluster = finder.clusterOf(endpoints.from.host)
  return { question: sourcePort === undefined ? known : { ...known, sourcePort }, resolution, notes, cluster }
}

function portIssues(name: string, port: number | undefined): Issue[] {
  if (port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65_535)) return []
  return [{ path: [name], message: `${port} is no port; expected a whole number from 1 to 65535` }]
}
