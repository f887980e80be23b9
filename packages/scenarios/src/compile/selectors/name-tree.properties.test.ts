import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { NameScan } from './name-scan.ts'
import { NameTree } from './name-tree.ts'
import { patternOf } from './selectors.ts'

const part = fc.string({ unit: fc.constantFrom('a', 'b', '0'), minLength: 1, maxLength: 3 })
const node = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const link = fc.tuple(node, node).map((ends) => ends.join(':'))
const names = fc.uniqueArray(fc.oneof(node, link), { maxLength: 60 })
const pattern = fc
  .array(fc.constantFrom('a', 'b', '0', '/', ':', '*', '**', '***', 'aa', 'a/'), {
    minLength: 1,
    maxLength: 8,
  })
  .map((tokens) => tokens.join(''))

describe('a tree of names', () => {
  test.prop([names, fc.array(pattern, { minLength: 1, maxLength: 20 })], { numRuns: 500 })(
    'fits a pattern where some name does',
    (given, patterns) => {
      const tree = new NameTree(given)
      for (const each of patterns) {
        // patternOf takes the ends of links in either order as well
        if (/^([^:]+):([^:#]+)(#\d+)?$/.test(each)) continue
        expect(tree.fits(each), each).toBe(given.some(patternOf(each)))
      }
    },
  )

  test.prop([names, fc.array(pattern, { minLength: 1, maxLength: 20 })], { numRuns: 200 })(
    'changes nothing about what a scan selects',
    (given, patterns) => {
      const many = [...given, ...Array.from({ length: 1_000 }, (_, i) => `z/${i}:y`)]
      const scan = new NameScan(many)
      for (const each of patterns) expect(scan.select(each)).toEqual(many.filter(patternOf(each)))
    },
  )
})
