import { printPercent, SECOND } from '@weft/core'
import {
  type NetworkBlueprint,
  type OfferedBlueprint,
  OWN_ANSWER_BYTES,
  type PairsBlueprint,
  rateCurve,
  senderFlowsPerSecond,
  servicePort,
  sortedByName,
  type TrafficBlueprint,
} from '@weft/fabric'
import { withSuccessors } from '../../life/successor-senders.ts'
import type { TrafficInput } from '../../schema/traffic.ts'
import type { Callers } from './called-services.ts'
import { CLOCKS } from '../clocks.ts'
import type { ScenarioDns } from '../dns/compile-dns.ts'
import { LIMITS } from '../defaults.ts'
import { HostIndex } from '../selectors/hosts.ts'
import { compileOffered } from './offered.ts'
import type { IngressIndex } from '../ingress/request-of.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { type CompiledPairs, compilePairs, type PairsFound } from './pairs.ts'
import { counted, type Path, Problems, quote } from '../problems.ts'
import type { RunPlan } from '../run.ts'
import { ReceiverIndex } from './receivers.ts'
import { compileTransport } from './transport.ts'

/** The traffic, sorted by name so that the order of writing never matters. */
export function compileTraffic(
  inputs: readonly TrafficInput[],
  network: NetworkBlueprint,
  clusters: readonly CompiledCluster[],
  { ingress, dns }: { readonly ingress: IngressIndex; readonly dns: ScenarioDns | undefined },
  run: RunPlan,
  problems: Problems,
): TrafficBlueprint[] {
  if (inputs.length === 0) return []
  const hosts = new HostIndex(network)
  const receivers = new ReceiverIndex(network, hosts, clusters, dns)
  const firstIndex = new Map<string, number>()
  const compiled: TrafficBlueprint[] = []
  inputs.forEach((input, index) => {
    const path = ['traffic', index]
    const name = input.name ?? `traffic-${index + 1}`
    const first = firstIndex.get(name)
    if (first !== undefined)
      problems.refuse(
        [...path, 'name'],
        `duplicate traffic name ${quote(name)}; traffic[${first}] has it already`,
      )
    else firstIndex.set(name, index)
    const traffic = compileEntry(name, input, { hosts, receivers, ingress }, run, path, problems)
    if (traffic === undefined) return
    checkLoad(traffic, hosts, run, path, problems)
    checkMarking(traffic, network, receivers, path, problems)
    compiled.push(withSuccessors(traffic, network))
  })
  const sorted = sortedByName(compiled)
  checkPorts(sorted, inputs, problems)
  return sorted
}

/** Two kinds of traffic share a port of hosts only where these cannot tell them apart; behind a service each has its own. */
function checkPorts(
  traffic: readonly TrafficBlueprint[],
  inputs: readonly TrafficInput[],
  problems: Problems,
): void {
  const byPort = new Map<string, TrafficBlueprint>()
  for (const [index, each] of traffic.entries()) {
    if (!('hosts' in each.pairs || 'to' in each.pairs)) continue
    const { kind } = each.transport
    const port = servicePort(each, index)
    const other = byPort.get(`${kind} ${port}`)
    byPort.set(`${kind} ${port}`, other ?? each)
    if (other === undefined || (kind === 'tcp' && isAlike(other.transport, each.transport))) continue
    const at = inputs.findIndex(({ name }, i) => (name ?? `traffic-${i + 1}`) === each.name)
    const stated = inputs[at]?.port === undefined ? [] : ['port']
    problems.refuse(
      ['traffic', at, ...stated],
      `${quote(each.name)} goes to ${kind} port ${port}, as ${quote(other.name)} does by another transport; give one of them another port`,
    )
  }
}

const isAlike = (a: TrafficBlueprint['transport'], b: TrafficBlueprint['transport']): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** Whom traffic may go to. */
interface Parties {
  readonly hosts: HostIndex
  readonly receivers: ReceiverIndex
  readonly ingress: IngressIndex
}

