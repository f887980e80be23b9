import {
  type EdgeBlueprint,
  formatAddress,
  type NetworkBlueprint,
  type OutsideHost,
  type ServiceBlueprint,
} from '@weft/fabric'
import type { ScenarioInput } from '../../schema/scenario.ts'
import type { Path, Problems } from '../problems.ts'
import { quote } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'
import { canonicalOf, isPublic } from './public-addresses.ts'
import { regionOwning } from './unassigned.ts'

const CLIENTS = 8
/** Addresses for clients, RFC 2544 and RFC 5180: for benchmarks, so that nobody's are meant. */
const FIRST_IPV4 = 0xc612_0001n
const FIRST_IPV6 = (0x2001_0002n << 96n) + 1n

/**
 * Who is on the internet: clients, and every address that the scenario names or that is an endpoint of a service (`services`, by
 * hand), nothing has `inside`, and is in none of the regions' own prefixes.
 */
export function outsideHosts(
  input: ScenarioInput,
  services: readonly ServiceBlueprint[],
  inside: ReadonlySet<string>,
  edges: readonly EdgeBlueprint[],
  problems: Problems,
): readonly OutsideHost[] {
  const { endpoints = [] } = input.internet ?? {}
  const hosts = clientsOf(input)
  const known = new Set(hosts.flatMap(({ addresses }) => addresses))
  const add = (address: string): void => {
    if (known.has(address) || inside.has(address) || regionOwning(address, edges) !== undefined) return
    known.add(address)
    hosts.push({ name: `internet/${address}`, addresses: [address] })
  }
  asList(endpoints).forEach((text, index) => {
    const path = ['internet', 'endpoints', ...(typeof endpoints === 'string' ? [] : [index])]
    const address = checkedEndpoint(text, inside, edges, path, problems)
    if (address !== undefined) add(address)
  })
  for (const address of namedAddresses(input)) if (isPublic(address)) add(address)
  for (const { ports } of services)
    for (const { endpoints: served } of ports)
      for (const { address } of served) if (!inside.has(address) && isPublic(address)) add(address)
  return hosts
}

/** Who is there without being named. */
export function clientsOf({ internet }: ScenarioInput): OutsideHost[] {
  return Array.from({ length: internet?.clients ?? CLIENTS }, (_, index) => ({
    name: `internet/client-${index}`,
    addresses: [
      formatAddress(FIRST_IPV4 + BigInt(index), 'ipv4'),
      formatAddress(FIRST_IPV6 + BigInt(index), 'ipv6'),
    ],
  }))
}

function checkedEndpoint(
  text: string,
  inside: ReadonlySet<string>,
  edges: readonly EdgeBlueprint[],
  path: Path,
  problems: Problems,
): string | undefined {
  const address = canonicalOf(text)
  if (address === undefined) problems.refuse(path, `got ${quote(text)}, expected an IPv4 or IPv6 address`)
  else if (!isPublic(address))
    problems.refuse(path, `${quote(text)} is for use inside networks; nobody on the internet has it`)
  else if (inside.has(address))
    problems.refuse(path, `${quote(text)} is in the network already; endpoints are outside of it`)
  else {
    const region = regionOwning(address, edges)?.region
    if (region === undefined) return address
    problems.refuse(path, `${quote(text)} is of region ${region}'s own prefixes; endpoints are outside of it`)
  }
  return undefined
}

/** Addresses that somebody in the network has, or that stand for somebody. */
export function insideAddresses(
  { nodes, interfaces }: NetworkBlueprint,
  edges: readonly EdgeBlueprint[],
): Set<string> {
  const texts = [
    ...nodes.flatMap((node) =>
      node.kind === 'host' ? node.interfaces.flatMap(({ addresses }) => addresses) : [],
    ),
    ...(interfaces?.services ?? []).flatMap(({ addresses }) => addresses),
    ...edges.flatMap(({ nat, services, inside }) => [
      ...(inside?.services ?? []).flatMap(({ addresses }) => addresses),
      ...(nat?.pool.addresses ?? []),
      ...services.flatMap(({ addresses }) => addresses),
    ]),
  ]
  return new Set(texts.map((text) => canonicalOf(text)!))
}

/** Addresses that traffic, expectations of reach, records and events name, bare or in a URL. */
export function namedAddresses({ traffic = [], expect = [], dns, events = [] }: ScenarioInput): string[] {
  const terms = [
    ...traffic.flatMap(({ from, to, between, permutation, flows = [] }) => [
      ...[from, to, between, permutation].flatMap((selector) =>
        selector === undefined ? [] : asList(selector),
      ),
      ...flows.flatMap((flow) => [flow.from, flow.to]),
    ]),
    ...expect.flatMap((each) => endsOf(each)),
    ...Object.values(dns?.records ?? {}).flatMap((each) =>
      asList(typeof each === 'string' || Array.isArray(each) ? each : each.to),
    ),
    ...events.flatMap(({ to = [] }) => asList(to)),
  ]
  return terms.flatMap((term) => canonicalOf(hostPart(term)) ?? [])
}

/** `192.0.2.80` of `https://192.0.2.80:8443/`; of anything else, itself. */
function hostPart(term: string): string {
  const match = /^[a-z]+:\/\/(\[[^\]]+\]|[^/:]+)/i.exec(term)
  return (match?.[1] ?? term).replace(/^\[|\]$/g, '')
}

function endsOf(expectation: object): string[] {
  const reach = ['reach', 'reachable', 'unreachable'].flatMap((key) => {
    const value = (expectation as Record<string, unknown>)[key]
    return typeof value === 'object' && value !== null ? [value] : []
  })
  return reach.flatMap((each) =>
    Object.values(each as object).filter((value): value is string => typeof value === 'string'),
  )
}
