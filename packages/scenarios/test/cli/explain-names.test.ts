import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'
import { pod, service } from './explained-manifests.fixture.ts'

const HOSTNAME = 'external-dns.alpha.kubernetes.io/hostname'
const MANIFESTS =
  pod('front', 80) +
  pod('cart', 6379) +
  pod('plain', 80, ', dnsPolicy: Default') +
  pod('far', 80, '', 'elsewhere') +
  pod('onnode', 80, ', hostNetwork: true') +
  service('cart', '{ selector: { app: cart }, ports: [{ port: 6379 }] }') +
  service('db', '{ clusterIP: None, selector: { app: cart }, ports: [{ port: 6379 }] }') +
  service(
    'offers',
    '{ selector: { app: cart }, ports: [{ name: redis, port: 6380, targetPort: 6379 }, { name: sig, port: 3868, protocol: SCTP }] }',
  ) +
  service('each', '{ clusterIP: None, selector: { app: cart }, ports: [{ name: redis, port: 6379 }] }') +
  service('alias', '{ type: ExternalName, externalName: cart.shop.svc.cluster.local }') +
  service('away', '{ type: ExternalName, externalName: api.example.org }') +
  service(
    'shop',
    '{ type: LoadBalancer, loadBalancerIP: 198.51.100.7, selector: { app: front }, ports: [{ port: 80 }] }',
    `{ ${HOSTNAME}: shop.example.com }`,
  ) +
  `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: front, namespace: shop }
spec:
  podSelector: { matchLabels: { app: front } }
  policyTypes: [Egress]
  egress:
    - to: [{ podSelector: {} }]
    - to: [{ ipBlock: { cidr: 8.8.4.0/24 } }]
      ports: [{ port: 443 }]
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-names-'))
  mkdirSync(join(directory, 'm'))
  writeFileSync(join(directory, 'm/all.yaml'), MANIFESTS)
})
afterAll(() => rmSync(directory, { recursive: true }))

const explain = (line: string) => runIn(directory, ['explain', '@m', ...line.split(' ')])
const answerOf = async (line: string) => {
  const { out, code } = await explain(`${line} --json`)
  return { ...JSON.parse(out), code }
}

describe('weft explain, asked amiss,', () => {
  const said = async (line: string) => {
    const { err, code } = await explain(line)
    expect(code).toBe(2)
    return err.split('\n').filter((each) => /^(weft: )?--(from|to): /.test(each))
  }

  it('tells where the port belongs', async () => {
    expect(await said('--from shop/front --to cart:6379')).toEqual([
      'weft: --to: cart:6379 has a port in it; ask for cart and give port 6379 by itself',
    ])
  })

  it('tells whose name stands in a namespace, and says nothing of names that only a sender looks up', async () => {
    expect(await said('--from front --to cart --port 6379')).toEqual([
      'weft: --from: unknown workload or host "front"; did you mean "shop/front"?',
    ])
    expect(await said('--from internet --to http://shop.example.com/')).toEqual([
      'weft: --from: unknown workload or host "internet"; expected namespace/name, or internet/client-0 for somebody on the internet',
    ])
  })
})

describe('weft explain --to a name', () => {
  it('looks it up by the search paths of the pod that sends, however much of it is written', async () => {
    for (const [name, tried] of [
      ['cart', ['cart.shop.svc.cluster.local']],
      ['cart.shop', ['cart.shop.shop.svc.cluster.local', 'cart.shop.svc.cluster.local']],
      [
        'cart.shop.svc',
        [
          'cart.shop.svc.shop.svc.cluster.local',
          'cart.shop.svc.svc.cluster.local',
          'cart.shop.svc.cluster.local',
        ],
      ],
      ['cart.shop.svc.cluster.local.', ['cart.shop.svc.cluster.local']],
    ] as const) {
      const { code, verdict, resolution, service } = await answerOf(
        `--from shop/front --to ${name} --port 6379`,
      )
      expect({ code, verdict, service: service.name }).toEqual({
        code: 0,
        verdict: 'delivered',
        service: 'shop/cart',
      })
      expect(resolution).toMatchObject({ asked: name, outcome: 'found', name: 'cart.shop.svc.cluster.local' })
      const names = resolution.tries.filter(({ type }: { type: string }) => type === 'A')
      expect(names.map((each: { name: string }) => each.name)).toEqual(tried)
    }
    // from another namespace the short name is another one
    expect(await answerOf('--from elsewhere/far --to cart --port 6379')).toMatchObject({
      code: 1,
      verdict: 'unresolved',
    })
    expect(await answerOf('--from elsewhere/far --to cart.shop --port 6379')).toMatchObject({
      verdict: 'delivered',
    })
  })

  it('tells it as the first step', async () => {
    const { out, code } = await explain('--from shop/front --to cart --port 6379')
    expect(code).toBe(0)
    const [head, looks, first] = out.split('\n')
    expect(head).toMatch(/^shop\/front \(10\.64\.\d+\.\d+\) → shop\/cart \(10\.96\.0\.\d+\) tcp port 6379$/)
    expect(looks).toBe('  cart as shop/front looks it up')
    expect(first).toMatch(/^ {4}cart\.shop\.svc\.cluster\.local\. A: 10\.96\.0\.\d+ \(A, for 30 s\)$/)
  })

  it('gives what a service answers its address back, where its client was led to the endpoint', async () => {
    const { hops, reply } = await answerOf('--from shop/front --to cart --port 6379')
    const led = hops.find((hop: { service: string | null }) => hop.service !== null)
    const back = reply.hops.filter((hop: { translated: object | null }) => hop.translated !== null)
    expect(back).toHaveLength(1)
    expect(back[0].node).toBe(led.node)
    expect(back[0].before).toMatchObject({ source: led.translated.destination, sourcePort: 6379 })
    expect(back[0].translated).toMatchObject({ source: led.before.destination, sourcePort: 6379 })
    const { out } = await explain('--from shop/front --to cart --port 6379')
    expect(out).toMatch(/10\.64\.\d\.\d:6379 → 10\.64\.\d\.\d:any is from here on 10\.96\.0\.\d+:6379 →/)
  })

  it('follows headless services to their pods, and external names to what they stand for', async () => {
    expect(await answerOf('--from shop/front --to db --port 6379')).toMatchObject({
      verdict: 'delivered',
      service: null,
      question: { to: { host: 'shop/cart' } },
    })
    const alias = await answerOf('--from shop/front --to alias --port 6379')
    expect(alias).toMatchObject({ verdict: 'delivered', service: { name: 'shop/cart' } })
    expect(alias.resolution.tries[0].parts.map(({ type }: { type: string }) => type)).toEqual(['CNAME', 'A'])
  })

  it('knows public names by annotations, for whoever has no cluster DNS too', async () => {
    for (const from of ['shop/front', 'shop/plain', 'shop/onnode']) {
      const { resolution, question } = await answerOf(`--from ${from} --to shop.example.com`)
      expect(resolution.values).toEqual(['198.51.100.7'])
      expect(question.to).toEqual({ host: 'shop/shop', address: '198.51.100.7' })
    }
    expect(await answerOf('--from shop/plain --to cart --port 6379')).toMatchObject({ reason: 'nxdomain' })
  })

  it('of a service by its SRV records, whose first target and port are followed', async () => {
    const offered = await answerOf('--from shop/front --to _redis._tcp.offers')
    expect(offered).toMatchObject({
      verdict: 'delivered',
      question: { protocol: 'tcp', port: 6380, to: { host: 'shop/offers' } },
      service: { name: 'shop/offers', endpoints: [{ name: 'shop/cart:6379' }] },
      notes: [],
      resolution: {
        asked: '_redis._tcp.offers',
        offer: { target: 'offers.shop.svc.cluster.local', port: 6380, priority: 0, weight: 100, share: 1 },
      },
    })
    expect(offered.resolution.tries.map(({ type }: { type: string }) => type)).toEqual(['SRV', 'A', 'AAAA'])
    const { exchanges } = offered.resolution
    for (const { within, name } of exchanges) if (within >= 0) expect(exchanges[within].name).toBe(name)
    const headless = await answerOf('--from shop/front --to _redis._tcp.each.shop.svc.cluster.local')
    expect(headless).toMatchObject({ verdict: 'delivered', service: null, question: { port: 6379 } })
    expect(headless.resolution.offer.target).toMatch(/^10-64-\d+-\d+\.each\.shop\.svc\.cluster\.local$/)
    expect(await answerOf('--from shop/front --to _nosuch._tcp.offers')).toMatchObject({
      code: 1,
      reason: 'nxdomain',
      resolution: { offer: null },
    })
    const { err } = await explain('--from shop/front --to _redis._tcp.offers --port 80 --protocol udp')
    expect(err).toContain('--protocol: _redis._tcp.offers means tcp; leave one of them out')
    expect(err).toContain('--port: SRV records of _redis._tcp.offers say port 6380; leave it out')
  })

  it('of a service that is called over SCTP', async () => {
    for (const question of ['_sig._sctp.offers', 'shop/offers --protocol sctp --port 3868'])
      expect(await answerOf(`--from shop/front --to ${question}`)).toMatchObject({
        verdict: 'delivered',
        question: { protocol: 'sctp', port: 3868 },
        service: { name: 'shop/offers', endpoints: [{ port: 3868, rule: { verdict: 'accept' } }] },
        reply: { verdict: 'delivered' },
      })
  })

  it('says where a service has no such port, and what is taken in its place', async () => {
    const workload = await answerOf('--from shop/front --to shop/cart --port 81')
    expect(workload).toMatchObject({
      verdict: 'delivered',
      service: null,
      notes: [
        'service shop/cart has no tcp port 81; it has tcp 6379. What is meant is the workload of that name, by its pod shop/cart',
      ],
    })
    expect(await answerOf('--from shop/front --to cart --port 81')).toMatchObject({
      verdict: 'dropped',
      notes: ['service shop/cart has no tcp port 81; it has tcp 6379: nothing answers for its address there'],
    })
    const { out } = await explain('--from shop/front --to cart --port 81')
    expect(out).toContain('  ! service shop/cart has no tcp port 81')
    expect(await answerOf('--from shop/front --to shop/cart --port 6379')).toMatchObject({ notes: [] })
    // what no workload has for a name
    const { err } = await explain('--from shop/front --to shop/offers --port 81')
    expect(err).toContain('service shop/offers has no tcp port 81; it has tcp 6380, sctp 3868')
  })

  it('says what was tried for a name that does not exist, with exit code 1', async () => {
    const { code, verdict, reason, resolution, hops, question } = await answerOf(
      '--from shop/front --to nosuch',
    )
    expect({ code, verdict, reason, hops }).toEqual({
      code: 1,
      verdict: 'unresolved',
      reason: 'nxdomain',
      hops: [],
    })
    expect(question.to).toEqual({ host: 'nosuch', address: '' })
    expect([...new Set(resolution.tries.map(({ name }: { name: string }) => name))]).toEqual([
      'nosuch.shop.svc.cluster.local',
      'nosuch.svc.cluster.local',
      'nosuch.cluster.local',
      'nosuch',
    ])
    const { out, err } = await explain('--from shop/front --to nosuch')
    expect(err).not.toContain('weft:')
    expect(out).toContain('nosuch.svc.cluster.local. A: no such name (NXDOMAIN) (for 30 s)')
    expect(out).toContain('✗ not sent: no such name (NXDOMAIN): nosuch')
    // an external name that leads to nobody
    expect(await answerOf('--from shop/front --to away')).toMatchObject({ code: 1, verdict: 'unresolved' })
  })
})

describe('weft explain --to an address that nobody has', () => {
  it('tells what policies say of it where it leaves, and how far it comes', async () => {
    const denied = await answerOf('--from shop/front --to 192.0.2.9')
    expect(denied).toMatchObject({ code: 1, verdict: 'dropped', reason: 'policy-denied-egress' })
    expect(denied.rule.egress).toMatchObject({ accepts: false, isolatedBy: ['NetworkPolicy shop/front'] })
    const { out, code } = await explain('--from shop/front --to 8.8.4.9 --port 443')
    expect(code).toBe(0)
    expect(out).toContain('leaving shop/front: accepted by NetworkPolicy shop/front egress[1]')
    expect(out).toContain('internet/8.8.4.9 delivered')
    expect(out).toMatch(
      /gateway-0 .*\(10\.64\.\d\.\d:any → 8\.8\.4\.9:443 is from here on 198\.51\.100\.\d:any → 8\.8\.4\.9:443\)/,
    )
    expect(out).toMatch(/reply {2}8\.8\.4\.9:443 → 198\.51\.100\.\d:any/)
    expect(out).toMatch(
      /gateway-0 .*\(connection known\) \(8\.8\.4\.9:443 → 198\.51\.100\.\d:any is from here on 8\.8\.4\.9:443 → 10\.64\.\d\.\d:any\)/,
    )
    expect(out).toMatch(/✓ delivered: reply of an established connection, no policy is asked\n$/)
    const inside = await explain('--from shop/front --to 192.168.7.7 --port 443')
    expect(inside.code).toBe(1)
    expect(inside.out).toContain(
      'nobody in this scenario has 192.168.7.7, and it is none that the internet knows',
    )
  })

  it('draws the external port that NAT gives a client whose port is known, and takes it back in the reply', async () => {
    const { hops, reply } = await answerOf('--from shop/front --to 8.8.4.9 --port 443 --source-port 40000')
    const { before, translated } = hops.find((hop: { translated: object | null }) => hop.translated !== null)
    expect(before).toMatchObject({ sourcePort: 40_000, destination: '8.8.4.9', destinationPort: 443 })
    const { source, sourcePort } = translated
    expect(sourcePort).toBeGreaterThan(1023)
    expect(reply.question).toMatchObject({ to: { address: source }, port: sourcePort, sourcePort: 443 })
    const back = reply.hops.find((hop: { translated: object | null }) => hop.translated !== null)
    expect(back).toMatchObject({
      before: { destination: source, destinationPort: sourcePort },
      translated: { destination: before.source, destinationPort: 40_000 },
    })
    expect(reply.established).toContain(back.node)
    expect(reply.established.some((node: string) => node.endsWith('/vswitch'))).toBe(true)
  })

  it('follows what comes from any address of the internet', async () => {
    const { out, code } = await explain('--from 8.8.4.4 --to shop/front --port 443')
    expect(code).toBe(1)
    expect(out).toContain('dropped: destination-not-public')
  })

  it('leaves unknown names with slashes refused', async () => {
    expect(await explain('--from shop/front --to shop/nosuch')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown workload or host "shop/nosuch"'),
    })
    expect(await explain('--from nosuch --to shop/cart')).toMatchObject({ code: 2 })
  })
})
