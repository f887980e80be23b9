import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'

function bench(...args: string[]) {
  const main = new URL('./main.ts', import.meta.url).pathname
  return spawnSync(process.execPath, ['--import', 'tsx', main, ...args], { encoding: 'utf8' })
}

test('prints one JSON document with counts and costs', () => {
  const args = ['--pending', '100', '--holds', '400000', '--repeat', '1', '--distributions', 'equal']
  const { stdout, status } = bench('hold', ...args, '--json')
  expect(status).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(stdout)).toEqual({
    benchmark: 'hold',
    results: [{ pending: 100, holdsPerCpuSecond: expect.any(Number) }],
    distributions: [{ distribution: 'equal', pending: 100, holdsPerCpuSecond: expect.any(Number) }],
    reference: [{ pending: 100, holdsPerCpuSecond: expect.any(Number), ratio: expect.any(Number) }],
    cpuSeconds: expect.any(Number),
    wallSeconds: expect.any(Number),
    peakRssBytes: expect.any(Number),
  })
})

test('--help lists the benchmarks, NAME --help their options', () => {
  expect(bench('--help').stdout).toMatch(/^hold +the event queue alone/m)
  expect(bench('hold', '--help').stdout).toMatch(/--pending N,N/)
})

describe('refuses with exit code 2 and a way out', () => {
  test.each([
    [['hodl'], 'there is no benchmark hodl; expected one of'],
    [['hold', '--penidng', '5'], "Unknown option '--penidng'"],
    [['hold', '--pending', '1e3.5'], '--pending is 1e3.5; expected a whole number of at least 1'],
    [['hold', '--distributions', 'normal'], 'no distribution normal; expected exponential'],
    [['hold', 'twice'], "Unexpected argument 'twice'"],
    [['--json', 'hold'], 'hold needs the name of a benchmark before it'],
  ])('%j', (args, message) => {
    const { stdout, stderr, status } = bench(...args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})
