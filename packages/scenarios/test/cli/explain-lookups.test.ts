import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'
import { pod, service } from './explained-manifests.fixture.ts'

const DNS = `
apiVersion: v1
kind: Service
metadata: { name: kube-dns, namespace: kube-system }
spec: { clusterIP: 10.96.0.10, selector: { k8s-app: kube-dns }, ports: [{ port: 53, protocol: UDP }] }
---
apiVersion: v1
kind: Pod
metadata: { name: coredns, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec: { containers: [{ name: c, image: i }] }
STATUS
---`
const policy = (name: string, namespace: string, spec: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
---`
const NO_DNS = policy(
  'walls',
  'shop',
  '{ podSelector: { matchLabels: { app: front } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }] }] }',
)
const TO_DNS = policy(
  'dns',
  'shop',
  '{ podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: 53, protocol: UDP }] }] }',
)
const CLOSED_DNS = policy('closed', 'kube-system', '{ podSelector: {}, policyTypes: [Ingress] }')

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-lookups-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

describe("weft explain where manifests have the cluster's DNS", () => {
  const base =
    pod('front', 80) +
    pod('cart', 6379) +
    service('cart', '{ selector: { app: cart }, ports: [{ port: 6379 }] }')
  const asked = async (name: string, text: string, line = '--from shop/front --to cart --port 6379') => {
    mkdirSync(join(directory, name), { recursive: true })
    writeFileSync(join(directory, name, 'all.yaml'), base + text)
    const call = (rest: readonly string[]) =>
      runIn(directory, ['explain', `@${name}`, ...line.split(' '), ...rest])
    const { out } = await call([])
    const { out: json, code } = await call(['--json'])
    return { ...JSON.parse(json), code, out }
  }
  const dns = DNS.replace('STATUS', '')

  it('tells of the way of the question, and what policies say of it', async () => {
    const { code, verdict, resolution, out } = await asked('open', dns + NO_DNS + TO_DNS)
    expect({ code, verdict }).toEqual({ code: 0, verdict: 'delivered' })
    expect(resolution.way).toMatchObject({
      server: 'kube-system/kube-dns',
      address: '10.96.0.10',
      protocol: 'udp',
      port: 53,
      verdict: 'delivered',
      delivered: 1,
    })
    expect(out).toContain('its question to kube-system/kube-dns (10.96.0.10) udp port 53 arrives')
    expect(out).toContain('leaving the client: accepted by NetworkPolicy shop/dns egress[0]')
  })

  it('fails there where policies of either end deny it', async () => {
    const egress = await asked('egress', dns + NO_DNS)
    expect(egress).toMatchObject({
      code: 1,
      verdict: 'unresolved',
      reason: 'policy-denied-egress',
      delivered: 0,
      hops: [],
      resolution: { outcome: 'failed', values: [], way: { verdict: 'dropped', delivered: 0 } },
    })
    expect(egress.at).toMatch(/vswitch$/)
    expect(egress.out).toContain('no rule of NetworkPolicy shop/walls lets it through')
    expect(egress.out).toContain(
      '✗ not sent: no answer about cart, as the question is lost: policy-denied-egress',
    )

    const ingress = await asked('ingress', dns + CLOSED_DNS)
    expect(ingress).toMatchObject({ code: 1, verdict: 'unresolved', reason: 'policy-denied-ingress' })
    expect(ingress.out).toContain('entering the DNS: denied: no rule of NetworkPolicy kube-system/closed')
  })

  it('fails where no pod of it is ready', async () => {
    const text = DNS.replace(
      'STATUS',
      'status: { phase: Running, conditions: [{ type: Ready, status: "False" }] }',
    )
    const { code, verdict, reason, out } = await asked('unready', text)
    expect({ code, verdict, reason }).toEqual({
      code: 1,
      verdict: 'unresolved',
      reason: 'service-no-endpoint',
    })
    expect(out).toContain('service-no-endpoint')
  })

  it('asks nobody where nothing is looked up, and not the cluster where the pod asks its node', async () => {
    const direct = await asked('direct', dns + NO_DNS, '--from shop/front --to shop/cart --port 6379')
    expect(direct).toMatchObject({ code: 0, resolution: null })
    const node = await asked(
      'node',
      dns + NO_DNS.replace('app: front', 'app: plain') + pod('plain', 80, ', dnsPolicy: Default'),
      '--from shop/plain --to example.org --port 80',
    )
    expect(node).toMatchObject({ reason: 'nxdomain', resolution: { way: null } })
  })

  it('knows nothing of the way where manifests leave the DNS out', async () => {
    const { code, resolution } = await asked('unknown', NO_DNS)
    expect(code).toBe(0)
    expect(resolution.way).toBeNull()
  })
})
