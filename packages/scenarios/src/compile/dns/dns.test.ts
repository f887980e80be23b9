import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { deployment, pod } from '../../kubernetes/deployment.fixture.ts'
import { type Cluster, readManifests } from '../../kubernetes/index.ts'
import { renderReport } from '../../report/report.ts'
import { renderSummary } from '../../report/summary.ts'
import { askExplain } from '../../explain/ask.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'

const MANIFESTS = `
${deployment('store', 2)}
apiVersion: v1
kind: Service
metadata:
  name: store
  namespace: shop
  annotations: { external-dns.alpha.kubernetes.io/hostname: shop.example.com, external-dns.alpha.kubernetes.io/ttl: "20" }
spec: { type: LoadBalancer, selector: { app: store }, ports: [{ port: 443, targetPort: 8080 }] }
---
${pod('old')}
apiVersion: v1
kind: Service
metadata: { name: front, namespace: shop }
spec: { clusterIP: None, selector: { app: old }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { containers: [{ name: c, image: i }] }
`

const manifests = (): Cluster =>
  readManifests([{ file: 'shop.yaml', bytes: new TextEncoder().encode(MANIFESTS) }])

function scenario(rest: object, traffic: object = {}) {
  return {
    weft: 1,
    regions: {
      r: {
        fabric: {
          leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 4, hostLink: '10Gbps', fabricLink: '40Gbps' },
        },
        addresses: { loadBalancers: '203.0.113.0/28' },
        internet: { rate: '10Gbps', delay: '1ms' },
      },
    },
    internet: { clients: 20 },
    kubernetes: [{ region: 'r', manifests: 'shop' }],
    dns: {},
    traffic: [{ name: 'calls', from: 'shop/web', to: 'store.shop', rate: '5 requests/s', ...traffic }],
    run: { clock: 'flow', for: '60s' },
    ...rest,
  }
}

const compiled = (rest: object = {}, traffic: object = {}) =>
  compileScenario(scenario(rest, traffic), { cluster: manifests })

