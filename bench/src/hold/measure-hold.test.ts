import { expect, test } from 'vitest'
import { distributions } from './distributions.ts'
import { measureHold } from './measure-hold.ts'

test.each(Object.keys(distributions))('both queues hold the same events: %s', (distribution) => {
  const [calendar, heap] = (['calendar', 'heap'] as const).map((queue) =>
    measureHold({ queue, distribution, pending: 300, holds: 20_000 }),
  )
  expect([calendar!.lastTimePs, calendar!.lastEvent]).toEqual([heap!.lastTimePs, heap!.lastEvent])
  expect(calendar!.holdsPerCpuSecond).toBeGreaterThan(0)
})
