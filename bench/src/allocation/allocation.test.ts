import { expect, it } from 'vitest'
import { measureAllocation } from './allocation.ts'

it('the packet clock allocates less than a byte per packet-hop over ten million of them', () => {
  const { hops, bytesPerHop } = measureAllocation(10_000_000)
  expect(hops).toBeGreaterThan(9_500_000)
  expect(bytesPerHop).toBeLessThan(1)
}, 120_000)
