import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { DROP_REASONS } from './drop-reasons.ts'

const SOURCES = resolve(import.meta.dirname, '..')

it('are those that the sources enter in the ledger, and no others', () => {
  const texts = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(?<!\.(test|fixture|oracle))\.ts$/.test(path) && !path.includes('test-kit'))
    .map((path) => readFileSync(join(SOURCES, path), 'utf8'))
  const entered = texts.flatMap((text) =>
    [...text.matchAll(/ledger\.reason\('([^']*)'\)/g)].map((match) => match[1]!),
  )
  expect([...new Set(entered)].sort()).toEqual([...DROP_REASONS].sort())
  // a reason that is not a literal could not be found so
  expect(texts.join('').match(/\.reason\((?!'|name: string\))[^)]/g)).toBeNull()
})
