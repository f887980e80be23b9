import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'

const deployment = (name: string, port: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: c, image: i, ports: [{ containerPort: ${port} }] }] }
---`
const POLICY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cart }
spec:
  podSelector: { matchLabels: { app: cart } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 5001 }] }]
`
const SERVICE = `
apiVersion: v1
kind: Service
metadata: { name: cart }
spec: { selector: { app: cart }, ports: [{ port: 80, targetPort: 5001 }] }
`
const scenarioWith = (rest: string, manifests = 'manifests', region = 'ord1') => `weft: 1
name: shop
regions:
  ord1:
    fabric: { leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps } }
kubernetes:
  - { region: ${region}, manifests: ${manifests} }
${rest}`
const TRAFFIC = `traffic:
  - { name: calls, from: default/web-*, to: default/cart-*, sizes: 10kB, flowRate: 1000/s }
  - { name: scans, from: default/other-*, to: default/cart-*, sizes: 10kB, flowRate: 1000/s }
run: { for: 10ms }
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-clusters-'))
  mkdirSync(join(directory, 'manifests'))
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  write('manifests/apps.yaml', deployment('web', 8080) + deployment('cart', 5001) + deployment('other', 80))
  write('manifests/policy.yaml', POLICY)
  write('manifests/service.yaml', SERVICE)
  write('shop.yaml', scenarioWith(TRAFFIC))
  write(
    'told.yaml',
    scenarioWith(TRAFFIC).replace('manifests: manifests', 'manifests: manifests, whenDenied: reject'),
  )
  write('patterns.yaml', scenarioWith('', '["manifests/*.yaml"]'))
  write('lost.yaml', scenarioWith('', '["manifests/*.json", none]'))
  write('elsewhere.yaml', scenarioWith('', 'manifests', 'ord2'))
  write('broken.yaml', POLICY.replace('port: 5001', 'port: 70000'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))

describe('clusters on the command line', () => {
  it('are explained from pod to pod, with the rules that decide at both ends', async () => {
    const { out, err, code } = await weft(
      'explain @shop.yaml --from default/web --to default/cart --port 5001',
    )
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(
      /default\/web-\S+ \(10\.64\.0\.\d+\) → default\/cart-\S+ \(10\.64\.0\.\d+\) tcp port 5001/,
    )
    expect(out).toMatch(/leaving default\/web-\S+: accepted: no policy selects it/)
    expect(out).toMatch(/entering default\/cart-\S+: accepted by NetworkPolicy default\/cart ingress\[0\]/)
    expect(out.match(/✓ delivered/g)).toHaveLength(2)
  })

  it('are explained from pod to service: its endpoints with their shares, and what policies say of each', async () => {
    const { out, code } = await weft('explain @shop.yaml --from default/web --to default/cart --port 80')
    expect(code).toBe(0)
    expect(out).toMatch(/→ default\/cart \(10\.96\.0\.1\) tcp port 80/)
    expect(out).toMatch(
      /service default\/cart \(10\.96\.0\.1:80\) is one of 2:\n {4}50% default\/cart-\S+:5001 \(10\.64\.0\.\d:5001\)/,
    )
    expect(out).toContain('entering the endpoint: accepted by NetworkPolicy default/cart ingress[0]')
    const json = await weft('explain @shop.yaml --from default/other --to 10.96.0.1 --port 80 --json')
    expect(json.code).toBe(1)
    const { service, reason, rule } = JSON.parse(json.out)
    expect({ reason, rule }).toEqual({ reason: 'policy-denied-ingress', rule: null })
    expect(service.endpoints).toHaveLength(2)
    expect(service.endpoints[0].rule.ingress.because).toBe('isolated')
  })

  it('tell in JSON who denied what, where, with exit code 1', async () => {
    const { out, code } = await weft(
      'explain @shop.yaml --from default/other --to default/cart --port 5001 --json',
    )
    expect(code).toBe(1)
    const { verdict, reason, at, rule } = JSON.parse(out)
    expect({ verdict, reason }).toEqual({ verdict: 'dropped', reason: 'policy-denied-ingress' })
    expect(at).toMatch(/^ord1\/leaf-\d\/host-\d\/vswitch$/)
    expect(rule.ingress).toMatchObject({ because: 'isolated', isolatedBy: ['NetworkPolicy default/cart'] })
  })

  it('run under the packet clock: what policies deny is dropped by name', async () => {
    const { out, code } = await weft('run @shop.yaml --json -')
    expect(code).toBe(0)
    const { drops, flows } = JSON.parse(out)
    expect([...new Set(drops.map(({ reason }: { reason: string }) => reason))]).toEqual([
      'policy-denied-ingress',
    ])
    expect(flows).toBeDefined()
  })

  it('tell clients of what policies deny where the scenario says so', async () => {
    const { out, code } = await weft('explain @told.yaml --from default/other --to default/cart --port 5001')
    expect(code).toBe(1)
    expect(out).toMatch(/✗ refused: policy-denied-ingress at \S+\/vswitch; the sender is told/)
    for (const clock of ['packet', 'flow']) {
      const run = await weft(`run @told.yaml --clock ${clock} --json -`)
      const scans = JSON.parse(run.out).flows.find(({ traffic }: { traffic: string }) => traffic === 'scans')
      expect(scans.started).toBeGreaterThan(5)
      // within 10 ms: without a word they would wait for a second
      expect(scans.failed).toBe(scans.started)
    }
  })

  it('get a fabric made up for them where there is no scenario, which is said', async () => {
    const { out, err, code } = await weft(
      'explain @manifests --from default/web --to default/cart --port 5001',
    )
    expect(code).toBe(0)
    expect(err).toMatch(
      /: manifests without a scenario: their 6 pods are put on a fabric made up for them, 2 leaves/,
    )
    expect(out).toContain('✓ delivered')
  })

  it('that fit on no node are told of without lines of a file that nobody has', async () => {
    mkdirSync(join(directory, 'picky'), { recursive: true })
    const pods = Array.from(
      { length: 60 },
      (_, index) =>
        `apiVersion: v1\nkind: Pod\nmetadata: { name: p${index} }\nspec: { nodeSelector: { disk: ssd }, containers: [{ name: c, image: i }] }\n---\n`,
    )
    writeFileSync(
      join(directory, 'picky/all.yaml'),
      `apiVersion: v1\nkind: Node\nmetadata: { name: worker }\n---\n${pods.join('')}`,
    )
    const { err, code } = await weft('check @picky')
    expect(code).toBe(2)
    expect(err).toMatch(/^weft: @picky: pod default\/p0 fits nowhere: no node has the labels/m)
    expect(err).toMatch(/^@picky: and 50 more pods$/m)
  })

  it('get traffic made up for them where there is no scenario, which is said, at a rate of each pair', async () => {
    const plan = JSON.parse((await weft('plan @manifests --json')).out)
    const twice = JSON.parse(
      (await runIn(directory, [...'plan @manifests --json --rate'.split(' '), '200 requests/s'])).out,
    )
    // web asks cart, and the others that no service leads to; cart and other ask web and other, or web
    expect(plan.warnings[0]).toContain(
      'traffic is made up: 100 requests/s of 500B, answered with 10kB, of each of 5 pairs of a workload and a service',
    )
    expect(plan.demand.connectionsPerSecond).toBeCloseTo(500)
    expect(twice.demand.connectionsPerSecond).toBeCloseTo(1000)
    expect(plan.normal.growth).toBeCloseTo(2 * twice.normal.growth)
    const { out, err } = await weft('whatif @manifests --fail cluster/leaf-0')
    expect(err).toContain('warning: traffic is made up: ')
    expect(out).toMatch(/nothing lost of \d+(\.\d+)?Mbps/)
    const { flows, packets } = JSON.parse((await weft('run @manifests --json -')).out)
    expect(flows.map(({ traffic }: { traffic: string }) => traffic)).toEqual([
      'default.cart_80',
      'default.other_80',
      'default.web_8080',
    ])
    expect(packets.dropped).toBe(0)
    for (const { started, completed } of flows) expect([started > 0, completed]).toEqual([true, started])
    expect(await weft('plan @shop.yaml --rate 5/s')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--rate is of traffic that is made up for manifests alone'),
    })
    expect((await weft('plan @manifests --rate 5')).err).toContain('did you mean 5/s?')
  })

  it('are found by patterns', async () => {
    const { code } = await weft('explain @patterns.yaml --from default/web --to default/cart --port 5001')
    expect(code).toBe(0)
  })

  it('are refused where manifests, regions and names are not there, or wrong', async () => {
    expect(await weft('run @lost.yaml')).toMatchObject({
      code: 2,
      err: 'weft: manifests: no file in @manifests fits *.json\n',
    })
    expect(await weft('run @elsewhere.yaml')).toMatchObject({
      code: 2,
      err: '@elsewhere.yaml:7:15  unknown region "ord2"; did you mean "ord1"?\n',
    })
    const broken = await weft('run @broken.yaml')
    expect(broken.code).toBe(2)
    expect(broken.err).toContain('@broken.yaml:7:')
    const unknown = await weft('explain @shop.yaml --from default/wep --to default/cart')
    expect(unknown).toMatchObject({
      code: 2,
      err: 'weft: --from: unknown workload or host "default/wep"; did you mean "default/web"?\n',
    })
  })
})
