import { erlangCWaitMean, mg1WaitMean, MS, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { type IngressChoices, runIngress } from './helpers/ingress.ts'
import { replicaWork } from './helpers/replica-work.ts'
import { mean, standardError, Z_999 } from './helpers/statistics.ts'

const RUN_PS = 12 * SECOND
const WARM_PS = SECOND
const BATCHES = 20

/** Poisson arrivals, so many a second at each of ten clients; waits by batches of time, and the share of time at work. */
function measured(perClient: number, choices: Partial<IngressChoices>) {
  const run = runIngress({
    clients: 10,
    offered: {
      kind: 'flows',
      sizes: { kind: 'constant', bytes: 100 },
      response: { kind: 'constant', bytes: 100 },
      rate: { flowsPerSecond: perClient },
      startPs: 0,
      stopPs: RUN_PS,
    },
    keepAlive: { connections: 1000 },
    ...choices,
  })
  return replicaWork(run, { warmPs: WARM_PS, stopPs: RUN_PS, batches: BATCHES })
}

const expectMean = (values: readonly number[], expected: number) =>
  expect(Math.abs(mean(values) - expected)).toBeLessThan(Z_999 * standardError(values))

describe('a replica under packets', () => {
  it('makes requests wait as M/M/c does (Erlang C)', () => {
    const { waitsPs, busy } = measured(140, {
      capacity: { workers: 2, request: { kind: 'exponential', meanPs: MS } },
    })
    expectMean(busy, 0.7)
    expectMean(waitsPs, erlangCWaitMean(1.4, 2) * MS)
  })

  it('makes requests wait as M/D/1 does (Pollaczek-Khinchine)', () => {
    const { waitsPs, busy } = measured(60, {
      capacity: { workers: 1, request: { kind: 'constant', ps: MS } },
    })
    expectMean(busy, 0.6)
    expectMean(waitsPs, mg1WaitMean({ utilization: 0.6, serviceMean: MS, serviceVariation: 0 }))
  })

  it('is at work for the rate times the cost of handshakes and requests', () => {
    const { busy } = measured(40, {
      capacity: { workers: 2, request: { kind: 'constant', ps: MS } },
      request: { scheme: 'https' },
      tls: { resumed: 0.75, fullPs: 2 * MS, resumedPs: MS / 2 },
    })
    // 400 a second of 1 ms, and of a quarter of 2 ms and three quarters of 0.5 ms
    expectMean(busy, (400 * (1 + 0.5 + 0.375)) / 1000 / 2)
  })
})
