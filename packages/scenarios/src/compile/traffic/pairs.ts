import type { PairsBlueprint } from '@weft/fabric'
import type { TrafficInput } from '../../schema/traffic.ts'
import { type HostIndex, isOutside } from '../selectors/hosts.ts'
import { byAddressPassedOn } from './calls-of-moving-pods.ts'
import type { CalledAddress, Receivers } from './called-addresses.ts'
import type { ReceiverIndex } from './receivers.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'

const PAIR_KEYS = ['between', 'from', 'to', 'permutation'] as const

/** Hosts that send to hosts, or to an address of each family that a service has. */
export type CompiledPairs =
  | Exclude<PairsBlueprint, { readonly kind: 'to-address' | 'to-name' }>
  | { readonly kind: 'to-service'; readonly from: readonly string[]; readonly service: CalledAddress }
  | { readonly kind: 'to-name'; readonly from: readonly string[]; readonly called: CalledName }

export type CalledName = Extract<Receivers, { readonly kind: 'name' }>

/** Who sends to whom. */
export interface PairsFound {
  readonly pairs: CompiledPairs
  /** Where the receiver's name says one. */
  readonly port?: number
  /** Of listed flows, one by one: hosts; what goes to a service has no host to go to. */
  readonly ends?: readonly { readonly from: string; readonly to: string | undefined }[]
}

/** Who sends to whom; undefined where that was refused. */
export function compilePairs(
  input: TrafficInput,
  hosts: HostIndex,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): PairsFound | undefined {
  const before = problems.issues.length
  if (input.flows !== undefined) {
    const found = pairsOfFlows(input, hosts, receivers, path, problems)
    return found && byAddressPassedOn(found, receivers, [...path, 'flows'], problems)
  }
  const compiled = compileSelectors(input, receivers, path, problems)
  if (problems.issues.length > before || compiled === undefined) return undefined
  if (compiled.pairs.kind !== 'to-service' && compiled.pairs.kind !== 'to-name')
    checkRegions(compiled.pairs, receivers, input, path, problems)
  if (problems.issues.length > before) return undefined
  const key = (['between', 'permutation'] as const).find((each) => input[each] !== undefined) ?? 'to'
  return byAddressPassedOn(compiled, receivers, [...path, key], problems)
}

function compileSelectors(
  input: TrafficInput,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): PairsFound | undefined {
  const given = PAIR_KEYS.filter((key) => input[key] !== undefined)
  const kind = given.join()
  if (kind !== 'between' && kind !== 'from,to' && kind !== 'permutation') {
    const found = given.length === 0 ? 'it has none of them' : `it has ${list(given)}`
    problems.refuse(
      path,
      `traffic takes its hosts from "between", from "from" and "to", or from "permutation"; ${found}`,
    )
    return undefined
  }
  const select = (key: (typeof PAIR_KEYS)[number]) =>
    receivers.selectHosts(input[key]!, [...path, key], problems)
  if (kind === 'from,to') {
    const from = select('from')
    const protocol = input.stream === undefined ? 'tcp' : 'udp'
    // a stream is one connection, and looks nothing up in between
    const isLive = input.stream === undefined
    const call = { protocol, port: input.port, from, isLive } as const
    const called = receivers.select(input.to!, call, [...path, 'to'], problems)
    if (called === undefined) return undefined
    const port = called.port === undefined ? {} : { port: called.port }
    if (called.kind === 'name') return { pairs: { kind: 'to-name', from, called }, ...port }
    if (called.kind === 'address') return { pairs: { kind: 'to-service', from, service: called }, ...port }
    const to = [...called.hosts]
    if (from.length > 0 && to.length === 1 && from.includes(to[0]!)) {
      problems.refuse([...path, 'from'], `${quote(to[0]!)} would send to itself; take it out of "from"`)
    }
    return { pairs: { kind: 'from-to', from, to }, ...port }
  }
  const chosen = select(kind)
  if (chosen.length === 1)
    problems.refuse([...path, kind], `only ${quote(chosen[0]!)} is selected; it takes two hosts to send`)
  return { pairs: { kind: kind === 'between' ? 'all-to-all' : 'permutation', hosts: chosen } }
}

