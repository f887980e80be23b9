import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scenario } from '../builders/scenario.ts'
import { distanceKm, FIBRE_KM_PER_SECOND } from './geography.ts'
import { type ImportOptions, importNetwork } from './import-network.ts'
import { formatNote } from './notes.ts'

const GOOD = new URL('../../test/exchange/good/', import.meta.url)
const file = (name: string) => readFileSync(new URL(name, GOOD))
const encode = (text: string) => new TextEncoder().encode(text)

function imported(name: string, options: ImportOptions = {}) {
  const result = importNetwork(name, file(name), options)
  const { network } = scenario({ ...result.data }).compiled.blueprint
  const links = network.links.map(({ name: link, rateBps, delayPs }) => [link, rateBps, delayPs] as const)
  return { ...result, network, links, said: result.notes.map(formatNote) }
}

const graphml = (nodes: string, edges: string, keys = '') =>
  encode(`<graphml>
<key id="label" for="node" attr.name="label"/>
<key id="raw" for="edge" attr.name="LinkSpeedRaw"/>
<key id="text" for="edge" attr.name="LinkLabel"/>
${keys}<graph edgedefault="undirected">
${nodes}
${edges}
</graph></graphml>`)

const edge = (source: string, target: string, data = '<data key="raw">1e9</data>') =>
  `<edge source="${source}" target="${target}">${data}</edge>`

