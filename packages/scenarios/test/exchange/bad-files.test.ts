import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { importNetwork } from '../../src/exchange/index.ts'
import { ScenarioFileError } from '../../src/parse/located.ts'

const BAD = new URL('./bad/', import.meta.url)
const TIME_MAX_MS = 2_000

/** What Weft says of each file, line by line. */
const expected = JSON.parse(readFileSync(new URL('./bad-files.json', import.meta.url), 'utf8')) as Record<
  string,
  string[]
>

function refusalOf(file: string, bytes: Uint8Array): string[] {
  // processor time: what else the machine is busy with does not count
  const started = process.cpuUsage()
  try {
    importNetwork(file, bytes)
  } catch (error) {
    if (!(error instanceof ScenarioFileError)) throw error
    return error.message.split('\n')
  } finally {
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(TIME_MAX_MS)
  }
  return ['accepted']
}

describe('bad files of networks', () => {
  const files = readdirSync(BAD)

  it('are many, and each has its answer', () => {
    expect(files.length).toBeGreaterThan(35)
    expect(Object.keys(expected).sort()).toEqual([...files].sort())
  })

  it.each(files)('%s', (file) => {
    expect(refusalOf(file, readFileSync(new URL(file, BAD)))).toEqual(expected[file])
  })
})
