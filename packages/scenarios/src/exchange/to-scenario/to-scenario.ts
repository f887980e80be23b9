import { printDuration, printRate, printSize } from '@weft/core'
import { framingBytes } from '@weft/fabric'
import type { ScenarioData } from '../../schema/scenario.ts'
import { fibreDelayPs } from '../geography.ts'
import { given } from '../given.ts'
import { FLAT_NAMES, Namer, SCENARIO_NAMES } from '../names.ts'
import type { ExchangeLink, ExchangeNetwork, ExchangeNode } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { Source } from '../source.ts'
import { switchesToHost, withHostNodes } from './hosts.ts'
import { fitRateBps, linkRateBps } from './link-rate.ts'
import type { ToScenarioOptions } from './options.ts'
import { connectedPart, elementOf } from './parts.ts'

type GraphData = NonNullable<ScenarioData['regions'][string]['fabric']['graph']>
type LinkData = GraphData['links'][number]

/** A link takes about 34 of the 100,000 keys, values, blanks and marks of a scenario file; more is not worth writing. */
const PARTS_MAX = 5_000
/** Of a scenario's name. */
const NAME_LENGTH_MAX = 200

/** A network as a scenario without traffic, and what its parts are called there. */
export interface AsScenario {
  readonly data: ScenarioData
  readonly region: string
  /** Full names of nodes by their ids in the file. */
  readonly names: ReadonlyMap<string, string>
  /** By the id of a node, the full name of the host that its traffic begins and ends at. */
  readonly hosts: ReadonlyMap<string, string>
}

/** Makes a scenario with one explicit fabric. Refuses on `source` what leaves none. */
export function toScenario(
  read: ExchangeNetwork,
  options: ToScenarioOptions,
  source: Source,
  notes: Notes,
): AsScenario {
  if (read.nodes.length === 0) source.fail(1, 'the network has no node')
  if (read.links.length === 0) source.fail(1, 'the network has no link; a scenario needs at least one')
  const parts = read.nodes.length + read.links.length
  if (parts > PARTS_MAX)
    source.fail(
      1,
      `the network has ${parts} nodes and links; a scenario file takes some ${PARTS_MAX} at most`,
    )
  const labelled = withHostNodes(read, options.hostNodes ?? [], source)
  const network = connectedPart(labelled, options.largestPart === true, source, notes)
  const region = options.region ?? new Namer(FLAT_NAMES).name(read.name ?? 'net', 'net')
  const namer = new Namer(SCENARIO_NAMES)
  const names = nameNodes(network.nodes, namer, notes)
  const builder = new FabricBuilder(network, names, namer, options, source, notes)
  const graph = builder.build()
  source.check()
  const full = (known: ReadonlyMap<string, string>) => {
    return new Map([...known].map(([id, name]) => [id, `${region}/${name}`]))
  }
  return {
    data: {
      weft: 1,
      ...given({ name: read.name?.slice(0, NAME_LENGTH_MAX) }),
      regions: { [region]: { fabric: { graph } } },
    },
    region,
    names: full(names),
    hosts: full(builder.hosts),
  }
}

/** A slot alone stands beside Ethernet's overhead. */
function framingData(overheadBytes: number | undefined, slotBytesMin: number | undefined) {
  if (overheadBytes === undefined && slotBytesMin === undefined) return undefined
  return {
    overhead: printSize(overheadBytes ?? framingBytes('ethernet').overheadBytes),
    ...(slotBytesMin !== undefined && { slot: printSize(slotBytesMin) }),
  }
}

function nameNodes(nodes: readonly ExchangeNode[], namer: Namer, notes: Notes): Map<string, string> {
  const names = new Map<string, string>()
  for (const node of nodes) {
    const wanted = node.label ?? node.id
    const name = namer.name(wanted, node.id)
    names.set(node.id, name)
    if (name !== wanted)
      notes.add(
        'node',
        { ...elementOf(node), name: `${wanted} as ${name}` },
        'a name that is taken or cannot be one in a scenario',
        'renamed',
      )
  }
  return names
}

