import { printDuration } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { networkAt } from '../explain/network-at.ts'
import { compiled, controller, deny, happens } from './scripts.fixture.ts'

const PROBE = 'readinessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 1, periodSeconds: 2 }'
const SLEEP = 'lifecycle: { preStop: { sleep: { seconds: 5 } } }'
const service = `
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { selector: { app: db }, clusterIP: 10.96.0.9, ports: [{ port: 80 }] }
`
function refused(manifests: string, events: readonly object[]): string {
  const result = compiled({ m: manifests, deny, mixed: manifests }, events)
  return result.ok ? '' : result.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
}

const db = (more = {}) => controller('StatefulSet', 'db', 2, more)

describe('a pod', () => {
  it('is asked to stop, drains, and is gone', () => {
    const stop = (event: object, more = {}) => happens(db(more), [{ at: '2s', stop: 'shop/db-0', ...event }])
    expect(stop({})).toEqual(['2s stop shop/db-0'])
    expect(stop({ drain: '3s' })).toEqual(['2s terminate shop/db-0', '5s stop shop/db-0'])
    // as the manifest has it, and never beyond the grace period
    expect(stop({}, { container: SLEEP })).toEqual(['2s terminate shop/db-0', '7s stop shop/db-0'])
    const grace = { container: SLEEP, pod: 'terminationGracePeriodSeconds: 4' }
    expect(stop({}, grace)).toEqual(['2s terminate shop/db-0', '6s stop shop/db-0'])
    expect(stop({ drain: '50s', grace: '40s' })).toEqual(['2s terminate shop/db-0', '42s stop shop/db-0'])
  })

  it('starts, and is ready by its probe; before its first event that is a start it does not run', () => {
    const result = compiled({ m: db({ container: PROBE }) }, [
      { at: '2s', start: 'shop/db-1', startup: '2s' },
    ])
    if (!result.ok) throw new Error('refused')
    expect(
      result.value.blueprint.events.map(({ atPs, action }) => `${printDuration(atPs)} ${action}`),
    ).toEqual(['2s boot', '4s start', '5s ready'])
    expect(result.value.blueprint.network.interfaces!.stopped).toEqual(['shop/db-1'])
  })

  it('that fails its probes is not ready after as many as their threshold says, and back with the first it answers', () => {
    const events = [
      { at: '2s', unhealthy: 'shop/db-0' },
      { at: '20s', healthy: 'shop/db-0' },
    ]
    // probes at 1 s, 3 s, 5 s ...; three failures
    expect(happens(db({ container: PROBE }), events)).toEqual([
      '7s not-ready shop/db-0',
      '21s ready shop/db-0',
    ])
  })

  it('restarts in its place, and is rescheduled to another one under its name', () => {
    expect(happens(db(), [{ at: '2s', restart: 'shop/db-0', drain: '1s', startup: '2s' }])).toEqual([
      '2s terminate shop/db-0',
      '3s stop shop/db-0',
      '3s boot shop/db-0',
      '5s start shop/db-0',
      '5s ready shop/db-0',
    ])
    const result = compiled({ m: db() + service }, [
      { at: '2s', reschedule: 'shop/db-0', to: 'r/leaf-1/host-1' },
    ])
    if (!result.ok) throw new Error('refused')
    const { network, events } = result.value.blueprint
    expect(events.map(({ action, target }) => `${action} ${target}`)).toEqual([
      'stop shop/db-0',
      'start shop/db-0#2',
      'ready shop/db-0#2',
    ])
    expect(
      network.links.some(
        ({ ends }) => ends.includes('shop/db-0#2') && ends.includes('r/leaf-1/host-1/vswitch'),
      ),
    ).toBe(true)
    const [port] = network.interfaces!.services![0]!.ports
    expect(port!.endpoints.map(({ name }) => name)).toEqual([
      'shop/db-0:80',
      'shop/db-1:80',
      'shop/db-0#2:80',
    ])
  })

  it('is where it is at any instant', () => {
    const result = compiled({ m: db() + service }, [{ at: '2s', reschedule: 'shop/db-0' }])
    if (!result.ok) throw new Error('refused')
    const ready = (atPs: number) =>
      networkAt(result.value, atPs)
        .network.interfaces!.services.ports[0]!.endpoints.filter((each) => each.ready)
        .map(({ name }) => name)
    expect(ready(1e12)).toEqual(['shop/db-0:80', 'shop/db-1:80'])
    expect(ready(2e12)).toEqual(['shop/db-1:80', 'shop/db-0#2:80'])
  })
})

describe('a rollout', () => {
  it('of a Deployment goes by its manifest, and by what the event says instead', () => {
    const spec =
      'strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, minReadySeconds: 1'.replace(
        ', min',
        '\n  min',
      )
    const web = controller('Deployment', 'web', 2, { spec, container: PROBE })
    expect(happens(web, [{ at: '2s', rollout: 'shop/web', drain: '1s' }])).toEqual([
      '2s start shop/web#2',
      '3s ready shop/web#2',
      '4s terminate shop/web',
      '4s start shop/web#2',
      '5s stop shop/web',
      '5s ready shop/web#2',
      '6s terminate shop/web',
      '7s stop shop/web',
    ])
    const quick = { at: '2s', rollout: 'shop/web', maxSurge: 0, maxUnavailable: '100%', minReady: '0s' }
    expect(happens(web, [quick])).toEqual([
      '2s stop shop/web',
      '2s start shop/web#2',
      '2s stop shop/web',
      '2s start shop/web#2',
      '3s ready shop/web#2',
      '3s ready shop/web#2',
    ])
  })

  it('of a StatefulSet goes pod by pod from the last', () => {
    expect(happens(db(), [{ at: '2s', rollout: 'shop/db', drain: '1s', startup: '2s' }])).toEqual([
      '2s terminate shop/db-1',
      '3s stop shop/db-1',
      '3s boot shop/db-1#2',
      '5s terminate shop/db-0',
      '5s start shop/db-1#2',
      '5s ready shop/db-1#2',
      '6s stop shop/db-0',
      '6s boot shop/db-0#2',
      '8s start shop/db-0#2',
      '8s ready shop/db-0#2',
    ])
  })

  it('may follow another, once that has ended', () => {
    const twice = [
      { at: '2s', rollout: 'shop/db' },
      { at: '10s', rollout: 'shop/db' },
    ]
    expect(happens(db(), twice).filter((each) => each.includes('#3')).length).toBe(4)
    const late = { at: '4s', rollout: 'shop/db' }
    expect(refused(db(), [{ at: '2s', rollout: 'shop/db', drain: '5s' }, late])).toMatch(
      'events.1.rollout: at 4s pod "shop/db-0" is still stopping or coming up, until',
    )
  })
})

