import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { clusterWith, scenarioWith } from '../compile/ingress/ingress.fixture.ts'
import type { WhatIfAnswer } from './answer.ts'
import { renderWhatIf } from './render.ts'
import { subjectOf } from './subject.ts'
import { whatIf, type WhatIfRequest } from './whatif.ts'

const CRITERION = 'limit  workers of ingress-nginx/controller at most 100% busy'
const HOSTS = ['r/leaf-0/host-0', 'r/leaf-0/host-1', 'r/leaf-1/host-0', 'r/leaf-1/host-1']

/** Two replicas of a worker each, which takes 1 ms for a request and 3 for its handshake. */
function subjectAt(flowRate: string) {
  const ingress = [{ workers: 1, perRequest: '1ms', tls: { handshake: '3ms' } }]
  const found = compileScenario(scenarioWith(ingress, { flowRate }), { cluster: () => clusterWith() })
  if (!found.ok) throw new Error(found.issues[0]!.message)
  return subjectOf(found.value)
}

/** Two hosts send. */
const asked = (flowRate: string, request: WhatIfRequest) => whatIf(subjectAt(flowRate), request)

const criterionOf = ({ criteria }: WhatIfAnswer) => criteria.find(({ text }) => text === CRITERION)

/** Servers that carry a replica. */
const serversOf = (flowRate: string) => {
  const { network, scenario } = subjectAt(flowRate)
  const { topology } = network
  return scenario.blueprint.ingress![0]!.replicas.map((name) => {
    const server = topology.nodes[topology.ports[topology.nodeIndex(name)]![0]!.neighbour]!
    return server.kind === 'vswitch' ? server.host : ''
  })
}

describe('workers of ingress controllers under failures', () => {
  it('are too few where the replicas that are left cannot do all requests', async () => {
    const servers = serversOf('150/s')
    expect(new Set(servers).size).toBe(2)
    // 300 requests a second of 4 ms: 1.2 of 2 workers
    const answer = await asked('150/s', { any: 1, of: 'host', symmetry: false })
    expect(criterionOf(answer)).toEqual({ text: CRITERION, brokenBefore: false, sets: 2, minimalSets: 2 })
    const short = answer.worst.filter(({ workers }) => workers.length > 0)
    expect(short.flatMap(({ failed }) => failed).sort()).toEqual([...servers].sort())
    for (const { broken, workers } of short) {
      expect(broken).toContain(CRITERION)
      expect(workers).toEqual([
        {
          controller: 'ingress-nginx/controller',
          replicas: 2,
          left: 1,
          utilization: expect.closeTo(1.2, 9),
          requestsPerSecond: expect.closeTo(300, 6),
          lostPerSecond: expect.closeTo(50, 6),
        },
      ])
    }
    const text = renderWhatIf(answer, { color: false, command: 'weft whatif s.yaml', title: 't' })
    expect(text).toContain('1 of 2 replicas left, 120% busy: 50 of 300 requests/s lost  with r/leaf-')
  })

  it('come to the same by symmetry, of one and of two servers', async () => {
    for (const any of [1, 2]) {
      const [plain, alike] = [
        await asked('150/s', { any, of: 'host', symmetry: false }),
        await asked('150/s', { any, of: 'host' }),
      ]
      expect(criterionOf(alike)).toEqual(criterionOf(plain))
    }
    expect(criterionOf(await asked('150/s', { any: 2, of: 'host' }))!.sets).toBe(2 + 5)
  })

  it('do without those behind a link or a leaf that is down, and are all gone with the last', async () => {
    const servers = serversOf('150/s')
    const leaves = new Set(servers.map((host) => host.slice(0, host.lastIndexOf('/'))))
    const broken = async (...fail: string[]) =>
      (await asked('150/s', { fail })).worst[0]!.workers.map(({ left, utilization }) => [left, utilization])
    const [first] = servers as [string]
    expect(await broken(`${first.slice(0, first.lastIndexOf('/'))}:${first}/vswitch`)).toEqual([
      [1, expect.closeTo(1.2, 9)],
    ])
    expect(await broken(...leaves)).toEqual([[0, null]])
    expect(await broken('r/spine-0')).toEqual([])
    expect(await broken(...HOSTS.filter((host) => !servers.includes(host)))).toEqual([])
  })

  it('are enough where one alone keeps up, and short before any failure where all do not', async () => {
    expect(criterionOf(await asked('120/s', { any: 1, of: 'host' }))!.sets).toBe(0)
    const answer = await asked('260/s', { any: 1, of: 'link/fabric' })
    expect(criterionOf(answer)!.brokenBefore).toBe(true)
    expect(answer.baseline.workers).toMatchObject([{ left: 2, utilization: expect.closeTo(1.04, 9) }])
  })

  it('are not judged where nobody asks them', async () => {
    const found = compileScenario(scenarioWith([{}], { to: 'shop/cart' }), { cluster: () => clusterWith() })
    if (!found.ok) throw new Error('refused')
    expect(criterionOf(await whatIf(subjectOf(found.value), { any: 1 }))).toBeUndefined()
  })
})