describe('GraphML of the Topology Zoo', () => {
  it('Abilene: 11 routers with a host each, 14 links at the rate and the delay that its file gives', () => {
    const { format, guessedBy, network, links, said, names } = imported('abilene.graphml')
    expect({ format, guessedBy }).toEqual({ format: 'graphml', guessedBy: 'its element <graphml>' })
    expect(network.nodes.filter(({ kind }) => kind === 'switch')).toHaveLength(11)
    expect(network.nodes.filter(({ kind }) => kind === 'host')).toHaveLength(11)
    const backbone = links.filter(([name]) => !name.includes('host-0'))
    expect(backbone).toHaveLength(14)
    for (const [, rateBps] of backbone) expect(rateBps).toBe(192 * 51.84e6)
    const coast = backbone.find(([name]) => name === 'Abilene/Atlanta:Abilene/Houston')!
    const km = distanceKm(
      { latitudeDeg: 33.75, longitudeDeg: -84.39 },
      { latitudeDeg: 29.76, longitudeDeg: -95.37 },
    )
    expect(km).toBeGreaterThan(1100)
    expect(km).toBeLessThan(1140)
    expect(coast[2]).toBeCloseTo((km / FIBRE_KM_PER_SECOND) * 1e12, -4)
    expect(names['2']).toBe('Abilene/Los-Angeles')
    expect(said).toContain(
      'abilene.graphml:29  4 nodes (Los Angeles as Los-Angeles, Kansas City as Kansas-City, Washington DC as Washington-DC ...): ' +
        'a name that is taken or cannot be one in a scenario; renamed',
    )
    expect(said).toContain('abilene.graphml:14  graph attribute DateYear: no place for it in a scenario')
  })

  it('attached hosts are as fast as all links of their router together, unless told', () => {
    const rate = (links: readonly (readonly [string, number, number])[]) =>
      links.find(([name]) => name.startsWith('Abilene/Houston:Abilene/Houston/host-0'))![1]
    expect(rate(imported('abilene.graphml').links)).toBe(3 * 192 * 51.84e6)
    expect(rate(imported('abilene.graphml', { hostRateBps: 100e9 }).links)).toBe(100e9)
  })

  it('parallel links stay distinct, drawn one by one or as a multiple', () => {
    const bytes = graphml(
      '<node id="a"/><node id="b"/>',
      edge('a', 'b') +
        edge('b', 'a', '<data key="raw">1e10</data>') +
        edge('a', 'b', '<data key="text">2 x 40 Gbps</data>'),
    )
    const { data, notes } = importNetwork('x', bytes, { hostRateBps: 1e9 })
    const { links } = data.regions['net']!.fabric.graph!
    expect(links.slice(0, 4).map(({ between, rate }) => [...between, rate])).toEqual([
      ['a', 'b', '1Gbps'],
      ['b', 'a', '10Gbps'],
      ['a', 'b', '40Gbps'],
      ['a', 'b', '40Gbps'],
    ])
    expect(notes.map(({ what }) => what)).toContain('drawn once for 2 links')
    expect(scenario({ ...data }).compiled.blueprint.network.links).toHaveLength(6)
  })

  it('everything else in the file is said', () => {
    const keys = `<key id="speed" for="edge" attr.name="LinkSpeed"><default>10</default></key>
<key id="unit" for="edge" attr.name="LinkSpeedUnits"><default>G</default></key>
<key id="note" for="edge" attr.name="LinkNote"/>
<key id="in" for="node" attr.name="Internal"/>
<key id="hub" for="node" attr.name="hyperedge"/>
<key id="lat" for="node" attr.name="Latitude"/>
<key id="lon" for="node" attr.name="Longitude"/>
`
    const bytes = graphml(
      `<node id="a"><data key="lat">95</data><data key="lon">0</data></node>
<node id="b"><data key="in">0</data><data key="lat">1</data><data key="lon">2</data></node>
<node id="c"><data key="hub">1</data><graph><node id="c1"/></graph></node>
<node id="d"/><hyperedge id="h1"/>`,
      `<edge id="e1" source="a" target="b" sourceport="1"><data key="note">leased</data></edge>
${edge('b', 'b')}
${edge('b', 'c', '<data key="raw">2.5e9</data>')}
${edge('c1', 'c', '<data key="raw">fast</data>')}
<edge directed="true" source="a" target="c"/><edge directed="true" source="c" target="a"/>
<edge directed="true" source="a" target="c1"/>`,
      keys,
    )
    const { notes, data } = importNetwork('z.graphml', bytes)
    expect(notes.map((note) => formatNote(note).replace('z.graphml', ''))).toEqual([
      ':15  node c: a graph within; its nodes and edges are taken as the others',
      ':16  hyperedge h1: left out',
      ':13  node a: 95, 0 are no coordinates in degrees; left out',
      ':14  node b: of another network (Internal 0); kept like the others',
      ':15  node c: a shared segment (hyperedge 1); kept as a switch, without a host',
      ':17  link a - b: an id; links are named by their ends in a scenario',
      ':17  link a - b: sourceport; links have no ports in a scenario',
      ':17  edge a - b: attribute LinkNote, which has no place in a scenario',
      ':18  2 links (b - b, b - c): LinkSpeed says 10Gbps; LinkSpeedRaw is taken',
      ':18  link b - b: from a node to itself; left out',
      ':20  link c1 - c: LinkSpeedRaw "fast" is no rate; the other keys are asked',
      ':21  edge a -> c: directed, with an opposite; the two are one link',
      ':22  edge a -> c1: directed, without an opposite; a link of both directions',
      ':16  switch d: without a link; kept, without a host',
      ':17  5 links (a - b, b - c, c1 - c ...): an end without coordinates; a delay of 1us is taken',
      ':14  node b: coordinates, which have no place in a scenario; delays follow from them',
      ':13  3 switches (a, b, c1): without a host; a host is attached (--hosts)',
    ])
    expect(data.regions['net']!.fabric.graph!.links.slice(0, 5).map(({ rate }) => rate)).toEqual([
      '10Gbps',
      '2.5Gbps',
      '10Gbps',
      '10Gbps',
      '10Gbps',
    ])
  })

  it('links without a rate get the one that is asked for', () => {
    const bytes = graphml(
      '<node id="a"/><node id="b"/>',
      edge('a', 'b', '') + edge('a', 'b', '<data key="text">DWDM</data>'),
    )
    expect(() => importNetwork('x', bytes)).toThrow(
      'x:7:1  link a - b: no rate; give such links one, as with --rate 10Gbps\n' +
        'x:7:1  link a - b: LinkLabel "DWDM" names no rate; give such links one, as with --rate 10Gbps',
    )
    const { data, notes } = importNetwork('x', bytes, { rateBps: 40e9 })
    expect(data.regions['net']!.fabric.graph!.links[1]!.rate).toBe('40Gbps')
    expect(notes.map(formatNote)).toContain(
      'x:7  link a - b: LinkLabel "DWDM" names no rate; 40Gbps assumed (--rate)',
    )
  })

  it('rates that cannot be timed are rounded, and that is said', () => {
    const bytes = graphml(
      '<node id="a"/><node id="b"/>',
      edge('a', 'b', '<data key="raw">371234567891</data>') +
        edge('a', 'b', '<data key="raw">1000000.4</data>'),
    )
    const { data, notes } = importNetwork('x', bytes, { hostRateBps: 1e9 })
    expect(data.regions['net']!.fabric.graph!.links.slice(0, 2).map(({ rate }) => rate)).toEqual([
      '371235Mbps',
      '1Mbps',
    ])
    expect(notes.map(({ what }) => what)).toContain('a rate of 371234567891 bit/s cannot be timed')
  })

  it('of several parts the largest, if that is asked for', () => {
    const bytes = graphml(
      '<node id="a"/><node id="b"/><node id="c"/><node id="d"/><node id="e"/>',
      edge('d', 'e') + edge('a', 'b') + edge('b', 'c'),
    )
    expect(() => importNetwork('x', bytes)).toThrow(
      'the network is in 2 parts: no path leads from "d" (2 nodes) to "a" (3 nodes)',
    )
    const { data, notes } = importNetwork('x', bytes, { largestPart: true })
    expect(data.regions['net']!.fabric.graph!.switches).toEqual(['a', 'b', 'c'])
    expect(notes.map(formatNote)).toContain(
      'x:6  2 nodes (d, e): not connected with the largest part; left out',
    )
  })

  it('as many nodes and links as the largest of the Zoo (Kdl: 754 and 899) fit', () => {
    const nodes = Array.from(
      { length: 754 },
      (_, i) => `<node id="${i}"><data key="label">City of ${i}</data></node>`,
    )
    const edges = Array.from({ length: 899 }, (_, i) =>
      edge(String(i % 754), String((i + 1 + Math.floor(i / 754) * 7) % 754)),
    )
    const { data } = importNetwork('x', graphml(nodes.join('\n'), edges.join('\n')))
    expect(scenario({ ...data }).compiled.blueprint.network.links.length).toBeGreaterThan(754 + 890)
  })
})

