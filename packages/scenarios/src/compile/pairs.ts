import type { PairsBlueprint } from '@weft/fabric'
import type { TrafficInput } from '../schema/traffic.ts'
import { type HostIndex, isOutside } from './hosts.ts'
import type { ReceiverIndex, Receivers } from './receivers.ts'
import { list, type Path, type Problems, quote } from './problems.ts'

const PAIR_KEYS = ['between', 'from', 'to', 'permutation'] as const

/** Hosts that send to hosts, or to an address of each family that a service has. */
export type CompiledPairs =
  | Exclude<PairsBlueprint, { readonly kind: 'to-address' | 'to-name' }>
  | { readonly kind: 'to-service'; readonly from: readonly string[]; readonly service: CalledService }
  | { readonly kind: 'to-name'; readonly from: readonly string[]; readonly called: CalledName }

export type CalledName = Extract<Receivers, { readonly kind: 'name' }>
export type CalledService = Extract<Receivers, { readonly kind: 'address' }>

/** Who sends to whom, and the port where the receiver's name says one; undefined where that was refused. */
export function compilePairs(
  input: TrafficInput,
  hosts: HostIndex,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): { readonly pairs: CompiledPairs; readonly port?: number } | undefined {
  const before = problems.issues.length
  if (input.flows !== undefined) {
    const pairs = pairsOfFlows(input, hosts, receivers, path, problems)
    return pairs && { pairs }
  }
  const compiled = compileSelectors(input, receivers, path, problems)
  if (problems.issues.length > before || compiled === undefined) return undefined
  if (compiled.pairs.kind !== 'to-service' && compiled.pairs.kind !== 'to-name')
    checkRegions(compiled.pairs, receivers, input, path, problems)
  return problems.issues.length > before ? undefined : compiled
}

function compileSelectors(
  input: TrafficInput,
  receivers: ReceiverIndex,
  path: Path,
  problems: Problems,
): { readonly pairs: CompiledPairs; readonly port?: number } | undefined {
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
    const isFromOutside = from.some(isOutside)
    // a stream is one connection, and looks nothing up in between
    const isLive = input.stream === undefined
    const call = { protocol, port: input.port, isFromOutside, isLive } as const
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
): CompiledPairs | undefined {
  const before = problems.issues.length
  for (const key of PAIR_KEYS) {
    if (input[key] !== undefined)
      problems.refuseKey([...path, key], `"${key}" has no effect with "flows", which name their hosts`)
  }
  input.flows!.forEach((flow, index) => {
    const at = [...path, 'flows', index]
    const known = (['from', 'to'] as const).filter((key) => {
      if (hosts.has(flow[key])) return true
      problems.refuse([...at, key], hosts.unknownHost(flow[key], problems))
      return false
    })
    if (known.length < 2) return
    if (flow.from === flow.to)
      problems.refuse([...at, 'to'], `${quote(flow.to)} would send to itself; name another receiver`)
    else refuseOtherRegions([flow.from, flow.to], receivers, [...at, 'to'], '', problems)
  })
  if (problems.issues.length > before) return undefined
  const from = [...new Set(input.flows!.map((flow) => flow.from))]
  const to = [...new Set(input.flows!.map((flow) => flow.to))]
  return { kind: 'from-to', from, to }
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
  problems.refuse(
    path,
    `no path from ${region} to ${receivers.regionOf(other)}: regions are not connected yet${hint}`,
  )
}

export const regionOf = (name: string): string => name.slice(0, name.indexOf('/'))
