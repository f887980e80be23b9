import { expect, it } from 'vitest'
import { networkOf, plainLink } from '../../test/helpers/networks.ts'
import { bareFabric } from './bare-fabric.ts'
import { attachInternet } from './generators/internet.ts'
import { leafSpine } from './generators/leaf-spine.ts'
import { leafSpineOptions } from './generators/options.fixture.ts'
import { attachWorkloads } from './generators/workloads.ts'

it('a fabric is what it was before workloads ran on it and it met the internet', () => {
  const link = plainLink(10e9, 1000)
  const { delayPs, framing, queue } = link
  const options = { leaves: 2, spines: 2, hostsPerLeaf: 2, nicsPerHost: 2, bond: true }
  const fabric = networkOf(leafSpine(leafSpineOptions(options)))
  const hosts = fabric.nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : []))
  const workloads = hosts.map((host, i) => ({ name: `shop/web-${i}`, host, addresses: [`10.9.0.${i + 1}`] }))
  const populated = attachWorkloads(fabric, workloads, { delayPs, framing, queue })
  const region = {
    region: 'ord1',
    gateways: 1,
    switches: ['ord1/spine-0'],
    fabricLink: link,
    internetLink: link,
  }
  const outside = [{ name: 'internet/client-0', addresses: ['198.18.0.1'] }]
  const { nodes, links } = bareFabric({ ...fabric, ...attachInternet(populated, [region], outside) })
  const isOfGateway = (name: string) => name.includes('gateway')
  expect(nodes.filter(({ name }) => !isOfGateway(name))).toEqual(fabric.nodes)
  expect(links.filter(({ name }) => !isOfGateway(name))).toEqual(fabric.links)
  expect(nodes.filter(({ name }) => isOfGateway(name)).map(({ name }) => name)).toEqual(['ord1/gateway-0'])
})