describe('SNDlib', () => {
  it.each(['abilene.xml', 'abilene.txt'])('%s: links, delays and demands', (name) => {
    const { network, links, demands, data, said } = imported(name)
    expect(network.nodes).toHaveLength(22)
    const backbone = links.filter(([link]) => !link.includes('host-0'))
    expect(backbone.map(([, rateBps]) => rateBps)).toEqual(Array(14).fill(9_953.28e6))
    const graph = imported('abilene.graphml').links.filter(([link]) => !link.includes('host-0'))
    expect(backbone.map(([, , delay]) => delay).sort()).toEqual(graph.map(([, , delay]) => delay).sort())
    expect(demands.map(({ from, to, rateBps }) => [from, to, rateBps])).toEqual([
      ['net/Seattle/host-0', 'net/NewYork/host-0', 850.5e6],
      ['net/NewYork/host-0', 'net/Seattle/host-0', 412.25e6],
      ['net/LosAngeles/host-0', 'net/Chicago/host-0', 1200e6],
      ['net/Chicago/host-0', 'net/LosAngeles/host-0', 1350e6],
      ['net/Houston/host-0', 'net/Denver/host-0', 97.125e6],
    ])
    expect(data.traffic).toHaveLength(5)
    expect(data.traffic![0]).toEqual({
      name: 'Seattle_NewYork',
      from: 'net/Seattle/host-0',
      to: 'net/NewYork/host-0',
      stream: { packet: '1500B', rate: '850.5Mbps' },
    })
    expect(said.join('\n')).toContain(
      '14 links (L1, L2, L3 ...): modules that may be added, which have no place in a scenario; its pre-installed capacity is taken',
    )
  })

  const header = '?SNDlib native format; type: network; version: 1.0\n'
  const native = (links: string, demands = '', nodes = 'A ( 0 0 )\n B ( 300 800 )\n C ( 5 5 )') =>
    encode(`${header}NODES (\n ${nodes}\n)\nLINKS (\n${links}\n)\nDEMANDS (\n${demands}\n)\n`)

  it('units, modules, costs, paths and parallel links', () => {
    const bytes = native(
      `L1 ( A B ) 0 0 3 7 ( 155 10 622 30 )
L2 ( A B ) 2.5 0 4 0 ( )
L3 ( C B ) 0 5 5 0 ( 40 1 ) ( ignored room )`,
      'D1 ( A B ) 2 10.5 UNLIMITED\nD2 ( A C ) 1 0 3\nD3 ( B B ) 1 1 UNLIMITED\n)\nADMISSIBLE_PATHS (\nD1 ( P0 ( L1 ) P1 ( L2 ) )',
    )
    const { data, notes, demands } = importNetwork('x', bytes, { unitBps: 1e9 })
    const { links } = data.regions['net']!.fabric.graph!
    expect(links.slice(0, 3)).toEqual([
      { between: ['A', 'B'], rate: '622Gbps', cost: 3 },
      { between: ['A', 'B'], rate: '2.5Gbps', cost: 4 },
      { between: ['C', 'B'], rate: '40Gbps', cost: 5 },
    ])
    expect(demands.map(({ rateBps }) => rateBps)).toEqual([21e9, 0])
    expect(data.traffic!.map(({ stream }) => stream!.rate)).toEqual(['21Gbps'])
    const said = notes.map(formatNote)
    for (const part of [
      'x:8  2 links (L1, L3): no pre-installed capacity; its largest module is taken, once',
      'x:8  link L1: a setup cost, which has no place in a scenario',
      'x:10  link L3: a cost of its capacity, which has no place in a scenario',
      'x:3  file as a whole: coordinates are pixels; delays are not taken from them',
      'x:13  demand D1: a list of paths, which has no place in a scenario; it takes shortest paths',
      'x:14  demand D2: a maximum path length, which has no place in a scenario; it takes shortest paths',
      'x:14  demand D2: zero; left out',
      'x:15  demand D3: from a node to itself; left out',
    ])
      expect(said).toContain(part)
  })

  it('without a unit 1 is 1 Mbit/s, and that is said; so is what the model file would tell', () => {
    const bytes = native(
      'L1 ( A B ) 10 0 0.5 0 ( )\nL2 ( B A ) 10 0 0 0 ( )\nL3 ( A C ) 10 0 0 0 ( )\nL4 ( C A ) 10 0 0 0 ( )',
      'D ( A B ) 1 1 UNLIMITED',
    )
    const { data, notes } = importNetwork('x', bytes)
    expect(data.regions['net']!.fabric.graph!.links.slice(0, 4)).toEqual(
      [
        ['A', 'B'],
        ['B', 'A'],
        ['A', 'C'],
        ['C', 'A'],
      ].map((between) => ({ between, rate: '10Mbps' })),
    )
    const said = notes.map(formatNote)
    for (const part of [
      'capacities and demands have no unit; 1 is taken as 1Mbps (--unit)',
      'routing cost, and not all of them can be path costs',
      'an opposite, as all others have: the links may be directed; each is kept as a link of both directions',
      'no opposite, nor has any other one: demands may be undirected; each goes from its source to its target',
    ])
      expect(said.some((line) => line.includes(part))).toBe(true)
  })

  it('a unit in META holds', () => {
    const bytes = encode(
      `${header}META (\n unit = GBITPERSEC\n)\nNODES (\n A ( 0 0 )\n B ( 0 0 )\n)\nLINKS (\n L ( A B ) 1.5 0 0 0 ( )\n)\n`,
    )
    const { data } = importNetwork('x', bytes)
    expect(data.regions['net']!.fabric.graph!.links[0]).toEqual({ between: ['A', 'B'], rate: '1.5Gbps' })
  })

  it('demands from files of their own: CSV, or matrices of SNDlib, which have no links', () => {
    const demandsOf = (name: string, bytes: Uint8Array, network = 'abilene.graphml') =>
      imported(network, { demandsFile: { file: name, bytes } }).demands.map(({ from, to, rateBps }) => [
        from,
        to,
        rateBps,
      ])
    const host = (city: string) => `Abilene/${city}/host-0`
    expect(demandsOf('demands.csv', file('demands.csv'))).toEqual([
      [host('Seattle'), host('New-York'), 1.5e9],
      [host('New-York'), host('Seattle'), 800e6],
      [host('Los-Angeles'), host('Chicago'), 2e9],
    ])
    expect(demandsOf('matrix.csv', file('matrix.csv'))).toHaveLength(5)
    const matrix = encode(
      `${header}NODES (\n Seattle ( 0 0 )\n Denver ( 0 0 )\n)\nLINKS (\n)\nDEMANDS (\n D ( Seattle Denver ) 1 3 UNLIMITED\n)\n`,
    )
    expect(demandsOf('m.txt', matrix)).toEqual([[host('Seattle'), host('Denver'), 3e6]])
    expect(() =>
      demandsOf('d.csv', encode('from,to,rate\nSeattle,Denvre,1Gbps\nXanadu,Denver,1Gbps\n')),
    ).toThrow(
      'd.csv:2:9  unknown node "Denvre"; did you mean "Denver"?\nd.csv:3:1  unknown node "Xanadu"; expected the name of a node of the network',
    )
    const { said } = imported('abilene.txt', {
      demandsFile: { file: 'd.csv', bytes: encode('from,to,rate\nSeattle,Denver,1Gbps\n') },
    })
    expect(said.join('\n')).toContain(
      '5 demands (Seattle_NewYork, NewYork_Seattle, LosAngeles_Chicago ...): in the network file too; left out for --demands',
    )
  })

  it('too many demands for a scenario go to a file of their own', () => {
    const demands = Array.from({ length: 3_000 }, (_, i) => `D${i} ( A B ) 1 1 UNLIMITED`).join('\n')
    const bytes = native('L1 ( A B ) 10 0 0 0 ( )\nL2 ( A C ) 10 0 0 0 ( )', demands)
    expect(() => importNetwork('x', bytes)).toThrow(
      /leave its 3000 demands to a file of their own with --demands-out/,
    )
    const { demands: apart, data } = importNetwork('x', bytes, { demands: 'apart' })
    expect(apart).toHaveLength(3_000)
    expect(data.traffic).toBeUndefined()
  })
})

