import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { GOLDEN_QUESTIONS, goldenLine } from './golden-scripts.ts'
import { WeftFirewall } from './weft-firewall.ts'

it('answers what Linux was seen to answer, on machines that cannot ask it', () => {
  const lines = GOLDEN_QUESTIONS.map(({ name, packets }) => {
    const weft = new WeftFirewall()
    const answers = packets.map(({ step }) => weft.judge(...step))
    return goldenLine(name, answers.at(-1)!, (left) => left)
  })
  const golden = readFileSync(join(import.meta.dirname, 'golden/tcp.txt'), 'utf8')
  expect(`${lines.join('\n')}\n`).toBe(golden)
})
