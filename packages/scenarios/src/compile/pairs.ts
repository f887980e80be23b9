import type { PairsBlueprint } from '@weft/fabric'
import type { TrafficInput } from '../schema/traffic.ts'
import type { HostIndex } from './hosts.ts'
import { list, type Path, type Problems, quote } from './problems.ts'

const PAIR_KEYS = ['between', 'from', 'to', 'permutation'] as const

/** Who sends to whom; undefined where that was refused. */
export function compilePairs(
  input: TrafficInput,
  hosts: HostIndex,
  path: Path,
  problems: Problems,
): PairsBlueprint | undefined {
  if (input.flows !== undefined) return pairsOfFlows(input, hosts, path, problems)
  const before = problems.issues.length
  const pairs = compileSelectors(input, hosts, path, problems)
  if (problems.issues.length > before || pairs === undefined) return undefined
  checkRegions(pairs, input, path, problems)
  return problems.issues.length > before ? undefined : pairs
}

function compileSelectors(
  input: TrafficInput,
  hosts: HostIndex,
  path: Path,
  problems: Problems,
): PairsBlueprint | undefined {
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
  const select = (key: (typeof PAIR_KEYS)[number]) => hosts.select(input[key]!, [...path, key], problems)
  if (kind === 'from,to') {
    const from = select('from')
    const to = select('to')
    if (from.length > 0 && to.length === 1 && from.includes(to[0]!)) {
      problems.refuse([...path, 'from'], `${quote(to[0]!)} would send to itself; take it out of "from"`)
    }
    return { kind: 'from-to', from, to }
  }
  const chosen = select(kind)
  if (chosen.length === 1)
    problems.refuse([...path, kind], `only ${quote(chosen[0]!)} is selected; it takes two hosts to send`)
  return { kind: kind === 'between' ? 'all-to-all' : 'permutation', hosts: chosen }
}

function pairsOfFlows(
  input: TrafficInput,
  hosts: HostIndex,
  path: Path,
  problems: Problems,
): PairsBlueprint | undefined {
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
    else refuseOtherRegions([flow.from, flow.to], [...at, 'to'], '', problems)
  })
  if (problems.issues.length > before) return undefined
  const from = [...new Set(input.flows!.map((flow) => flow.from))]
  const to = [...new Set(input.flows!.map((flow) => flow.to))]
  return { kind: 'from-to', from, to }
}

function checkRegions(pairs: PairsBlueprint, input: TrafficInput, path: Path, problems: Problems): void {
  if (pairs.kind === 'from-to') {
    refuseOtherRegions([...pairs.from, ...pairs.to], [...path, 'to'], '; name hosts of one region', problems)
    return
  }
  const key = input.between === undefined ? 'permutation' : 'between'
  const hint = `; choose one region: ${key}: ${regionOf(pairs.hosts[0]!)}`
  refuseOtherRegions(pairs.hosts, [...path, key], hint, problems)
}

function refuseOtherRegions(hosts: readonly string[], path: Path, hint: string, problems: Problems): void {
  const region = regionOf(hosts[0]!)
  const other = hosts.find((host) => regionOf(host) !== region)
  if (other === undefined) return
  problems.refuse(path, `no path from ${region} to ${regionOf(other)}: regions are not connected yet${hint}`)
}

export const regionOf = (name: string): string => name.slice(0, name.indexOf('/'))