describe('containerlab', () => {
  it('both forms of links, hosts by their kind and image, what leads out of the lab', () => {
    const { network, links, said } = imported('small.clab.yml', { rateBps: 25e9 })
    expect(network.nodes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'host small/client1',
      'host small/client2',
      'switch small/frr1',
      'switch small/leaf1',
      'switch small/leaf2',
      'switch small/spare',
      'switch small/spine1',
    ])
    expect(links.map(([name, rateBps]) => [name, rateBps])).toEqual([
      ['small/client1:small/leaf1', 25e9],
      ['small/client2:small/leaf2', 25e9],
      ['small/frr1:small/spine1', 25e9],
      ['small/leaf1:small/spine1', 25e9],
      ['small/leaf1:small/spine1#2', 25e9],
      ['small/leaf2:small/spine1', 25e9],
    ])
    for (const part of [
      'small.clab.yml:33  link leaf2:e1-10 - mgmt-net:leaf2-e1-10: out of the lab (mgmt-net); left out',
      'small.clab.yml:34  link frr1:eth2: out of the lab (macvlan); left out',
      'small.clab.yml:21  switch spare: without a link; kept, without a host',
      'small.clab.yml:24  link leaf1:e1-50 - spine1:e1-2: setting mtu, which has no place in a scenario',
    ])
      expect(said).toContain(part)
  })

  it('hosts as they are asked for', () => {
    const hosts = (hostNodes: string[]) =>
      imported('small.clab.yml', { hostNodes })
        .network.nodes.filter(({ kind }) => kind === 'host')
        .map(({ name }) => name)
    expect(hosts(['client1', 'frr*'])).toEqual(['small/client1', 'small/frr1'])
    // none of its own: each gets one
    expect(hosts([])).toHaveLength(6)
    expect(() => hosts(['server*'])).toThrow(
      '--host-nodes: no node matches "server*"; nodes are named as in "leaf1"',
    )
  })

  it('a node may be called like what is outside of labs, and bridges are segments', () => {
    const text = `topology:
  nodes: { host: { kind: nokia_srlinux }, br: { kind: bridge }, b: {} }
  links: [{ endpoints: ["host:e1", "br:e1"] }, { endpoints: ["b:e1", "br:e2"] }]
`
    const { data } = importNetwork('x', encode(text))
    expect(data.regions['net']!.fabric.graph!.hosts).toEqual(['host/host-0', 'b/host-0'])
  })
})

