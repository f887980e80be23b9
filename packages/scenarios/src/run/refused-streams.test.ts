import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { evaluate } from '../expect/evaluate.ts'
import { readManifests } from '../kubernetes/index.ts'
import { ScenarioRun } from './scenario-run.ts'
import { finished } from './small-scenarios.fixture.ts'

const deployment = (name: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: c, image: i, ports: [{ containerPort: 8080, protocol: UDP }] }] }
---`
const MANIFESTS = `${deployment('web')}${deployment('player')}${deployment('closed')}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: shop }
spec: { podSelector: { matchLabels: { app: closed } }, policyTypes: [Ingress] }
`
const cluster = () => readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(MANIFESTS) }])

function ran(clock: 'packet' | 'flow' | 'steady', to: string, rest: object): ScenarioRun {
  const compiled = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
          },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm.yaml', whenDenied: 'reject' }],
      traffic: [
        { name: 'voice', from: 'shop/web', to, port: 8080, stream: { packet: '500B', rate: '1Mbps' } },
      ],
      run: { clock, for: '1s' },
      ...rest,
    },
    { cluster },
  )
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return finished(new ScenarioRun(compiled.value))
}

const judged = (run: ScenarioRun) =>
  run.scenario.expectations.map((each) => {
    const { pass, measured } = evaluate(each, run)
    return { pass, measured }
  })
const lossOf = (window: object) => ({ metric: 'stream.loss', of: 'voice', equals: '100%', ...window })
/** 500 bytes each at 1 Mbit/s, in a second. */
const SENT = 250
const ALL_LOST = { pass: true, measured: expect.stringMatching(/^100 ?%/) }

describe('a stream whose packets are refused, with ICMP errors in return', () => {
  for (const clock of ['packet', 'flow', 'steady'] as const) {
    it(`by a policy loses all that it sends: the ${clock} clock`, () => {
      const run = ran(clock, 'shop/closed', { expect: [lossOf({})] })
      expect(judged(run)).toEqual([ALL_LOST])
    })
  }

  for (const clock of ['packet', 'flow'] as const) {
    it(`counts them once: the ${clock} clock`, () => {
      const totals = ran(clock, 'shop/closed', {}).clock.streams.totals(0)!
      expect(totals).toMatchObject({ packetsSent: totals.packetsLost, packetsReceived: 0 })
      expect(Math.round(totals.packetsSent)).toBe(SENT)
    })

    it(`by a port where nobody listens yet loses all that it sends then: the ${clock} clock`, () => {
      const run = ran(clock, 'shop/player', {
        events: [{ at: '500ms', restart: 'shop/player', startup: '200ms' }],
        expect: [lossOf({ from: '520ms', to: '680ms' })],
      })
      expect(judged(run)).toEqual([ALL_LOST])
      const totals = run.clock.streams.totals(0)!
      expect(Math.round(totals.packetsSent)).toBe(SENT)
      expect(totals.packetsSent - totals.packetsReceived).toBeCloseTo(totals.packetsLost, 6)
    })
  }

  it('by a policy is lost as much as it sent, for drops of its traffic too', () => {
    const run = ran('packet', 'shop/closed', { expect: [{ metric: 'drops', of: 'voice', equals: '100%' }] })
    expect(judged(run)).toEqual([ALL_LOST])
  })
})