describe('network policies', () => {
  it('are applied and deleted, by name or file', () => {
    const events = [
      { at: '2s', apply: 'deny' },
      { at: '3s', delete: 'shop/deny' },
    ]
    expect(happens(db(), events)).toEqual([
      '2s apply-policy NetworkPolicy shop/deny',
      '3s delete-policy NetworkPolicy shop/deny',
    ])
    expect(refused(db(), [{ at: '2s', delete: 'shop/dany' }])).toBe(
      'events.0.delete: unknown network policy "shop/dany"; there is none',
    )
    expect(refused(db(), [events[0]!, { at: '4s', delete: 'shop/dany' }])).toMatch(
      'did you mean "shop/deny"?',
    )
    expect(refused(db(), [{ at: '2s', apply: 'mixed' }])).toMatch('only network policies are applied')
  })
})

describe('what is refused', () => {
  const host = controller('Deployment', 'net', 1, { pod: 'hostNetwork: true' })
  it.each([
    [
      { at: '2s', stop: 'shop/bd' },
      'events.0.stop: unknown pod or workload "shop/bd"; did you mean "shop/db"?',
    ],
    [
      { at: '2s', rollout: 'shop/bd' },
      'events.0.rollout: unknown workload "shop/bd"; did you mean "shop/db"?',
    ],
    [{ at: '2s', stop: 'shop/db', start: 'shop/db' }, 'it has "stop" and "start"'],
    [{ at: '2s' }, 'it has none'],
    [
      { at: '2s', ready: 'shop/db', drain: '2s' },
      'events.0.drain: "drain" stands beside "stop", "restart", "reschedule" or "rollout", not beside "ready"',
    ],
    [{ at: '1h', stop: 'shop/db' }, 'after the end of the run'],
    [{ at: '2s', stop: 'shop/net' }, "is on its host's network"],
    [{ at: '2s', reschedule: 'shop/db-0', to: 'r/leaf-7/host-0' }, 'there is no node "r/leaf-7/host-0"'],
    [{ at: '2s', rollout: 'shop/db', maxSurge: 'some' }, 'expected a number, or a share such as 25%'],
  ])('%j', (event, message) => {
    expect(refused(db() + host, [event])).toContain(message)
  })

  it('is said of scenarios without workloads too', () => {
    const { issues } = compileScenario({
      weft: 1,
      regions: { r: { fabric: { fatTree: { k: 4, hostLink: '1Gbps', fabricLink: '1Gbps' } } } },
      events: [
        { at: '1ms', stop: 'shop/db' },
        { at: '1ms', apply: 'p' },
      ],
    }) as { issues: readonly { message: string }[] }
    expect(issues.map(({ message }) => message)).toEqual([
      'unknown pod or workload "shop/db"; the scenario has no "kubernetes" with any',
      'the scenario has no "kubernetes" whose policies these could be',
    ])
  })
})

describe('a virtual machine', () => {
  const machine = (strategy: string) => `
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: { name: vm, namespace: shop }
spec: { runStrategy: ${strategy}, template: { spec: {} } }
`
  const events = [{ at: '2s', start: 'shop/vm', startup: '3s' }]

  it('that is halted starts by an event, and answers nobody before it is up', () => {
    const result = compiled({ m: machine('Halted') }, events)
    if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
    const { blueprint, clusters } = result.value
    const [pod] = clusters[0]!.cloud.pods
    expect(blueprint.network.interfaces!.stopped).toEqual([pod!.name])
    expect(blueprint.events.map(({ atPs, action }) => `${printDuration(atPs)} ${action}`)).toEqual([
      '5s start',
      '5s ready',
    ])
    expect(happens(machine('Halted'), [])).toEqual([])
  })

  it('that is halted is warned of where anything else happens to it', () => {
    const result = compiled({ m: machine('Halted') }, [{ at: '2s', stop: 'shop/vm' }])
    expect(result.ok && result.value.warnings.map(({ message }) => message)).toEqual([
      '"shop/vm" has no pods; this changes nothing',
    ])
  })
})

describe('what changes nothing', () => {
  it('is warned of', () => {
    const result = compiled({ m: db() }, [
      { at: '2s', ready: 'shop/db-0' },
      { at: '3s', stop: 'shop/db-0' },
      { at: '4s', stop: 'shop/db-0' },
    ])
    expect(result.ok && result.value.warnings.map(({ message }) => message)).toEqual([
      'pod "shop/db-0" is ready already at 2s; this changes nothing',
      'pod "shop/db-0" has stopped already at 4s; this changes nothing',
    ])
  })
})
