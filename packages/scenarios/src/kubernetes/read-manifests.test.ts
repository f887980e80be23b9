import { describe, expect, it } from 'vitest'
import { clusterOf, refusalsOf, warningsOf } from './manifests.fixture.ts'
import { type ManifestFile, readManifests } from './index.ts'

const filesOf = (files: Readonly<Record<string, string>>): ManifestFile[] =>
  Object.entries(files).map(([file, text]) => ({ file, bytes: new TextEncoder().encode(text) }))

const workload = (name: string, more = '') =>
  `apiVersion: weft/v1\nkind: Workload\nmetadata: { name: ${name}${more} }\n`

const idsOf = (text: string) => clusterOf(text).workloads.map(({ id }) => id)

describe('documents', () => {
  it('are as many as a file holds, empty ones and comments left out', () => {
    const text = `# first\n---\n---\n${workload('b')}---\n# nothing\n---\nnull\n---\n${workload('a')}...\n`
    expect(idsOf(text)).toEqual(['default/a', 'default/b'])
  })

  it.each(['', '# nothing\n', '---\n---\n', '\ufeff', 'null\n'])(
    'that hold nothing are nothing: %j',
    (text) => {
      for (const part of Object.values(clusterOf(text))) expect(Object.keys(part)).toEqual([])
    },
  )

  it('are JSON where they begin like it, one value after another', () => {
    const json = (name: string) =>
      JSON.stringify({ apiVersion: 'weft/v1', kind: 'Workload', metadata: { name } })
    expect(idsOf(`${json('b')}\n${json('a')}`)).toEqual(['default/a', 'default/b'])
    expect(readManifests(filesOf({ 'x.json': json('c') })).workloads).toHaveLength(1)
  })

  it('are YAML where they begin with a flow map that is no JSON', () => {
    expect(idsOf('{ apiVersion: weft/v1, kind: Workload, metadata: { name: a } }')).toEqual(['default/a'])
  })

  it('take anchors and merge keys, the own keys first', () => {
    const text = `apiVersion: weft/v1
kind: Workload
metadata: { name: a, labels: &labels { app: a, tier: web } }
spec:
  labels: { <<: [*labels, { tier: db, zone: north }], app: b }
`
    expect(clusterOf(text).pods[0]!.labels).toEqual({ app: 'b', tier: 'web', zone: 'north' })
  })

  it.each([
    ['yes', 'true'],
    ['Off', 'false'],
    ['y', 'true'],
    ['010', '8'],
    ['1_000', '1000'],
  ])('read %s as kubectl does, as no text', (written, got) => {
    const text = workload('a', `, labels: { it: ${written} }`)
    expect(refusalsOf(text)).toEqual([
      `3:36 Workload a: metadata.labels.it: expected text, got ${written}, which kubectl reads as ${got}; write it in quotes: "${written}"`,
    ])
  })

  it.each(['2026-03-02', '0x', '1.2.3', '"yes"', "'010'", '~1', 'on-call'])('read %s as text', (written) => {
    expect(refusalsOf(workload('a', `, annotations: { it: ${written} }`))).toEqual([])
  })
})

describe('texts', () => {
  const text = `# nothing\n---\n${workload('a', ', labels: { a: b }')}spec:\n  ports:\n    - port: 80\n---\n${workload('b')}`

  it('of any line ends and with any directive are the same', () => {
    const cluster = clusterOf(text)
    expect(clusterOf(text.replaceAll('\n', '\r\n'))).toEqual(cluster)
    expect(clusterOf(`%YAML 1.1\n${text.replace('# nothing\n', '')}`)).toEqual(cluster)
  })

  it('that want more pods than there can be are refused before these are made', () => {
    const many = (name: string, replicas: number) => `---\n${workload(name)}spec: { replicas: ${replicas} }\n`
    expect(refusalsOf(many('a', 1e9))).toEqual([
      '5:19 Workload a: spec.replicas: 1000000000 is too large; expected 200000 or less',
    ])
    expect(refusalsOf(['a', 'b', 'c'].map((name) => many(name, 200_000)).join(''))).toEqual([
      '15:19 Workload c: spec.replicas: with its pods there are more than 500,000, the most that Weft takes',
    ])
  })

  it('that repeat what is wrong five thousand times are refused at once', () => {
    const started = process.cpuUsage()
    const list = Array.from({ length: 5_000 }, () => '*p').join(', ')
    const refusal = refusalsOf(
      `${workload('a')}spec:\n  nodeName: &p { prot: 1, name: "-", port: 0 }\n  ports: [${list}]\n`,
    )
    expect(refusal).toHaveLength(1_000)
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(2)
  })
})

