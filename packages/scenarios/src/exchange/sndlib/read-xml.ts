import { given } from '../given.ts'
import type { ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { ReadOptions } from '../read-options.ts'
import type { Source } from '../source.ts'
import { childOf, childrenOf, readXml, type XmlElement } from '../xml/read-xml.ts'
import {
  type SndDemand,
  type SndLink,
  type SndModule,
  type SndNetwork,
  type SndNode,
  UNLIMITED,
} from './model.ts'
import { networkOf } from './network-of.ts'

/** SNDlib's XML format, document element `network`. */
export function readSndlibXml(source: Source, notes: Notes, options: ReadOptions): ExchangeNetwork {
  const root = readXml(source)
  if (root.name !== 'network')
    source.fail(root.line, `the first element is <${root.name}>; expected <network> of SNDlib`)
  const structure = childOf(root, 'networkStructure')
  if (structure === undefined) source.fail(root.line, 'there is no <networkStructure> in this <network>')
  const nodes = childOf(structure, 'nodes')
  if (nodes === undefined) source.fail(structure.line, 'there are no <nodes> in this <networkStructure>')
  const reader = new SndXml(source)
  const links = childOf(structure, 'links')
  const demands = childOf(root, 'demands')
  const found: SndNetwork = {
    meta: new Map(
      (childOf(root, 'meta')?.children ?? []).map(({ name, text, line }) => [name, { value: text, line }]),
    ),
    coordinates: nodes.attributes.get('coordinatesType') === 'geographical' ? 'geographical' : 'pixel',
    nodes: childrenOf(nodes, 'node').map((node) => reader.node(node)),
    links: links === undefined ? [] : childrenOf(links, 'link').map((link) => reader.link(link)),
    demands:
      demands === undefined ? [] : childrenOf(demands, 'demand').map((demand) => reader.demand(demand)),
  }
  source.check()
  return networkOf(found, source, notes, options)
}

/** Reads elements and refuses, with the line, what is missing in them or no number. */
class SndXml {
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  node(element: XmlElement): SndNode {
    const coordinates = childOf(element, 'coordinates')
    const x = coordinates === undefined ? undefined : this.#number(coordinates, 'x')
    const y = coordinates === undefined ? undefined : this.#number(coordinates, 'y')
    return { id: this.#id(element), line: element.line, ...given({ x, y }) }
  }

  link(element: XmlElement): SndLink {
    const preInstalled = childOf(element, 'preInstalledModule')
    const additional = childOf(element, 'additionalModules')
    return {
      id: this.#id(element),
      line: element.line,
      source: this.#word(element, 'source'),
      target: this.#word(element, 'target'),
      preInstalled: preInstalled === undefined ? { capacity: 0, cost: 0 } : this.#module(preInstalled),
      routingCost: this.#number(element, 'routingCost', 0),
      setupCost: this.#number(element, 'setupCost', 0),
      modules:
        additional === undefined ? [] : childrenOf(additional, 'addModule').map((each) => this.#module(each)),
    }
  }

  demand(element: XmlElement): SndDemand {
    const limit = childOf(element, 'maxPathLength')
    const isLimited = limit !== undefined && limit.text !== UNLIMITED
    const paths = childOf(element, 'admissiblePaths')
    return {
      id: this.#id(element),
      line: element.line,
      source: this.#word(element, 'source'),
      target: this.#word(element, 'target'),
      routingUnit: this.#number(element, 'routingUnit', 1),
      value: this.#number(element, 'demandValue'),
      admissiblePaths: paths === undefined ? 0 : childrenOf(paths, 'admissiblePath').length,
      ...given({ pathLengthMax: isLimited ? this.#number(element, 'maxPathLength') : undefined }),
    }
  }

  #module(element: XmlElement): SndModule {
    const isUnlimited = childOf(element, 'capacity')?.text === UNLIMITED
    const capacity = isUnlimited ? Number.POSITIVE_INFINITY : this.#number(element, 'capacity')
    return { capacity, cost: this.#number(element, 'cost', 0) }
  }

  #id({ attributes, name, line }: XmlElement): string {
    const id = attributes.get('id')
    if (id === undefined || id === '') this.#source.refuse(line, `this ${name} has no id`)
    return id ?? ''
  }

  #word(parent: XmlElement, name: string): string {
    const child = childOf(parent, name)
    if (child === undefined || child.text === '')
      this.#source.refuse(child?.line ?? parent.line, `there is no <${name}> in this <${parent.name}>`)
    return child?.text ?? ''
  }

  #number(parent: XmlElement, name: string, otherwise?: number): number {
    const child = childOf(parent, name)
    if (child === undefined && otherwise !== undefined) return otherwise
    const text = this.#word(parent, name)
    const value = Number(text)
    if (text !== '' && !Number.isFinite(value))
      this.#source.refuse(child!.line, `<${name}> is ${JSON.stringify(text.slice(0, 60))}; expected a number`)
    return value
  }
}
