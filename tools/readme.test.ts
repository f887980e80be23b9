import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the README', () => {
  const readme = read('README.md')
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

  it('shows the smallest example as it runs', () => {
    const [, shown] = /```ts\n([\s\S]*?)```/.exec(readme)!
    const code = read('examples/01-smallest.ts')
      .split('\n')
      .filter((line) => !line.startsWith('//'))
      .join('\n')
    expect(shown).toBe(code)
  })

  it('names commands that exist', () => {
    const named = [...readme.matchAll(/pnpm@[\d.]+ (\w+)/g)].map(([, script]) => script!)
    expect(named).toEqual(['demo', 'test'])
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named))
  })

  it('shows a failure that the demo prints', () => {
    const printed = read('examples/spine-maintenance/scenario.out')
    const [, shown] = /by whom:\n\n```\n([\s\S]*?)```/.exec(readme)!
    // the line of demands is shortened
    const lines = shown!
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ …$/, ''))
    expect(lines.filter((line) => !printed.includes(line))).toEqual([])
  })
})

it('every example says what it covers and shows what it prints', () => {
  const paths = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  const isScenario = (path: string) => path.endsWith('.yaml') && /^weft:/m.test(read(join('examples', path)))
  const examples = paths.filter((path) => /\.(ts|weft)$/.test(path) || isScenario(path))
  expect(examples.length).toBeGreaterThan(8)
  const bare = examples.filter((path) => {
    const head = /^(\/\/|#) Covers: .+\n([/#].+\n)*(\/\/|#) Scenario: /
    return (
      !head.test(read(join('examples', path))) || !paths.includes(path.replace(/\.(ts|yaml|weft)$/, '.out'))
    )
  })
  expect(bare).toEqual([])
})
