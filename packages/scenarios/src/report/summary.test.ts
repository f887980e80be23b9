import { describe, expect, test } from 'vitest'
import { sampleResult } from './sample-result.fixture.ts'
import { renderSummary } from './summary.ts'

const result = sampleResult()

describe('the summary on a terminal', () => {
  test('shows failed expectations with measured value, object, time and what to do', () => {
    const lines = renderSummary(result, { color: false }).split('\n')
    const at = lines.indexOf('✗ link.utilization  fabric p99 below 90%')
    expect(lines.slice(at, at + 4)).toEqual([
      '✗ link.utilization  fabric p99 below 90%',
      '  measured 96.4% on ord1/leaf-2 → ord1/spine-5 (3.2ms to 6ms, after ord1/spine-3 failed)',
      '  top demands: host-17 → host-44 38%, host-19 → host-9 21%',
      '  see it: weft explain spine-maintenance.yaml --link ord1/leaf-2:ord1/spine-5 --at 3.2ms',
    ])
    expect(lines).toContain('✓ drops  no-route equal to 0  measured 0')
    expect(lines).toContain('✗ 2 of 4 expectations hold')
  })

  test('fits on a screen', () => {
    expect(renderSummary(result, { color: false }).split('\n').length).toBeLessThanOrEqual(40)
  })

  test('counts losses by reason, the worst place beside them', () => {
    const line = renderSummary(result, { color: false })
      .split('\n')
      .find((each) => each.startsWith('link-down'))
    expect(line).toMatch(/^link-down +1,524 +0\.0064% +ord1\/leaf-3 → ord1\/spine-3 320 and 7 more places$/)
  })

  test('colours only when asked to', () => {
    const red = '\u001b[31m'
    expect(renderSummary(result, { color: false })).not.toContain('\u001b')
    expect(renderSummary(result, { color: true })).toContain(red)
  })

  test('all held, nothing lost, nothing started', () => {
    const calm = {
      ...sampleResult({ failures: 0 }),
      drops: [],
      flows: [],
      packets: { originated: 5, delivered: 5, dropped: 0, inFlight: 0 },
    }
    const text = renderSummary(calm, { color: false })
    expect(text).toContain('✓ 4 of 4 expectations hold')
    expect(text).toContain('No packet of 5 was lost.')
    expect(text).toContain('No flow started after the warm-up.')
  })

  test('says when it is partial, and passes warnings on', () => {
    const text = renderSummary({ ...result, partial: true, warnings: ['a queue is short'] }, { color: false })
    expect(text).toContain('partial: interrupted at 13ms, flows were to arrive until 10ms')
    expect(text).toContain('warning: a queue is short')
  })

  test('names cannot steer the terminal', () => {
    const text = renderSummary({ ...result, name: 'x\u001b[2J\u0007' }, { color: false })
    expect(text).not.toContain('\u001b')
    expect(text).not.toContain('\u0007')
  })
})
