import { describe, expect, it } from 'vitest'
import { clusterOf, refusalsOf } from './manifests.fixture.ts'

const controller = (kind: string, spec: string, container = '') => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
${spec}
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
${container}
`

const updateOf = (text: string) => clusterOf(text).workloads[0]!.update

describe('how controllers replace their pods', () => {
  it('has the defaults of the API server', () => {
    const defaults = { kind: 'rolling', minReadySeconds: 0 }
    expect(updateOf(controller('Deployment', ''))).toEqual({
      ...defaults,
      maxSurge: '25%',
      maxUnavailable: '25%',
    })
    expect(updateOf(controller('StatefulSet', ''))).toEqual({ ...defaults, maxSurge: 0, maxUnavailable: 1 })
    expect(updateOf(controller('DaemonSet', ''))).toEqual({ ...defaults, maxSurge: 0, maxUnavailable: 1 })
  })

  it('is read', () => {
    const rolling =
      '  strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 10% } }\n  minReadySeconds: 5'
    expect(updateOf(controller('Deployment', rolling))).toEqual({
      kind: 'rolling',
      maxSurge: 2,
      maxUnavailable: '10%',
      minReadySeconds: 5,
    })
    expect(updateOf(controller('Deployment', '  strategy: { type: Recreate }'))?.kind).toBe('recreate')
    expect(updateOf(controller('DaemonSet', '  updateStrategy: { type: OnDelete }'))?.kind).toBe('on-delete')
  })

  it('is refused where no pod could be replaced, or a strategy has what is not its own', () => {
    expect(
      refusalsOf(
        controller('Deployment', '  strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0% } }'),
      )[0],
    ).toContain('both 0')
    expect(
      refusalsOf(
        controller('Deployment', '  strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }'),
      )[0],
    ).toContain('beside type Recreate')
    expect(
      refusalsOf(controller('Deployment', '  strategy: { rollingUpdate: { maxSurge: some } }'))[0],
    ).toContain('a share of them such as "25%"')
  })
})

describe('sleeps before pods are asked to stop', () => {
  it.each([
    ['          lifecycle: { preStop: { sleep: { seconds: 7 } } }', 7],
    ['          lifecycle: { preStop: { exec: { command: [sleep, "15"] } } }', 15],
    ['          lifecycle: { preStop: { exec: { command: [/bin/sh, -c, sleep 5] } } }', 5],
    ['          lifecycle: { preStop: { exec: { command: [/bin/drain] } } }', undefined],
    ['', undefined],
  ])('%s', (container, seconds) => {
    expect(clusterOf(controller('Deployment', '', container)).pods[0]!.template.preStopSeconds).toBe(seconds)
  })
})