function compileEntry(
  name: string,
  input: TrafficInput,
  { hosts, receivers, ingress }: Parties,
  run: RunPlan,
  path: Path,
  problems: Problems,
): TrafficBlueprint | undefined {
  const asked = ingress.requestOf(input, () => callersOf(input, receivers), path, problems)
  const called = asked === undefined ? input : { ...input, to: asked.to, port: asked.port }
  const compiled = compilePairs(called, hosts, receivers, path, problems)
  const offered = compileOffered(input, run, path, problems)
  const usual = input.stream === undefined ? 'newreno' : 'udp'
  const transport = compileTransport(input.transport ?? usual, [...path, 'transport'], problems)
  if (input.stream !== undefined && transport.kind !== 'udp') {
    problems.refuse([...path, 'transport'], 'a stream goes over udp; remove "transport"')
  }
  if (input.stream === undefined && transport.kind === 'udp') {
    problems.refuse([...path, 'transport'], 'udp carries a "stream" alone; flows need newreno or dctcp')
  }
  if (run.clock === 'steady' && compiled?.pairs.kind === 'to-service' && compiled.pairs.service.isPooled)
    problems.refuse(
      [...path, input.flows === undefined ? 'to' : 'flows'],
      'mappings of a NAT last as long as packets keep them, and the steady clock has none; take the packet or the flow clock',
    )
  if (asked !== undefined && input.sourcePort !== undefined)
    problems.refuseKey(
      [...path, 'sourcePort'],
      '"sourcePort" has no effect on requests to an ingress controller, whose clients take any free port',
    )
  if (compiled === undefined || offered === undefined) return undefined
  const family = compileFamily(input, compiled.pairs, { hosts, receivers }, path, problems)
  const pairs = pairsOf(compiled.pairs, family)
  if (pairs === undefined) return undefined
  const sent = offered.kind === 'list' ? withEnds(offered, compiled, pairs) : offered
  const { dscp = 0, priority = 0 } = input
  const { port = input.port } = compiled
  return {
    name,
    pairs,
    offered: asked === undefined ? sent : answered(sent),
    transport,
    dscp,
    priority,
    family,
    ...(port !== undefined && { port }),
    ...(input.sourcePort !== undefined && { sourcePort: input.sourcePort }),
    ...(asked && { request: asked.request }),
  }
}

/** Who calls; whoever is wrongly named is told of elsewhere. */
function callersOf({ from = [] }: TrafficInput, receivers: ReceiverIndex): Callers {
  const callers = receivers.callersOf(receivers.selectHosts(from, [], new Problems()))
  return callers.clusters.length > 0 ? callers : { ...callers, clusters: [undefined] }
}

/** Listed flows between the hosts that are meant, or to the service's address. */
function withEnds(
  { kind, flows }: Extract<OfferedBlueprint, { kind: 'list' }>,
  { ends = [] }: PairsFound,
  pairs: PairsBlueprint,
): OfferedBlueprint {
  const address = pairs.kind === 'to-address' ? pairs.address : ''
  return {
    kind,
    flows: flows.map((flow, i) => ({ ...flow, from: ends[i]!.from, to: ends[i]!.to ?? address })),
  }
}

/** Requests that no answer is said for get headers alone. */
const answered = (offered: OfferedBlueprint): OfferedBlueprint =>
  offered.kind === 'flows' && offered.response === undefined
    ? { ...offered, response: { kind: 'constant', bytes: OWN_ANSWER_BYTES } }
    : offered

type Family = TrafficBlueprint['family']

/** Hosts that send, and those that receive. */
function membersOf(pairs: CompiledPairs | PairsBlueprint): readonly string[] {
  if (pairs.kind === 'to-service' || pairs.kind === 'to-address' || pairs.kind === 'to-name')
    return pairs.from
  return pairs.kind === 'from-to' ? [...pairs.from, ...pairs.to] : pairs.hosts
}

const sendersOf = (pairs: PairsBlueprint) => ('from' in pairs ? pairs.from : pairs.hosts)

/** How many a burst of a sender goes to. */
function receiversPerSender(pairs: PairsBlueprint): number {
  if (pairs.kind === 'from-to') return pairs.to.length
  return pairs.kind === 'all-to-all' ? pairs.hosts.length : 1
}

/** To a service by its address of this family; undefined where it has none. */
function pairsOf(pairs: CompiledPairs, family: Family): PairsBlueprint | undefined {
  if (pairs.kind === 'to-name') return { kind: 'to-name', from: pairs.from, name: pairs.called.name }
  if (pairs.kind !== 'to-service') return pairs
  const address = pairs.service[family]
  return address === undefined ? undefined : { kind: 'to-address', from: pairs.from, address }
}

function compileFamily(
  { family }: TrafficInput,
  pairs: CompiledPairs,
  { hosts, receivers }: { readonly hosts: HostIndex; readonly receivers: ReceiverIndex },
  path: Path,
  problems: Problems,
): Family {
  const members = membersOf(pairs)
  const has = (of: Family) => {
    if (pairs.kind === 'to-service') return pairs.service[of] !== undefined
    if (pairs.kind !== 'to-name' || family !== undefined) return true
    const { families } = pairs.called
    return families.length === 0 || families.includes(of)
  }
  const speak = (of: Family) => has(of) && members.every((host) => hosts.speaks(host, of))
  const chosen = family ?? (speak('ipv4') ? 'ipv4' : 'ipv6')
  if (!has(chosen))
    problems.refuse([...path, family === undefined ? 'to' : 'family'], `the service has no ${chosen} address`)
  // hosts that state no family have one of the two
  const without = members.find((host) => !hosts.speaks(host, chosen))
  const isCalled = pairs.kind === 'to-service' || pairs.kind === 'to-name'
  if (without !== undefined && (family !== undefined || isCalled)) {
    problems.refuse(
      [...path, family === undefined ? 'to' : 'family'],
      `${quote(without)} has no ${chosen} address; add a prefix to addresses.${receivers.isPod(without) ? 'workloads' : 'hosts'} of ${receivers.regionOf(without)}`,
    )
  }
  return chosen
}

