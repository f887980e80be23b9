import fc from 'fast-check'
import { compileNetwork } from '../compile/fabric/network.ts'
import { Problems } from '../compile/problems.ts'
import { fatTree, graph, leafSpine, region } from '../builders/fabric.ts'
import { scenarioSchema } from '../schema/scenario.ts'
import type { ScenarioData } from '../schema/scenario.ts'

type Regions = ScenarioData['regions']
type Fabric = Regions[string]['fabric']
type GraphLinks = NonNullable<Fabric['graph']>['links']

/** A fabric as builders take it, and the names in it. */
export interface SmallFabric {
  readonly regions: Regions
  readonly hosts: readonly string[]
  /** Switches and links: what can fail and leave the hosts alive. */
  readonly parts: readonly string[]
}

const rate = fc.constantFrom('1Gbps', '10Gbps', '25Gbps', '40Gbps')
const link = fc.record({ rate, delay: fc.constantFrom('100ns', '1us', '5us') })
const queue = fc.constantFrom(
  { capacity: '8 packets' },
  { capacity: '64 packets', ecnThreshold: '16 packets' },
  { capacity: '30kB', ecnThreshold: '10kB', markAt: 'dequeue' as const },
)
const ecmp = fc.constantFrom('five-tuple', 'flowlet', 'spray', 'resilient')
const count = (max: number) => fc.integer({ min: 1, max })

const leafSpines = fc
  .record({
    leaves: fc.integer({ min: 2, max: 4 }),
    spines: count(3),
    hostsPerLeaf: count(3),
    parallelLinks: count(2),
    hostLink: link,
    fabricLink: link,
    queue,
    ecmp,
  })
  .map((options) => leafSpine(options))

const fatTrees = fc
  .record({ k: fc.constantFrom(2, 4), hostLink: link, fabricLink: link, queue, ecmp })
  .map((options) => fatTree(options))

/** A tree of switches with some links more, and hosts anywhere. */
const graphs = fc
  .record({
    parents: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
    chords: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }),
    attachments: fc.array(fc.nat(), { minLength: 2, maxLength: 6 }),
    link,
    queue,
    ecmp,
  })
  .map(({ parents, chords, attachments, link: options, ...rest }) => {
    const name = (index: number) => `s${index % (parents.length + 1)}`
    const pairs: [string, string][] = [
      ...parents.map((parent, index): [string, string] => [name(index + 1), name(parent % (index + 1))]),
      ...chords.map(([a, b]): [string, string] => [name(a), name(b)]).filter(([a, b]) => a !== b),
      ...attachments.map((at, index): [string, string] => [`h${index}`, name(at)]),
    ]
    return graph({
      switches: [...parents, 0].map((_, index) => name(index)),
      hosts: attachments.map((_, index) => `h${index}`),
      links: pairs.map((between) => ({ between, ...options })) as unknown as GraphLinks,
      ...rest,
    })
  })

const routing = fc.record({
  detection: fc.constantFrom('0us', '10us', '100us'),
  convergence: fc.constantFrom('0us', '20us', '100us'),
})

/** Fabrics of two to a few dozen hosts: leaf/spine, fat-tree, any graph. */
export const smallFabric = (): fc.Arbitrary<SmallFabric> =>
  fc.tuple(fc.oneof(leafSpines, fatTrees, graphs), routing).map(([fabric, times]) => {
    const regions: Regions = { r: region({ fabric, routing: times }) }
    return { regions, ...namesIn(regions) }
  })

function namesIn(regions: Regions): Pick<SmallFabric, 'hosts' | 'parts'> {
  const { nodes, links } = compileNetwork(scenarioSchema.parse({ weft: 1, regions }).regions, new Problems())!
  const switches = nodes.filter(({ kind }) => kind === 'switch').map(({ name }) => name)
  const hosts = nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
  return { hosts, parts: [...switches, ...links.map(({ name }) => name)] }
}