describe('lists', () => {
  const item = (name: string) =>
    `  - apiVersion: weft/v1\n    kind: Workload\n    metadata: { name: ${name} }\n`

  it('hold manifests, and lists of them', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n${item('b')}${item('a')}  - { apiVersion: v1, kind: List, items: [{ apiVersion: weft/v1, kind: Workload, metadata: { name: c } }] }\n`
    expect(idsOf(text)).toEqual(['default/a', 'default/b', 'default/c'])
  })

  it('of one kind say it for their items', () => {
    const text =
      'apiVersion: weft/v1\nkind: WorkloadList\nitems:\n  - metadata: { name: a }\n  - metadata: { name: b }\n'
    expect(idsOf(text)).toEqual(['default/a', 'default/b'])
  })

  it('may be empty', () => {
    expect(idsOf('apiVersion: v1\nkind: PodList\nitems: []\n')).toEqual([])
    expect(idsOf('apiVersion: v1\nkind: List\n')).toEqual([])
  })
})

describe('KYAML, as Kubernetes prints and documents it,', () => {
  it('is read as YAML in blocks is', () => {
    const kyaml = `---
{
  apiVersion: "v1", # braces, quotes and commas at the end
  kind: "Pod",
  metadata: {
    name: "web",
    labels: {
      app.kubernetes.io/name: "web",
    },
  },
  spec: {
    containers: [{
      name: "c",
      image: "i",
      command: [
        "sh",
        "-c",
        "echo \\"one\\" \\
          two",
      ],
      ports: [{
        containerPort: 80,
      }],
    }],
  },
}
`
    const block = `apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app.kubernetes.io/name: web } }
spec: { containers: [{ name: c, image: i, ports: [{ containerPort: 80 }] }] }
`
    expect(clusterOf(kyaml)).toEqual(clusterOf(block))
    expect(() => clusterOf(kyaml.replace('containerPort', 'containerport'))).toThrow('22:9')
  })
})

describe('kinds that are not read', () => {
  const other = (apiVersion: string, kind: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x }\n---\n`

  it('are counted, whatever is in them', () => {
    const deep = `${'[ '.repeat(150)}${' ]'.repeat(150)}`
    const text = `${other('v1', 'Secret')}${other('v1', 'Secret')}apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: !own ${deep}\n`
    expect(clusterOf(text).ignored).toEqual([
      { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', count: 1 },
      { apiVersion: 'v1', kind: 'Secret', count: 2 },
    ])
  })

  it('are warned of where they say who may connect', () => {
    const text = `${other('cilium.io/v2', 'CiliumNetworkPolicy')}${other('crd.projectcalico.org/v1', 'NetworkPolicy')}`
    expect(warningsOf(text)).toEqual([
      '1:1 CiliumNetworkPolicy of cilium.io touches the network and is not read; answers are as if it were not there',
      '5:1 NetworkPolicy of crd.projectcalico.org touches the network and is not read; answers are as if it were not there',
    ])
  })

  it('may have the names of kinds that are, in groups of others', () => {
    expect(
      clusterOf(`${other('example.com/v1', 'Service')}${other('example.com/v1', 'Deployments')}`).ignored,
    ).toEqual([
      { apiVersion: 'example.com/v1', kind: 'Deployments', count: 1 },
      { apiVersion: 'example.com/v1', kind: 'Service', count: 1 },
    ])
    expect(clusterOf(other('scheduling.k8s.io/v1alpha1', 'Workload')).ignored).toHaveLength(1)
  })

  it('may be near those that are', () => {
    const near = ['VirtualMachineInstanceMigration', 'VirtualMachineInstancePreset']
    const text = near.map((kind) => other('kubevirt.io/v1', kind)).join('')
    expect(clusterOf(text)).toMatchObject({ ignored: near.map((kind) => ({ kind, count: 1 })), warnings: [] })
  })

  it('are told from those that are not warned of', () => {
    const text = `${other('k8s.ovn.org/v1', 'UserDefinedNetwork')}${other('v1', 'Secret')}${other('v1', 'Template')}`
    const { ignored, warnings } = clusterOf(text)
    expect(ignored.map(({ kind, isWarnedOf = false }) => [kind, isWarnedOf])).toEqual([
      ['Secret', false],
      ['Template', true],
      ['UserDefinedNetwork', true],
    ])
    expect(warnings[1]!.message).toBe('objects in templates are not read; give Weft what oc process prints')
  })

  it('kustomize is told what to do instead', () => {
    const cluster = readManifests(filesOf({ 'base/kustomization.yaml': 'resources: [web.yaml]\n' }))
    expect(cluster.ignored).toEqual([
      { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', count: 1, isWarnedOf: true },
    ])
    expect(cluster.warnings[0]!.message).toMatch(/kubectl kustomize/)
  })
})

describe('namespaces', () => {
  it('are default, or as the caller has it, where none is written', () => {
    const files = filesOf({ 'a.yaml': `${workload('a')}---\n${workload('b', ', namespace: shop')}` })
    expect(readManifests(files).workloads.map(({ id }) => id)).toEqual(['default/a', 'shop/b'])
    expect(readManifests(files, { namespace: 'test' }).workloads.map(({ id }) => id)).toEqual([
      'shop/b',
      'test/a',
    ])
  })

  it('have their name as a label, whatever is written, and are there without a manifest', () => {
    const text = `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { team: a, kubernetes.io/metadata.name: b } }\n---\n${workload('a')}`
    expect(clusterOf(text).namespaces).toEqual([
      { name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' }, isDeclared: false },
      { name: 'shop', labels: { team: 'a', 'kubernetes.io/metadata.name': 'shop' }, isDeclared: true },
    ])
  })
})

describe('fields that are not known', () => {
  it('are warned of, as a later Kubernetes may have them', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  newThing: { a: 1 }\n  containers: [{ name: a, other: 1 }]\n'
    expect(warningsOf(text)).toEqual([
      '5:3 Pod a: spec: unknown field "newThing" in the spec of pods; it is not read',
      '6:27 Pod a: spec.containers[0]: unknown field "other" in containers; it is not read',
    ])
  })

  it('are refused where they are near one that is read', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  hostnetwork: true\n  containers: [{ name: a }]\n'
    expect(refusalsOf(text)).toEqual([
      '5:3 Pod a: spec: unknown field "hostnetwork" in the spec of pods; did you mean "hostNetwork"?',
    ])
  })

  it('are missing where they are null', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: null, annotations: ~, creationTimestamp: null }\nspec:\n  nodeSelector:\n  hostname: null\n  containers: [{ name: a, ports: null }]\nstatus:\n'
    expect(clusterOf(text).pods[0]).toMatchObject({ labels: {}, hostname: 'a', phase: 'Running' })
  })
})
