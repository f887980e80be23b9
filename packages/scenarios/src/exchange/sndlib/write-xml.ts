import type { ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import { element, type XmlOut, writeXml } from '../xml/write-xml.ts'
import type { SndDemand, SndLink, SndNode } from './model.ts'
import { decimal, sndNetworkOf } from './prepare.ts'

const NAMESPACE = 'http://sndlib.zib.de/network'

/** SNDlib's XML format. */
export function writeSndlibXml(network: ExchangeNetwork, notes: Notes): string {
  const { meta, nodes, links, demands } = sndNetworkOf(network, notes)
  return writeXml(
    element('network', { xmlns: NAMESPACE, version: '1.0' }, [
      element(
        'meta',
        {},
        [...meta].map(([name, { value }]) => leaf(name, value)),
      ),
      element('networkStructure', {}, [
        element('nodes', { coordinatesType: 'pixel' }, nodes.map(nodeElement)),
        element('links', {}, links.map(linkElement)),
      ]),
      element('demands', {}, demands.map(demandElement)),
    ]),
  )
}

const leaf = (name: string, value: string | number): XmlOut =>
  element(name, {}, typeof value === 'string' ? value : decimal(value))

const nodeElement = ({ id, x = 0, y = 0 }: SndNode): XmlOut =>
  element('node', { id }, [element('coordinates', {}, [leaf('x', x), leaf('y', y)])])

const linkElement = ({ id, source, target, preInstalled, routingCost }: SndLink): XmlOut =>
  element('link', { id }, [
    leaf('source', source),
    leaf('target', target),
    ...(routingCost === 0 ? [] : [leaf('routingCost', routingCost)]),
    element('preInstalledModule', {}, [
      leaf('capacity', preInstalled.capacity),
      leaf('cost', preInstalled.cost),
    ]),
  ])

const demandElement = ({ id, source, target, value }: SndDemand): XmlOut =>
  element('demand', { id }, [leaf('source', source), leaf('target', target), leaf('demandValue', value)])