/** Where only their rates count. */
const NO_FLOWS = { expected: 0, drawn: 0 }

/** Refuses traffic of a size that cannot be simulated; warns of links that would be full for ever. */
function checkLoad(
  traffic: TrafficBlueprint,
  hosts: HostIndex,
  run: RunPlan,
  path: Path,
  problems: Problems,
): void {
  const { offered, pairs } = traffic
  const senders = sendersOf(pairs)
  const { startsFlows } = CLOCKS[run.clock]
  const { expected, drawn } = startsFlows ? flowsExpected(offered, pairs, hosts, run) : NO_FLOWS
  if (expected > LIMITS.flows) {
    problems.refuse(
      path,
      `some ${counted(expected)} flows would start; at most ${counted(LIMITS.flows)} fit, so shorten the run or thin the traffic`,
    )
  } else if (drawn > LIMITS.drawnFlows) {
    problems.refuse(
      [...path, 'profile'],
      `some ${counted(drawn)} flows would be drawn at its peak's rate, to keep ${counted(expected)}; ` +
        `at most ${counted(LIMITS.drawnFlows)} are, so lower the peak, or let a "start" and a "stop" leave out times without traffic`,
    )
  }
  const rateOf = (host: string) => hosts.rateBps(host)
  if (offered.kind === 'stream') {
    const slow = senders.find((host) => rateOf(host) < offered.rateBps)
    if (slow !== undefined)
      problems.warn(
        [...path, 'stream', 'rate'],
        `${quote(slow)} cannot send that fast; the excess is dropped`,
      )
  }
  if (offered.kind !== 'flows' || !('load' in offered.rate)) return
  const most = offered.profile === undefined ? 1 : rateCurve(offered.profile).max
  const load = offered.rate.load * most
  const excess = startsFlows ? 'flows will pile up' : 'the excess is lost'
  const atPeak = most === 1 ? '' : ` at the profile's peak`
  if (load > 1)
    problems.warn(
      [...path, 'load'],
      `${printPercent(load, { digits: 3 })}${atPeak} is more than the senders' links carry; ${excess}`,
    )
  else if (pairs.kind === 'from-to') {
    const sum = (list: readonly string[]) => list.reduce((total, host) => total + rateOf(host), 0)
    const received = (load * sum(senders)) / sum(pairs.to)
    if (received > 1) {
      problems.warn(
        [...path, 'load'],
        `the receivers' links would carry ${printPercent(received, { digits: 3 })}${atPeak}; ${excess}`,
      )
    }
  }
}

/** How many flows will start, and how many arrivals are drawn for it: at a profile's peak rate, to be thinned. */
function flowsExpected(
  offered: OfferedBlueprint,
  pairs: PairsBlueprint,
  hosts: HostIndex,
  run: RunPlan,
): { readonly expected: number; readonly drawn: number } {
  const senders = sendersOf(pairs)
  if (offered.kind === 'burst') {
    const flows = senders.length * receiversPerSender(pairs)
    return { expected: flows, drawn: flows }
  }
  if (offered.kind !== 'flows') return { expected: 0, drawn: 0 }
  const { startPs, profile } = offered
  const stopPs = Math.min(offered.stopPs ?? run.forPs, run.forPs)
  const seconds = Math.max(0, stopPs - startPs) / SECOND
  const perSecond = senders.reduce(
    (sum, host) => sum + senderFlowsPerSecond(offered, hosts.rateBps(host), senders.length),
    0,
  )
  const flows = perSecond * seconds
  if (profile === undefined || flows === 0) return { expected: flows, drawn: flows }
  const curve = rateCurve(profile)
  return { expected: flows * curve.meanBetween(startPs, stopPs), drawn: flows * curve.max }
}

/** DCTCP where nothing marks is NewReno: worth saying, as it is a common slip. */
function checkMarking(
  { transport, pairs }: TrafficBlueprint,
  network: NetworkBlueprint,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): void {
  if (transport.kind !== 'tcp' || transport.options.control !== 'dctcp') return
  const region = receivers.regionOf(membersOf(pairs)[0]!)
  const marks = network.links.some(
    ({ name, queues }) => name.startsWith(`${region}/`) && queues.some((queue) => queue.ecn !== undefined),
  )
  if (!marks)
    problems.warn(
      [...path, 'transport'],
      `no queue in ${region} has an "ecnThreshold": without marks, dctcp behaves as newreno`,
    )
}
