import { type FabricParts, graph, type GraphLink, type Inventory } from '@weft/fabric'
import type { GraphInput } from '../../schema/fabric.ts'
import { ecmpBlueprint, type FabricSettings, fabricSettings, linkOptions } from './link-options.ts'
import { type Path, type Problems, quote } from '../problems.ts'

export function graphInventory({ switches = [], hosts, links }: GraphInput): Inventory {
  return {
    hosts: hosts.length,
    switches: switches.length,
    links: links.reduce((sum, { parallel = 1 }) => sum + parallel, 0),
  }
}

export function compileGraph(
  region: string,
  input: GraphInput,
  path: Path,
  problems: Problems,
): FabricParts | undefined {
  const settings = fabricSettings(input, path, problems)
  const switches = (input.switches ?? []).map((each, index) => {
    const { name, tier = 'switch', ecmp } = typeof each === 'string' ? { name: each } : { ...each }
    const at = [...path, 'switches', index, 'ecmp']
    return { name, tier, ecmp: ecmp === undefined ? settings.ecmp : ecmpBlueprint(ecmp, at, problems) }
  })
  const hosts = input.hosts.map((each) => {
    return typeof each === 'string'
      ? { name: each, bond: false }
      : { name: each.name, bond: each.bond ?? false }
  })
  const before = problems.issues.length
  const places = placesOf(input, path, problems)
  const links = compileLinks(input, places, settings, path, problems)
  const connected = new Set(links.flatMap((link) => link.between))
  if (problems.issues.length === before) {
    for (const { name } of hosts) {
      if (!connected.has(name)) problems.refuse(places.get(name)!, `host ${quote(name)} has no link`)
    }
  }
  return problems.issues.length > before ? undefined : graph({ region, switches, hosts, links })
}

/** Where every name was given first; duplicates are refused. */
function placesOf(input: GraphInput, path: Path, problems: Problems): Map<string, Path> {
  const places = new Map<string, Path>()
  for (const key of ['switches', 'hosts'] as const) {
    for (const [index, each] of (input[key] ?? []).entries()) {
      const name = typeof each === 'string' ? each : each.name
      const at: Path = typeof each === 'string' ? [...path, key, index] : [...path, key, index, 'name']
      if (places.has(name))
        problems.refuse(at, `duplicate name ${quote(name)}; switches and hosts share their names`)
      else places.set(name, at)
    }
  }
  return places
}

function compileLinks(
  input: GraphInput,
  places: ReadonlyMap<string, Path>,
  settings: FabricSettings,
  path: Path,
  problems: Problems,
): GraphLink[] {
  return input.links.flatMap(({ between, parallel = 1, tier, ...details }, index) => {
    const at = [...path, 'links', index]
    const [a, b] = between
    between.forEach((end, which) => {
      if (places.has(end)) return
      const expected = 'expected the name of a switch or host of this graph'
      problems.refuse([...at, 'between', which], problems.unknownName('node', end, places.keys(), expected))
    })
    if (a === b)
      problems.refuse(
        [...at, 'between'],
        `${quote(a)} has a link to itself; a link joins two different nodes`,
      )
    const options = linkOptions(details, settings, at, problems)
    const link: GraphLink = { between: [a, b], options, ...(tier !== undefined && { tier }) }
    return Array.from({ length: parallel }, () => link)
  })
}
