import {
  type FabricParts,
  fatTree,
  fatTreeInventory,
  type Inventory,
  type LinkOptions,
  leafSpine,
  leafSpineInventory,
  overrideLinks,
} from '@weft/fabric'
import type { FabricInput, FatTreeInput, LeafSpineInput } from '../../schema/fabric.ts'
import { LIMITS } from '../defaults.ts'
import { compileGraph, graphInventory } from './graph.ts'
import { fabricSettings, linkChange, linkOptions } from './link-options.ts'
import { counted, list, type Path, type Problems, quote } from '../problems.ts'
import { asList, patternOf } from '../selectors/selectors.ts'

const GENERATORS = ['leafSpine', 'fatTree', 'graph'] as const

/** Nodes and links of one region's fabric; undefined where it was refused. */
export function compileFabric(
  region: string,
  input: FabricInput,
  path: Path,
  problems: Problems,
): FabricParts | undefined {
  const given = GENERATORS.filter((name) => input[name] !== undefined)
  if (given.length !== 1) {
    const found = given.length === 0 ? 'it has none' : `it has ${list(given)}`
    problems.refuse(path, `a fabric takes exactly one of ${list(GENERATORS)}; ${found}`)
    return undefined
  }
  const [generator] = given
  const at = [...path, generator!]
  if (isTooLarge(inventoryOf(input), at, problems)) return undefined
  const before = problems.issues.length
  const parts = generate(region, input, at, problems)
  if (parts === undefined || problems.issues.length > before) return undefined
  return applyOverrides(parts, input, [...path, 'overrides'], problems)
}

function inventoryOf(input: FabricInput): Inventory {
  if (input.leafSpine !== undefined) {
    const { parallelLinks = 1, nicsPerHost = 1 } = input.leafSpine
    return leafSpineInventory({ ...input.leafSpine, parallelLinks, nicsPerHost })
  }
  return input.fatTree !== undefined ? fatTreeInventory(input.fatTree.k) : graphInventory(input.graph!)
}

function isTooLarge({ links, hosts, switches }: Inventory, path: Path, problems: Problems): boolean {
  if (links <= LIMITS.links) return false
  problems.refuse(
    path,
    `the fabric would have ${counted(links)} links, ${counted(switches)} switches and ${counted(hosts)} hosts; at most ${counted(LIMITS.links)} links fit`,
  )
  return true
}

function generate(
  region: string,
  input: FabricInput,
  path: Path,
  problems: Problems,
): FabricParts | undefined {
  if (input.leafSpine !== undefined) return compileLeafSpine(region, input.leafSpine, path, problems)
  if (input.fatTree !== undefined) return compileFatTree(region, input.fatTree, path, problems)
  return compileGraph(region, input.graph!, path, problems)
}

function compileLeafSpine(
  region: string,
  input: LeafSpineInput,
  path: Path,
  problems: Problems,
): FabricParts | undefined {
  const settings = fabricSettings(input, path, problems)
  const {
    leaves,
    spines,
    hostsPerLeaf,
    parallelLinks = 1,
    nicsPerHost = 1,
    nicAttachment = 'leaf',
    bond = false,
  } = input
  if (nicsPerHost === 1) {
    for (const key of ['nicAttachment', 'bond'] as const) {
      if (input[key] !== undefined)
        problems.refuseKey([...path, key], `"${key}" has no effect with one NIC; set "nicsPerHost"`)
    }
  } else if (nicAttachment === 'neighbours' && leaves % nicsPerHost !== 0) {
    problems.refuse(
      [...path, 'leaves'],
      `${leaves} leaves cannot be grouped by ${nicsPerHost} for nicAttachment neighbours; use a multiple of ${nicsPerHost}`,
    )
    return undefined
  }
  return leafSpine({
    region,
    leaves,
    spines,
    hostsPerLeaf,
    parallelLinks,
    nicsPerHost,
    nicAttachment,
    bond,
    hostLink: linkOptions(input.hostLink, settings, [...path, 'hostLink'], problems),
    fabricLink: linkOptions(input.fabricLink, settings, [...path, 'fabricLink'], problems),
    ecmp: settings.ecmp,
  })
}

function compileFatTree(
  region: string,
  input: FatTreeInput,
  path: Path,
  problems: Problems,
): FabricParts | undefined {
  const settings = fabricSettings(input, path, problems)
  const { k } = input
  if (k % 2 !== 0) {
    problems.refuse([...path, 'k'], `${k} is odd; half of a switch's ports face up, so use ${k + 1}`)
    return undefined
  }
  const options = (key: 'hostLink' | 'fabricLink' | 'coreLink'): LinkOptions =>
    linkOptions(input[key] ?? input.fabricLink, settings, [...path, key], problems)
  return fatTree({
    region,
    k,
    hostLink: options('hostLink'),
    fabricLink: options('fabricLink'),
    coreLink: options('coreLink'),
    ecmp: settings.ecmp,
  })
}

function applyOverrides(parts: FabricParts, input: FabricInput, path: Path, problems: Problems): FabricParts {
  const overrides = (input.overrides ?? []).map(({ links, ...details }, index) => {
    const at = [...path, index]
    const change = linkChange(details, at, problems)
    if (Object.keys(change).length === 0)
      problems.refuse(at, 'this override changes nothing; give a rate, delay, weight ...')
    const patterns = asList(links).map(patternOf)
    asList(links).forEach((text, term) => {
      if (parts.links.some((link) => patterns[term]!(link.name))) return
      problems.refuse(
        [...at, 'links'],
        `no link matches ${quote(text)}; links are named as in ${quote(parts.links[0]!.name)}`,
      )
    })
    return { matches: (link: { name: string }) => patterns.some((matches) => matches(link.name)), change }
  })
  return overrideLinks(parts, overrides)
}
