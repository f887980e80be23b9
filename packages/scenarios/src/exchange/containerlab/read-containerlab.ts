import { show } from '../../schema/words.ts'
import { nodeProperties } from '../attributes.ts'
import { given } from '../given.ts'
import type { ExchangeNetwork, ExchangeNode } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { ReadOptions } from '../read-options.ts'
import type { Source } from '../source.ts'
import { labelsOf } from './labels.ts'
import { readLinks } from './links.ts'
import { isMap, type PlainMap, YamlSource } from './yaml-source.ts'

/** Kinds that join more than two interfaces into one segment. */
const SEGMENTS = ['bridge', 'ovs-bridge']
/** Words in the images of routing software: a Linux container with one of them is a router and no host. */
const ROUTING = /frr|quagga|bird|gobgp|openbgpd|exabgp|openr\b|vyos|sonic|cumulus|vpp|crpd|bmv2|p4/i

const READ_KEYS = new Set(['kind', 'image', 'group', 'labels'])

/** A topology of containerlab (https://containerlab.dev/manual/topo-def-file), links in the brief and the extended form. */
export function readContainerlab(source: Source, notes: Notes, options: ReadOptions): ExchangeNetwork {
  if (/\{\{/.test(source.text)) {
    const line = source.lineOf(source.text.indexOf('{{'))
    source.fail(line, 'this is a template ("{{"); render it first, then import what comes out')
  }
  const yaml = new YamlSource(source)
  const { data } = yaml
  if (!isMap(data)) source.fail(1, `expected a map with a topology, got ${show(data)}`)
  const topology = data['topology']
  if (!isMap(topology))
    source.fail(yaml.line(['topology']), `topology: expected a map with nodes, got ${show(topology)}`)
  if (!isMap(topology['nodes']))
    source.fail(
      yaml.line(['topology', 'nodes']),
      `topology.nodes: expected a map of nodes, got ${show(topology['nodes'])}`,
    )
  for (const key of Object.keys(data))
    if (key !== 'name' && key !== 'topology')
      notes.add('key', { name: key, line: yaml.line([key]) }, 'no place for it in a scenario')
  const nodes = Object.entries(topology['nodes']).map(([id, node]) =>
    readNode(id, node, { topology, yaml, source, notes, isGuessed: options.hostNodes === undefined }),
  )
  const links = readLinks(topology['links'], new Set(nodes.map(({ id }) => id)), yaml, source, notes)
  source.check()
  const name = typeof data['name'] === 'string' ? data['name'] : undefined
  return { nodes, links, demands: [], ...given({ name }) }
}

interface Context {
  readonly topology: PlainMap
  readonly yaml: YamlSource
  readonly source: Source
  readonly notes: Notes
  /** Whether kinds and images tell hosts from switches. */
  readonly isGuessed: boolean
}

function readNode(id: string, input: unknown, context: Context): ExchangeNode {
  const { topology, yaml, source, notes, isGuessed } = context
  const path = ['topology', 'nodes', id]
  const line = yaml.line(path)
  if (input !== null && !isMap(input))
    source.refuse(line, `node ${JSON.stringify(id)}: expected a map, got ${show(input)}`)
  const own: PlainMap = isMap(input) ? input : {}
  for (const key of Object.keys(own))
    if (!READ_KEYS.has(key))
      notes.add('node', { name: id, line }, `setting ${key}, which has no place in a scenario`)
  const { ours, others } = labelsOf(own['labels'], (key) => yaml.line([...path, 'labels', key]))
  for (const key of others)
    notes.add('node', { name: id, line }, `label ${key}, which has no place in a scenario`)
  const { kind, ...rest } = nodeProperties(ours, source)
  const isSegment = SEGMENTS.includes(settingOf('kind', own, topology) ?? '')
  if (isSegment)
    notes.add(
      'node',
      { name: id, line },
      'a bridge: one segment for all its links',
      'kept as a switch, without a host',
    )
  const label = ours.get('weft.name')?.value
  return {
    id,
    line,
    kind: kind ?? (isGuessed ? guessKind(id, line, own, topology, notes) : 'switch'),
    ...rest,
    ...given({ label, endpoint: isSegment ? false : undefined }),
  }
}

/** Without a label of ours, a Linux container is a host, unless its image is that of routing software. */
function guessKind(
  id: string,
  line: number,
  own: PlainMap,
  topology: PlainMap,
  notes: Notes,
): 'switch' | 'host' {
  if (settingOf('kind', own, topology) !== 'linux') return 'switch'
  const image = settingOf('image', own, topology) ?? ''
  const isRouter = ROUTING.test(image)
  const what = `of kind linux, ${isRouter ? 'with the image of' : 'without the image of'} routing software`
  notes.add(
    'node',
    { name: id, line },
    what,
    isRouter ? 'taken as a switch' : 'taken as a host, which does not forward',
  )
  return isRouter ? 'switch' : 'host'
}

/** A setting of a node: its own, else its group's, its kind's, or the default. */
function settingOf(key: 'kind' | 'image', own: PlainMap, topology: PlainMap): string | undefined {
  const entry = (section: string, name: unknown): unknown => {
    const entries = topology[section]
    const found =
      isMap(entries) && typeof name === 'string' && Object.hasOwn(entries, name) ? entries[name] : undefined
    return isMap(found) ? found[key] : undefined
  }
  const defaults = topology['defaults']
  const kind = key === 'kind' ? undefined : settingOf('kind', own, topology)
  const candidates = [
    own[key],
    entry('groups', own['group']),
    entry('kinds', kind),
    isMap(defaults) && defaults[key],
  ]
  return candidates.find((value) => typeof value === 'string')
}
