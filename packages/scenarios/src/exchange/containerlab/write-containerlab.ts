import { printRate } from '@weft/core'
import { Document, isMap, visit } from 'yaml'
import { linkAttributes, nodeAttributes } from '../attributes.ts'
import { given } from '../given.ts'
import { ALL_OF_LINKS, noteLosses } from '../losses.ts'
import { FLAT_NAMES, Namer } from '../names.ts'
import type { ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import { Ports } from '../ports.ts'

/** Stand-ins: a drawing of a network does not say what runs on its nodes. */
const GROUPS = {
  switch: { kind: 'linux', image: 'quay.io/frrouting/frr:10.2.1' },
  host: { kind: 'linux', image: 'alpine:3' },
}

/** A topology of containerlab; what it has no word for goes into labels. */
export function writeContainerlab(network: ExchangeNetwork, notes: Notes): string {
  noteLosses(network, { links: ALL_OF_LINKS, nodes: true, demands: false }, notes)
  const namer = new Namer(FLAT_NAMES)
  const names = new Map(network.nodes.map(({ id }) => [id, namer.name(id.replaceAll('/', '-'), 'node')]))
  const ports = new Ports()
  const nodes = network.nodes.map((node) => {
    const name = names.get(node.id)!
    const labels = { ...nodeAttributes(node), ...(name !== node.id && { 'weft.name': node.id }) }
    return [name, { group: node.kind, labels }] as const
  })
  const links = network.links.map((link) => ({
    type: 'veth',
    endpoints: link.ends.map((end) => ({ node: names.get(end)!, interface: ports.next(end) })),
    labels: {
      ...given({ 'weft.rate': link.rateBps === undefined ? undefined : printRate(link.rateBps) }),
      ...linkAttributes(link),
    },
  }))
  for (const [group, { image }] of Object.entries(GROUPS))
    notes.add('group', { name: group }, 'no image to deploy', `${image} stands in`)
  const name = new Namer(FLAT_NAMES).name(network.name ?? 'net', 'net')
  const topology = { groups: GROUPS, nodes: Object.fromEntries(nodes), links }
  const document = new Document({ name, topology })
  visit(document, {
    Seq: (_, list) => {
      for (const item of list.items) if (isMap(item)) item.flow = true
    },
  })
  return document.toString({ lineWidth: 0 })
}
