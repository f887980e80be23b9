import { expect, test } from 'vitest'
import { exponential } from './distributions/index.ts'
import { Resource } from './resource.ts'
import { Simulation } from './simulation.ts'
import { meanInterval } from './stats/index.ts'
import { US } from './time.ts'

const SERVICE_PS = 100 * US
const OFFERED = 8
const SERVERS = 10
const WARMUP = 2_000
const CUSTOMERS = 30_000

/** Share of customers that wait, and mean wait in service times, after the warm-up. */
function serve(seed: string): { waited: number; wait: number } {
  const sim = new Simulation({ seed })
  const servers = new Resource(SERVERS)
  const [gap, service] = [exponential(SERVICE_PS / OFFERED), exponential(SERVICE_PS)]
  const [gaps, services] = [sim.random('gaps'), sim.random('services')]
  let [waited, waitPs] = [0, 0]
  function* customer(index: number) {
    const arrived = sim.now
    const request = servers.request()
    yield request
    if (index >= WARMUP) {
      waitPs += sim.now - arrived
      if (sim.now > arrived) waited++
    }
    yield Math.round(service.sample(services))
    servers.release(request)
  }
  sim.spawn(function* arrivals() {
    for (let index = 0; index < WARMUP + CUSTOMERS; index++) {
      yield Math.round(gap.sample(gaps))
      sim.spawn(() => customer(index))
    }
  })
  sim.run()
  return { waited: waited / CUSTOMERS, wait: waitPs / CUSTOMERS / SERVICE_PS }
}

test('row 7: M/M/10 at 8 erlangs by processes and a resource: Erlang C, mean wait', () => {
  const runs = Array.from({ length: 12 }, (_, i) => serve(`row 7/${i}`))
  const [waited, wait] = [
    meanInterval(runs.map((run) => run.waited)),
    meanInterval(runs.map((run) => run.wait)),
  ]
  for (const [interval, expected, widthMax] of [
    [waited, 0.40918, 0.02],
    [wait, 0.20459, 0.03],
  ] as const) {
    expect(interval.low).toBeLessThan(expected)
    expect(interval.high).toBeGreaterThan(expected)
    expect((interval.high - interval.low) / 2).toBeLessThan(widthMax)
  }
})
