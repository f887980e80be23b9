import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ManifestError, reach } from '../index.ts'
import { openScenario, readManifestTexts } from './index.ts'

const POD = (name: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: i }] }
`
const POLICY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: shop }
spec: { podSelector: {} }
`
const SCENARIO = `weft: 1
regions:
  r:
    fabric: { leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps } }
kubernetes: [{ region: r, manifests: [apps, 'more-*.yaml'] }]
traffic: [{ name: calls, from: shop/web, to: shop/cart, sizes: 1kB, flowRate: 1000/s }]
events:
  - { at: 1ms, apply: deny.yaml }
  - { at: 2ms, delete: shop/deny }
  - { at: 3ms, apply: deny.yaml }
  - { at: 4ms, delete: [deny.yaml] }
run: { for: 5ms }
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-node-'))
  mkdirSync(join(folder, 'apps'))
  const files = {
    'apps/web.yaml': POD('web'),
    'more-cart.yaml': POD('cart'),
    'deny.yaml': POLICY,
    's.yaml': SCENARIO,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('files of scenarios and manifests', () => {
  it('are read as the command reads them: directories, files and patterns', () => {
    const texts = readManifestTexts(join(folder, 'apps'), join(folder, '*.yaml'))
    expect(Object.keys(texts).map((name) => name.slice(folder.length + 1))).toEqual([
      'apps/web.yaml',
      'deny.yaml',
      'more-cart.yaml',
      's.yaml',
    ])
    const { workloads } = reach(readManifestTexts(join(folder, 'apps'), join(folder, 'more-*.yaml')))
    expect(workloads).toEqual(['shop/cart', 'shop/web'])
  })

  it('become a scenario that has their text, and is run and changed like any other', async () => {
    const opened = openScenario(join(folder, 's.yaml'))
    expect(opened.reach().workloads).toEqual(['shop/cart', 'shop/web'])
    expect(opened.blueprint.events.map(({ action }) => action)).toEqual([
      'apply-policy',
      'delete-policy',
      'apply-policy',
      'delete-policy',
    ])
    const { flows } = await opened.with({ seed: 'b' }).run({ clock: 'flow' })
    expect(flows[0]!.started).toBeGreaterThan(0)
  })

  it('are refused by name where they are not there, or are no text', () => {
    expect(() => readManifestTexts(join(folder, 'none.yaml'))).toThrow('there is no such file or directory')
    expect(() => openScenario(join(folder, 'none.yaml'))).toThrow('there is no such file or directory')
    writeFileSync(join(folder, 'apps', 'bytes.yaml'), Uint8Array.from([0xff, 0x41]))
    expect(() => readManifestTexts(join(folder, 'apps', 'bytes.yaml'))).toThrow(ManifestError)
  })
})