class FabricBuilder {
  /** By the id of a node, the host that its traffic begins and ends at. */
  readonly hosts = new Map<string, string>()
  readonly #network: ExchangeNetwork
  readonly #names: ReadonlyMap<string, string>
  /** Has given out the names of the file's own nodes. */
  readonly #namer: Namer
  readonly #options: ToScenarioOptions
  readonly #source: Source
  readonly #notes: Notes
  readonly #hasPlaces: boolean
  readonly #byId: ReadonlyMap<string, ExchangeNode>
  /** Rates of all links of a node together. */
  readonly #totalBps = new Map<string, number>()

  constructor(
    network: ExchangeNetwork,
    names: ReadonlyMap<string, string>,
    namer: Namer,
    options: ToScenarioOptions,
    source: Source,
    notes: Notes,
  ) {
    this.#network = network
    this.#names = names
    this.#namer = namer
    this.#options = options
    this.#source = source
    this.#notes = notes
    this.#hasPlaces = network.nodes.some(({ place }) => place !== undefined)
    this.#byId = new Map(network.nodes.map((node) => [node.id, node]))
  }

  build(): GraphData {
    const { nodes, links } = this.#network
    for (const { id, kind } of nodes) if (kind === 'host') this.hosts.set(id, this.#names.get(id)!)
    const linkData = links.map((link) => this.#link(link))
    for (const node of nodes)
      if (node.place !== undefined)
        this.#notes.add(
          'node',
          elementOf(node),
          'coordinates, which have no place in a scenario',
          'delays follow from them',
        )
    const attached = switchesToHost(this.#network, this.#options, this.#source, this.#notes).map((node) =>
      this.#attach(node),
    )
    const switches = nodes.filter(({ kind }) => kind === 'switch').map((node) => this.#switch(node))
    return {
      ...(switches.length > 0 && { switches }),
      hosts: [
        ...nodes.filter(({ kind }) => kind === 'host').map((node) => this.#host(node)),
        ...attached.map(({ name }) => name),
      ],
      links: [...linkData, ...attached.map(({ link }) => link)],
    }
  }

  #switch({ id, tier }: ExchangeNode) {
    const name = this.#names.get(id)!
    return tier === undefined ? name : { name, tier }
  }

  #host({ id, bond }: ExchangeNode) {
    const name = this.#names.get(id)!
    return bond === true ? { name, bond } : name
  }

  #link(link: ExchangeLink): LinkData {
    const rateBps = linkRateBps(link, this.#options.rateBps, this.#source, this.#notes)
    for (const end of link.ends) this.#totalBps.set(end, (this.#totalBps.get(end) ?? 0) + rateBps)
    const delayPs = link.delayPs ?? this.#delayPs(link)
    const { cost, weight, bitErrorRate, overheadBytes, slotBytesMin, tier } = link
    const [a, b] = link.ends
    return {
      between: [this.#names.get(a)!, this.#names.get(b)!],
      rate: printRate(rateBps),
      ...given({
        delay: delayPs === undefined ? undefined : printDuration(delayPs),
        cost,
        weight,
        bitErrorRate,
        framing: framingData(overheadBytes, slotBytesMin),
        tier,
      }),
    }
  }

  /** From the coordinates of both ends; absent: the scenario's own default. */
  #delayPs({ ends, line }: ExchangeLink): number | undefined {
    const [a, b] = ends.map((end) => this.#byId.get(end)!)
    if (a!.place !== undefined && b!.place !== undefined) return fibreDelayPs(a!.place, b!.place)
    if (!this.#hasPlaces) return undefined
    const name = [a, b].map((node) => node!.label ?? node!.id).join(' - ')
    this.#notes.add(
      'link',
      { name, ...given({ line }) },
      'an end without coordinates',
      'a delay of 1us is taken',
    )
    return undefined
  }

  #attach({ id }: ExchangeNode): { name: string; link: LinkData } {
    const router = this.#names.get(id)!
    const wanted = `${router}/host-0`
    const name = this.#namer.name(wanted, wanted)
    this.hosts.set(id, name)
    const rateBps = this.#options.hostRateBps ?? fitRateBps(this.#totalBps.get(id)!)!
    return { name, link: { between: [name, router], rate: printRate(rateBps) } }
  }
}