describe('Batfish', () => {
  it('both directions of a link are one, parallel links are several, case does not count', () => {
    const { links, format } = imported('layer1_topology.json', { hostNodes: ['srv*'], rateBps: 1e9 })
    expect(format).toBe('batfish')
    expect(links.map(([name]) => name)).toEqual([
      'net/leaf1:net/spine1',
      'net/leaf1:net/spine1#2',
      'net/leaf1:net/srv1',
      'net/leaf2:net/spine1',
      'net/leaf2:net/srv2',
    ])
  })

  it('repetitions, segments and what else stands there are said', () => {
    const at = (hostname: string, interfaceName: string) => ({ hostname, interfaceName })
    const edges = [
      { node1: at('a', 'e1'), node2: at('b', 'e1') },
      { node1: at('a', 'e1'), node2: at('b', 'e1'), speed: 1 },
      { node1: at('a', 'e1'), node2: at('c', 'e1') },
      { node1: at('a', 'e2'), node2: at('a', 'e3') },
    ]
    const { notes, data } = importNetwork('x', encode(JSON.stringify({ edges, version: 1 })))
    expect(data.regions['net']!.fabric.graph!.links).toHaveLength(2 + 3)
    expect(notes.map((note) => formatNote(note).replace(/^x:1 {2}/, ''))).toEqual(
      expect.arrayContaining([
        'key version: no place for it in a scenario',
        'edge a[e1] - b[e1]: setting speed, which has no place in a scenario',
        'edge a[e1] - b[e1]: listed twice; one link',
        'edge a[e2] - a[e3]: from a node to itself; left out',
        'interface a[e1]: several peers, as on a shared segment; each is a link of its own',
      ]),
    )
  })
})