const issuesOf = (rest: object, traffic: object = {}): string[] => {
  const found = compiled(rest, traffic)
  return found.ok
    ? found.value.warnings.map(({ path, message }) => `warning ${path.join('.')}: ${message}`)
    : found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

async function resultOf(rest: object = {}, traffic: object = {}) {
  const found = compiled(rest, traffic)
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  const result = await runScenario(found.value, { inputs: 'x' })
  return { result, ...result.names!.traffic[0]!, resolvers: result.names!.resolvers }
}

describe('names of a scenario', () => {
  it('are looked up for each flow by search paths, whose misses are kept too', async () => {
    const { lookups, cached, questions, notFound, resolvers, result } = await resultOf()
    expect(lookups).toBe(result.flows[0]!.started)
    expect(result.flows[0]!.failed + notFound).toBe(0)
    expect(cached / lookups).toBeGreaterThan(0.9)
    // store.shop in three search paths: shop.svc..., svc..., and no further; each for A and AAAA, twice or thrice in 60 s
    expect(questions).toBeGreaterThanOrEqual(2 * 4)
    expect(questions).toBeLessThanOrEqual(4 * 4)
    expect(resolvers.map(({ name }) => name)).toEqual(['resolver of r'])
  })

  it('cost a question for each search path and family without caches at clients; ndots decides', async () => {
    const dns = { clients: { cache: 'none' } }
    const found = await resultOf({ dns }, { to: 'shop.example.com' })
    // two dots: three search paths first, then as it is
    expect(found.questions).toBe(2 * 4 * found.lookups)
    const few = await resultOf({ dns: { clients: { cache: 'none', ndots: 2 } } }, { to: 'shop.example.com' })
    expect(few.questions).toBe(2 * few.lookups)
    const [resolver] = few.resolvers
    expect(resolver!.queries).toBe(few.questions)
    expect(resolver!.hits / resolver!.queries).toBeGreaterThan(0.9)
  })

  it('are public where annotations ask for them, with their times to live, and records of the scenario', async () => {
    const { blueprint } = (compiled() as { value: { blueprint: { network: { names?: object } } } }).value
    expect(JSON.stringify(blueprint.network.names)).toContain(
      `{"name":"shop.example.com","type":"A","ttlPs":${20 * SECOND},"values":["203.0.113.1"]}`,
    )
    const outside = await resultOf({}, { from: 'internet', to: 'https://shop.example.com/' })
    expect(outside.result.flows[0]!).toMatchObject({ failed: 0, traffic: 'calls' })
    expect(outside.resolvers.map(({ name }) => name)).toEqual(['resolvers on the internet'])
    const dns = {
      records: {
        'www.example.com': 'shop.example.com',
        'two.example.com': ['r/leaf-0/host-0', 'r/leaf-1/host-0'],
      },
    }
    const alias = await resultOf({ dns }, { from: 'internet', to: 'https://www.example.com/' })
    expect(alias.result.flows[0]!.failed).toBe(0)
    const two = await resultOf({ dns }, { from: 'r/leaf-0/host-1', to: 'two.example.com' })
    const into = (host: string) =>
      two.result.links.find(({ name }) => name.endsWith(`→ r/leaf-${host}/host-0`))!.wireBytes
    expect(into('0') / into('1')).toBeGreaterThan(0.8)
    expect(into('0') / into('1')).toBeLessThan(1.25)
  })

  it('of a cluster are known to its pods, and not to hosts, whoever else looks names up', async () => {
    const traffic = [
      { name: 'a', from: 'r/leaf-0/host-0', to: 'store.shop.svc.cluster.local', rate: '5 requests/s' },
      { name: 'b', from: 'shop/web', to: 'store.shop', rate: '5 requests/s' },
      { name: 'c', from: 'r/leaf-0/host-1', to: 'store.shop.svc.cluster.local', rate: '5 requests/s' },
    ]
    const { result, resolvers } = await resultOf({ traffic })
    const all = (name: string) => result.flows.find((each) => each.traffic === name)!
    expect(['a', 'b', 'c'].map((name) => all(name).failed / all(name).started)).toEqual([1, 0, 1])
    expect(resolvers.map(({ name }) => name)).toEqual(['resolver of hosts of r', 'resolver of r'])
  })

  it('are looked up by a host as by pods on its network that have the cluster DNS', async () => {
    const from = (dnsPolicy: string) => {
      const agent = `---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: shop }
spec: { hostNetwork: true, dnsPolicy: ${dnsPolicy}, containers: [{ name: c, image: i }] }
`
      const cluster = () =>
        readManifests([{ file: 'shop.yaml', bytes: new TextEncoder().encode(MANIFESTS + agent) }])
      const found = compileScenario(scenario({}, { from: 'shop/agent' }), { cluster })
      if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
      return found.value.blueprint.network.names!.clients.map(({ resolver, search }) => [resolver, search[0]])
    }
    expect(from('ClusterFirstWithHostNet')).toEqual([['resolver of r', 'shop.svc.cluster.local']])
    expect(from('ClusterFirst')).toEqual([['resolver of hosts of r', undefined]])
  })

  it('are known where the search path of a pod finds them', async () => {
    expect(issuesOf({}, { to: 'http://store:443/' })).toEqual([])
    const { notFound, result } = await resultOf({}, { to: 'http://store:443/' })
    expect(notFound).toBe(0)
    expect(result.flows[0]!.failed).toBe(0)
    expect(issuesOf({}, { to: 'http://stores:443/' })).toEqual([
      'warning traffic.0.to: nobody has a record of "stores": every flow fails as name-not-found',
    ])
  })

  it('that nobody has fail flows, with a warning', async () => {
    expect(issuesOf({}, { to: 'https://shop.exampel.com/' })).toEqual([
      'warning traffic.0.to: nobody has a record of "shop.exampel.com": every flow fails as name-not-found',
    ])
    const { lookups, notFound, result } = await resultOf(
      {
        expect: [
          { metric: 'dns.failed', equals: '100%' },
          { metric: 'dns.stale', equals: 0 },
        ],
      },
      { to: 'https://shop.exampel.com/' },
    )
    expect(notFound).toBe(lookups)
    expect(result.flows[0]!.failed).toBe(lookups)
    expect(result.expectations.map(({ pass }) => pass)).toEqual([true, true])
  })

  it('are looked up when the scenario is built where it has no dns, as streams are', () => {
    const found = compiled({ dns: undefined })
    expect(found.ok && found.value.blueprint.network.names).toBeUndefined()
    expect(found.ok && found.value.blueprint.traffic[0]!.pairs.kind).toBe('to-address')
    const host = { records: { 'a.example': 'r/leaf-0/host-0' } }
    const stream = compiled(
      { dns: host },
      { to: 'a.example', rate: undefined, stream: { packet: '1000B', rate: '1Mbps' } },
    )
    expect(stream.ok && stream.value.blueprint.traffic[0]!.pairs).toMatchObject({ kind: 'from-to' })
  })
})

describe('weft explain', () => {
  it('resolves the names of the scenario, with clusters and without', () => {
    const dns = { records: { 'a.example': 'r/leaf-0/host-0' } }
    for (const rest of [{ dns }, { dns, kubernetes: [], traffic: [] }]) {
      const found = compiled(rest)
      if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
      const { resolution, verdict, hops } = askExplain(found.value, {
        from: 'r/leaf-1/host-0',
        to: 'a.example',
      })
      expect(resolution).toMatchObject({ outcome: 'found' })
      expect(verdict).toBe('delivered')
      expect(hops.at(-1)!.node).toBe('r/leaf-0/host-0')
    }
  })
})

describe('weft explain at an instant', () => {
  const explained = (rest: object, to: string, at: string, port = 443) => {
    const found = compiled(rest)
    if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
    const { resolution, question, verdict } = askExplain(found.value, { from: 'shop/web', to, port, at })
    return { outcome: resolution?.outcome, host: question.to.host, verdict }
  }

  it('asks for the records of that instant', () => {
    const events = [
      { at: '20s', record: 'shop.example.com', to: 'r/leaf-1/host-3' },
      { at: '30s', removeRecord: 'shop.example.com' },
    ]
    expect(explained({ events }, 'shop.example.com', '19s')).toMatchObject({ host: 'shop/store' })
    expect(explained({ events }, 'shop.example.com', '20s')).toMatchObject({ host: 'r/leaf-1/host-3' })
    expect(explained({ events }, 'shop.example.com', '30s')).toMatchObject({ outcome: 'no-name' })
    // all names of a service that moves
    const moved = { events: [{ at: '20s', move: 'shop/store', to: 'r/leaf-1/host-3' }] }
    expect(explained(moved, 'store.shop', '20s')).toMatchObject({ host: 'r/leaf-1/host-3' })
  })

  it('of pods that run then, whether or not the scenario says anything of names', () => {
    const events = [
      { at: '10s', stop: 'shop/old' },
      { at: '20s', rollout: 'shop/store' },
    ]
    for (const dns of [{}, undefined]) {
      const rest = { events, dns, ...(dns === undefined && { traffic: [] }) }
      expect(explained(rest, 'front.shop', '9s', 80)).toMatchObject({ host: 'shop/old' })
      expect(explained(rest, 'front.shop', '11s', 80).outcome).not.toBe('found')
      const before = explained(rest, 'shop/store', '9s', 8080)
      const after = explained(rest, 'shop/store', '59s', 8080)
      expect([before.verdict, after.verdict]).toEqual(['delivered', 'delivered'])
      expect(after.host).toBe(`${before.host}#2`)
    }
  })
})

describe('events of names', () => {
  const RETIRED = { events: [{ at: '20s', move: 'shop/store', to: 'r/leaf-1/host-3' }] }

  it('a service moves by all its names; its old address refuses until answers expire', async () => {
    const { stale, result, lookups } = await resultOf(RETIRED)
    expect(stale).toBeGreaterThan(0)
    expect(result.flows[0]!.failed).toBe(stale)
    expect(lookups).toBeGreaterThan(200)
    expect(result.changes.map(({ action, target }) => `${action} ${target}`).sort()).toEqual([
      'change-records shop.example.com',
      'change-records store.shop.svc.cluster.local',
      expect.stringMatching(/^withdraw 10\./),
      'withdraw 203.0.113.1',
    ])
    const summary = renderSummary(result, { color: false })
    expect(summary).toMatch(/Lookups {2,}name/)
    expect(summary).toContain('resolver of r')
    expect(await renderReport(result)).toContain('names-lookups')
  })

  it('an old address that serves on is stale, and no flow fails; a cap on times to live ends it sooner', async () => {
    const events = [{ at: '20s', record: 'store.shop.svc.cluster.local', to: 'r/leaf-1/host-3' }]
    const long = await resultOf({ events })
    expect(long.result.flows[0]!.failed).toBe(0)
    expect(long.stale).toBeGreaterThan(0)
    const short = await resultOf({ events, dns: { resolver: { maxTtl: '1s' } } })
    expect(short.stale).toBeLessThan(10)
    const never = await resultOf({ events, dns: { clusterTtl: '0s' } })
    expect(never.stale).toBe(0)
  })

  it('a pod that is left behind stops, a host is switched off', () => {
    const eventsOf = (rest: object) => {
      const found = compiled(rest)
      return found.ok ? found.value.blueprint.events.map(({ action, target }) => `${action} ${target}`) : []
    }
    const front = 'front.shop.svc.cluster.local'
    expect(eventsOf({ events: [{ at: '1s', move: front, to: 'shop/store', retire: '2s' }] })).toEqual([
      `change-records ${front}`,
      'stop shop/old',
    ])
    const dns = { records: { 'a.example': 'r/leaf-0/host-0' } }
    expect(eventsOf({ dns, events: [{ at: '1s', move: 'a.example', to: '192.0.2.1' }] })).toEqual([
      'change-records a.example',
      'fail r/leaf-0/host-0',
    ])
    expect(eventsOf({ dns, events: [{ at: '1s', removeRecord: 'a.example' }] })).toEqual([
      'change-records a.example',
    ])
    expect(eventsOf({ events: [{ at: '1s', record: 'new.example', to: 'shop.example.com' }] })).toEqual([
      'change-records new.example',
    ])
  })

  it('records of a headless service follow its pods: a pod that is rescheduled is called at its old address at first', async () => {
    const events = [{ at: '20s', reschedule: 'shop/old', startup: '1s' }]
    const traffic = {
      to: 'front.shop',
      port: 80,
      transport: { newreno: { initialRto: '100ms', synRetries: 1 } },
    }
    const { result, stale, lookups, notFound } = await resultOf({ events }, traffic)
    const named = result.changes.filter(({ action }) => action === 'change-records')
    expect(named.map(({ atPs, target }) => [atPs / SECOND, target])).toEqual([
      [20, 'front.shop.svc.cluster.local'],
      [21, 'front.shop.svc.cluster.local'],
    ])
    expect(stale).toBeGreaterThan(0)
    expect(result.flows[0]!.failed).toBeGreaterThanOrEqual(stale)
    expect(result.flows[0]!.failed).toBeLessThanOrEqual(stale + notFound)
    expect(result.flows[0]!.completed).toBeGreaterThan(0.4 * lookups)
  })

  it('a name that gets its record later is found then', async () => {
    const events = [{ at: '30s', record: 'new.example', to: 'shop.example.com', ttl: '5s' }]
    const dns = { negativeTtl: '2s' }
    const { notFound, lookups, result } = await resultOf({ events, dns }, { to: 'https://new.example/' })
    expect(notFound / lookups).toBeGreaterThan(0.4)
    expect(notFound / lookups).toBeLessThan(0.6)
    expect(result.flows[0]!.failed).toBe(notFound)
  })

  it.each<[string, object, RegExp]>([
    ['without dns', { dns: undefined, ...RETIRED }, /give the scenario "dns"/],
    ['without to', { events: [{ at: '1s', record: 'a.example' }] }, /"record" needs "to"/],
    [
      'an unknown service',
      { events: [{ at: '1s', move: 'shop/stor', to: '192.0.2.1' }] },
      /did you mean "shop\/store"/,
    ],
    [
      'an unknown name',
      { events: [{ at: '1s', move: 'shop.exampel.com', to: '192.0.2.1' }] },
      /did you mean "shop.example.com"/,
    ],
    [
      'an unknown target',
      { events: [{ at: '1s', record: 'a.example', to: 'r/leaf-9/host-0' }] },
      /unknown host, pod or service/,
    ],
    [
      'retire beside record',
      { events: [{ at: '1s', record: 'a.example', to: '192.0.2.1', retire: '1s' }] },
      /"retire" stands beside "move"/,
    ],
    ['a bad name', { dns: { records: { 'a..b': '192.0.2.1' } } }, /a\.\.b/],
    [
      'a name among addresses',
      { dns: { records: { 'a.example': ['192.0.2.1', 'b.example'] } } },
      /stands alone/,
    ],
    ['a time to live that is none', { dns: { ttl: '-1s' } }, /ttl/],
  ])('%s is refused', (_, rest, message) => {
    expect(issuesOf(rest).join('\n')).toMatch(message)
  })
})
