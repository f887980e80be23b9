import { describe, expect, it } from 'vitest'
import { matchesLabels, matchesNamespace, namespaceLabels, selectorKey } from './label-selector.ts'
import type { LabelRequirement } from './policy-blueprint.ts'

const requires = (operator: LabelRequirement['operator'], ...values: string[]) => [
  { key: 'app', operator, values },
]

describe('matchesLabels', () => {
  // as pkg/labels/selector.go of kubernetes/apimachinery has them
  it.each([
    ['In', ['a', 'b'], { app: 'a' }, true],
    ['In', ['a'], { app: 'b' }, false],
    ['In', ['a'], {}, false],
    ['In', [''], { app: '' }, true],
    ['In', [''], {}, false],
    ['NotIn', ['a'], { app: 'b' }, true],
    ['NotIn', ['a'], { app: 'a' }, false],
    ['NotIn', ['a'], {}, true],
    ['Exists', [], { app: '' }, true],
    ['Exists', [], { tier: 'app' }, false],
    ['DoesNotExist', [], {}, true],
    ['DoesNotExist', [], { app: '' }, false],
  ] as const)('app %s %j of %j: %s', (operator, values, labels, expected) => {
    expect(matchesLabels(requires(operator, ...values), labels)).toBe(expected)
  })

  it('all requirements hold, none at all holds for everything', () => {
    expect(matchesLabels([], {})).toBe(true)
    const both = [...requires('Exists'), ...requires('NotIn', 'a')]
    expect(matchesLabels(both, { app: 'b' })).toBe(true)
    expect(matchesLabels(both, { app: 'a' })).toBe(false)
    expect(matchesLabels(both, {})).toBe(false)
  })

  it('keys that every object has are no labels', () => {
    expect(matchesLabels([{ key: 'constructor', operator: 'Exists', values: [] }], {})).toBe(false)
  })
})

it('a namespace bears its own name as a label, whatever else it was given', () => {
  const byName = { labels: [{ key: 'kubernetes.io/metadata.name', operator: 'In' as const, values: ['x'] }] }
  expect(matchesNamespace(byName, 'x', namespaceLabels('x', { 'kubernetes.io/metadata.name': 'y' }))).toBe(
    true,
  )
  expect(matchesNamespace({ name: 'x' }, 'y', {})).toBe(false)
})

it('selectors that say the same in another order have one key', () => {
  const [a, b] = [requires('In', 'a', 'b')[0]!, requires('Exists')[0]!]
  expect(selectorKey([a, b])).toBe(selectorKey([b, { ...a, values: ['b', 'a'] }]))
  expect(selectorKey([a])).not.toBe(selectorKey([{ ...a, values: ['a'] }]))
})