function pairsOfFlows(
  input: TrafficInput,
  hosts: HostIndex,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): PairsFound | undefined {
  const before = problems.issues.length
  for (const key of PAIR_KEYS) {
    if (input[key] !== undefined)
      problems.refuseKey([...path, key], `"${key}" has no effect with "flows", which name their hosts`)
  }
  const found = input.flows!.map((flow, index) => {
    const at = [...path, 'flows', index]
    const from = oneHost(flow.from, hosts, receivers, [...at, 'from'], problems)
    return from === undefined ? undefined : flowTo(flow.to, from, input.port, hosts, receivers, at, problems)
  })
  if (problems.issues.length > before) return undefined
  const all = found.filter((each) => each !== undefined)
  const from = [...new Set(all.map((flow) => flow.from))]
  const services = all.map(({ service }) => service)
  const other = services.findIndex((each) => JSON.stringify(each) !== JSON.stringify(services[0]))
  if (other >= 0) {
    const message = `${quote(input.flows![other]!.to)} is called otherwise than ${quote(input.flows![0]!.to)}; flows of one entry go to hosts, or all to one service: make it an entry of its own`
    problems.refuse([...path, 'flows', other, 'to'], message)
    return undefined
  }
  const ends = all.map((each) => ({ from: each.from, to: each.to }))
  const [service] = services
  if (service !== undefined) {
    const { port } = service
    return { pairs: { kind: 'to-service', from, service }, ends, ...(port !== undefined && { port }) }
  }
  return { pairs: { kind: 'from-to', from, to: [...new Set(ends.map(({ to }) => to!))] }, ends }
}

/** Whom a listed flow is from, and goes to: a host, or a service by its addresses. */
interface FlowEnds {
  readonly from: string
  readonly to: string | undefined
  readonly service: CalledAddress | undefined
}

function flowTo(
  name: string,
  from: string,
  port: number | undefined,
  hosts: HostIndex,
  receivers: ReceiverIndex,
  at: Path,
  problems: Problems,
): FlowEnds | undefined {
  const path = [...at, 'to']
  if ((!hosts.has(name) && receivers.isService(name)) || receivers.isNodePort(name, port)) {
    const called = receivers.select(name, { protocol: 'tcp', port, from: [from] }, path, problems)
    if (called?.kind === 'address') return { from, to: undefined, service: called }
    if (called?.kind !== 'hosts') return undefined
    return called.hosts.length === 1
      ? flowToHost(called.hosts[0]!, from, receivers, path, problems)
      : refuseSeveral(name, called.hosts, path, problems)
  }
  const to = oneHost(name, hosts, receivers, path, problems)
  return to === undefined ? undefined : flowToHost(to, from, receivers, path, problems)
}

function flowToHost(
  to: string,
  from: string,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): FlowEnds | undefined {
  if (from === to) problems.refuse(path, `${quote(to)} would send to itself; name another receiver`)
  else refuseOtherRegions([from, to], receivers, path, '', problems)
  return { from, to, service: undefined }
}

/** The host of a name that stands for one; undefined where that was refused. */
function oneHost(
  name: string,
  hosts: HostIndex,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): string | undefined {
  const found = receivers.hostsNamed(name)
  if (found.length === 0) problems.refuse(path, hosts.unknownHost(name, problems))
  if (found.length > 1) refuseSeveral(name, found, path, problems)
  return found.length === 1 ? found[0] : undefined
}

function refuseSeveral(name: string, hosts: readonly string[], path: Path, problems: Problems): undefined {
  const more = hosts.length > 3 ? ` and ${hosts.length - 3} more` : ''
  problems.refuse(
    path,
    `${quote(name)} stands for ${list(hosts.slice(0, 3))}${more}; a flow has one host at each end: name one`,
  )
}

function checkRegions(
  pairs: Exclude<CompiledPairs, { readonly kind: 'to-service' | 'to-name' }>,
  receivers: ReceiverIndex,
  input: TrafficInput,
  path: Path,
  problems: Problems,
): void {
  if (pairs.kind === 'from-to') {
    const hosts = [...pairs.from, ...pairs.to]
    refuseOtherRegions(hosts, receivers, [...path, 'to'], '; name hosts of one region', problems)
    return
  }
  const key = input.between === undefined ? 'permutation' : 'between'
  const hint = `; choose one region: ${key}: ${receivers.regionOf(pairs.hosts[0]!)}`
  refuseOtherRegions(pairs.hosts, receivers, [...path, key], hint, problems)
}

function refuseOtherRegions(
  hosts: readonly string[],
  receivers: ReceiverIndex,
  path: Path,
  hint: string,
  problems: Problems,
): void {
  // whoever is on the internet is reached from every region that has a way there
  const inside = hosts.filter((host) => !isOutside(host))
  const region = receivers.regionOf(inside[0] ?? '')
  const other = inside.find((host) => receivers.regionOf(host) !== region)
  if (other === undefined) return
  const way = receivers.hasInternet
    ? ' but over the internet, where private addresses are not known; call an attached address, or a service with a public one'
    : `: regions are not connected yet${hint}`
  problems.refuse(path, `no path from ${region} to ${receivers.regionOf(other)}${way}`)
}

export const regionOf = (name: string): string => name.slice(0, name.indexOf('/'))
