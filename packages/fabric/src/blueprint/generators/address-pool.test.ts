import { expect, it } from 'vitest'
import { AddressPool } from './address-pool.ts'
import { parsePrefix, type Prefix } from './addresses.ts'

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.prefix
}

const all = (pool: AddressPool): string[] => {
  const taken: string[] = []
  for (let next = pool.take(); next !== undefined; next = pool.take()) taken.push(next)
  return taken
}

it('gives out every address once, but the first, the broadcast address, and those in use', () => {
  expect(all(new AddressPool(prefix('10.64.0.0/29'), ['10.64.0.3']))).toEqual([
    '10.64.0.1',
    '10.64.0.2',
    '10.64.0.4',
    '10.64.0.5',
    '10.64.0.6',
  ])
  expect(all(new AddressPool(prefix('fd00::/126'), ['fd00:0::2']))).toEqual(['fd00::1', 'fd00::3'])
  expect(all(new AddressPool(prefix('10.0.0.4/31')))).toEqual([])
})
