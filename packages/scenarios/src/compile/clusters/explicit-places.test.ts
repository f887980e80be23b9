import { describe, expect, it } from 'vitest'
import { deployment } from '../../kubernetes/deployment.fixture.ts'
import { clusterOf } from '../../kubernetes/manifests.fixture.ts'
import { compileScenario } from '../compile.ts'

const pod = (name: string, spec = '') => `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop }
spec: { containers: [{ name: a }]${spec} }
---`
const node = (name: string) => `
---
apiVersion: v1
kind: Node
metadata: { name: ${name} }
`

function compiled(manifests: string, kubernetes: object = {}, rest: object = {}) {
  const leafSpine = { leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' }
  return compileScenario(
    {
      weft: 1,
      regions: { r: { fabric: { leafSpine } } },
      kubernetes: [{ region: 'r', manifests: 'm', ...kubernetes }],
      run: { for: '60s' },
      ...rest,
    },
    { cluster: (_, __, hosts) => clusterOf(manifests, hosts) },
  )
}

/** `shop/a r/leaf-0/host-0` of every pod. */
function places(...of: Parameters<typeof compiled>): string[] {
  const result = compiled(...of)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  return result.value.clusters[0]!.cloud.pods.map(({ name, host }) => `${name.split('-')[0]} ${host}`)
}

function refusals(...of: Parameters<typeof compiled>): string[] {
  const result = compiled(...of)
  return result.ok ? [] : result.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('a node', () => {
  const bound = pod('a', ', nodeName: worker-b')

  it('is the host that the scenario says', () => {
    const nodes = { 'worker-b': 'r/leaf-1/host-0' }
    expect(places(bound, { nodes })).toEqual(['shop/a r/leaf-1/host-0'])
    const described = node('worker-a') + node('worker-b') + bound + pod('b', ', nodeName: worker-a')
    expect(places(described, { nodes })).toEqual(['shop/a r/leaf-1/host-0', 'shop/b r/leaf-0/host-0'])
  })

  it('that pods name alone leaves the other hosts to pods that name none', () => {
    expect(places(bound + deployment('d', 3))).toEqual([
      'shop/a r/leaf-0/host-0',
      'shop/d r/leaf-0/host-1',
      'shop/d r/leaf-1/host-0',
      'shop/d r/leaf-1/host-1',
    ])
    const set = deployment('s', 1)
      .replace('Deployment', 'DaemonSet')
      .replace('replicas: 1', 'minReadySeconds: 0')
    expect(places(bound + set).filter((each) => each.startsWith('shop/s'))).toHaveLength(4)
    // nodes that manifests describe are all that there are
    expect(places(node('worker-b') + bound + deployment('d', 1))).toEqual([
      'shop/a r/leaf-0/host-0',
      'shop/d r/leaf-0/host-0',
    ])
  })

  it('that pods ask for by its label is one, too', () => {
    const asks = pod('a', ', nodeSelector: { kubernetes.io/hostname: worker-c }')
    expect(places(asks, { nodes: { 'worker-c': 'r/leaf-1/host-1' } })).toEqual(['shop/a r/leaf-1/host-1'])
  })

  it('is refused where nobody knows it, or its host', () => {
    const nodes = { 'worker-c': 'r/leaf-1/host-0' }
    expect(refusals(bound, { nodes })).toEqual([
      'kubernetes.0.nodes.worker-c: unknown node "worker-c"; did you mean "worker-b"?',
    ])
    expect(refusals(pod('a'), { nodes })).toEqual([
      'kubernetes.0.nodes.worker-c: unknown node "worker-c"; manifests name no node',
    ])
    expect(refusals(bound, { nodes: { 'worker-b': 'r/leaf-1/host-7' } })).toEqual([
      'kubernetes.0.nodes.worker-b: unknown host "r/leaf-1/host-7"; did you mean "r/leaf-1/host-0"?',
    ])
    const both = { 'worker-a': 'r/leaf-1/host-0', 'worker-b': 'r/leaf-1/host-0' }
    expect(refusals(bound + node('worker-a') + node('worker-b'), { nodes: both })).toEqual([
      'kubernetes.0.nodes.worker-b: "r/leaf-1/host-0" is node "worker-a" already',
    ])
  })
})

describe('node affinity', () => {
  const labelled = (name: string, disk: string) =>
    node(name).replace(`name: ${name}`, `name: ${name}, labels: { disk: ${disk}, size: '${name.length}' }`)
  const asking = (requirement: string) =>
    pod(
      'a',
      `, affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ ${requirement} }] } } }`,
    )
  const nodes = labelled('w1', 'hdd') + labelled('w22', 'ssd') + labelled('w333', 'nvme')

  it.each([
    ['matchExpressions: [{ key: disk, operator: In, values: [ssd, tape] }]', 'w22'],
    ['matchExpressions: [{ key: disk, operator: NotIn, values: [hdd, ssd] }]', 'w333'],
    [
      'matchExpressions: [{ key: disk, operator: NotIn, values: [hdd] }, { key: size, operator: Lt, values: ["4"] }]',
      'w22',
    ],
    ['matchExpressions: [{ key: size, operator: Gt, values: ["3"] }]', 'w333'],
    ['matchExpressions: [{ key: disk, operator: Exists }, { key: gpu, operator: DoesNotExist }]', 'w1'],
    ['matchFields: [{ key: metadata.name, operator: In, values: [w333] }]', 'w333'],
  ])('%s leads to %s', (requirement, name) => {
    const result = compiled(nodes + asking(requirement))
    if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
    const { cloud } = result.value.clusters[0]!
    expect(cloud.nodes.find(({ host }) => host === cloud.pods[0]!.host)!.node.name).toBe(name)
  })

  it('that no node meets leaves a pod nowhere, and is warned of where nodes are not described', () => {
    const tape = asking('matchExpressions: [{ key: disk, operator: In, values: [tape] }]')
    expect(refusals(nodes + tape)[0]).toContain('no node has the labels that it asks for')
    const result = compiled(tape)
    expect(result.ok && result.value.warnings.map(({ message }) => message)).toEqual([
      '"shop/a" asks for nodes by labels, and no manifest describes nodes: any host is taken to have them',
    ])
    expect(
      compiled(asking('matchFields: [{ key: metadata.name, operator: In, values: [r/leaf-1/host-1] }]')),
    ).toMatchObject({
      ok: true,
      value: { warnings: [] },
    })
  })
})

describe('a node selector', () => {
  const asking = (labels: string) => pod('a', `, nodeSelector: { ${labels} }`)
  const warningsOf = (text: string) => {
    const result = compiled(text)
    return result.ok ? result.value.warnings.map(({ message }) => message) : ['refused']
  }

  it('is met by any host where no manifest describes nodes, and is warned of', () => {
    expect(warningsOf(asking('disk: ssd'))).toEqual([
      '"shop/a" asks for nodes by labels, and no manifest describes nodes: any host is taken to have them',
    ])
    expect(refusals(node('w1') + asking('disk: ssd'))[0]).toContain('no node has the labels that it asks for')
  })

  it('for Linux is nothing to warn of', () => {
    expect(warningsOf(asking('kubernetes.io/os: linux'))).toEqual([])
    expect(warningsOf(asking('kubernetes.io/os: windows'))).toHaveLength(1)
  })

  it('leaves a DaemonSet on every host', () => {
    const set = deployment('s', 1)
      .replace('Deployment', 'DaemonSet')
      .replace('replicas: 1', 'minReadySeconds: 0')
      .replace(/containers:/, 'nodeSelector: { kubernetes.io/os: linux }, containers:')
    expect(set).toContain('nodeSelector')
    expect(places(set)).toHaveLength(4)
  })
})

describe('a workload', () => {
  it('is pinned to hosts, whatever else is said of it, and its successors are', () => {
    const manifests = deployment('d', 3) + pod('a', ', nodeName: worker-b')
    const pin = { 'shop/d': 'r/leaf-1', 'shop/a': ['r/leaf-1/host-1'] }
    const pinned = places(manifests, { pin })
    expect(pinned[0]).toBe('shop/a r/leaf-1/host-1')
    expect(pinned.slice(1).every((each) => each.startsWith('shop/d r/leaf-1/'))).toBe(true)
    const rolled = places(manifests, { pin }, { events: [{ at: '1s', rollout: 'shop/d' }] })
    expect(rolled).toHaveLength(7)
    expect(rolled.every((each) => each.includes(' r/leaf-1/'))).toBe(true)
    const sent = { events: [{ at: '1s', reschedule: 'shop/a', to: 'r/leaf-0/host-1' }] }
    expect(places(manifests, { pin }, sent).at(-1)).toBe('shop/a#2 r/leaf-0/host-1')
  })

  it('among several clusters is pinned by its own name in its cluster', () => {
    const kubernetes = ['a', 'b'].map((name, leaf) => ({
      region: 'r',
      name,
      hosts: `r/leaf-${leaf}`,
      manifests: name,
      pin: { 'shop/d': `r/leaf-${leaf}/host-1` },
    }))
    expect(places(deployment('d', 1), {}, { kubernetes })).toEqual(['a/shop/d r/leaf-0/host-1'])
  })

  it('is refused where it is not there, or its hosts are not', () => {
    expect(refusals(deployment('d', 1), { pin: { 'shop/e': 'r/leaf-1' } })).toEqual([
      'kubernetes.0.pin.shop/e: unknown workload or pod "shop/e"; did you mean "shop/d"?',
    ])
    expect(refusals(deployment('d', 1), { pin: { 'shop/d': 'r/leaf-4' } })).toEqual([
      'kubernetes.0.pin.shop/d: unknown host "r/leaf-4"; did you mean "r/leaf-0"?',
    ])
    const apart = { hosts: 'r/leaf-0', pin: { 'shop/d': 'r/leaf-1/host-0' } }
    expect(refusals(deployment('d', 1), apart)).toEqual([
      'kubernetes.0.pin.shop/d: "r/leaf-1/host-0" is not a node of this cluster; name its hosts',
    ])
  })
})
