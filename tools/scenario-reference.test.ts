import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadScenario } from '../packages/scenarios/src/compile/load.ts'
import { referencePage } from './scenario-reference.ts'

describe('docs/scenario-file.md', () => {
  it('has the tables of the schema as it is; if not: npx tsx tools/scenario-reference.ts', () => {
    const { current, wanted } = referencePage()
    expect(current).toBe(wanted)
  })

  it('shows scenarios that are accepted without a warning', () => {
    const page = readFileSync(new URL('../docs/scenario-file.md', import.meta.url), 'utf8')
    const examples = [...page.matchAll(/```yaml\n(weft: 1\n.*?)```/gs)].map((match) => match[1]!)
    expect(examples.length).toBeGreaterThan(2)
    for (const example of examples) {
      expect(loadScenario('example', new TextEncoder().encode(example)).compiled.warnings).toEqual([])
    }
  })
})
