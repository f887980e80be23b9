import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PlainNetwork } from './sweep-workload.ts'

const SCRIPT = fileURLToPath(new URL('../../../peers/networkx/single_failures.py', import.meta.url))
/** Debian's own, and any other. */
const INTERPRETERS = ['/usr/bin/python3', 'python3']

export interface ScriptResult {
  readonly version: string
  readonly cpuSeconds: number
  /** By failure: load of every direction, and demand without a way, bit/s. */
  readonly loads: readonly (readonly number[])[]
  readonly lost: readonly number[]
}

/** A Python that has networkx; undefined where none has. */
export function findPython(): string | undefined {
  return INTERPRETERS.find((each) => spawnSync(each, ['-c', 'import networkx']).status === 0)
}

export function runScript(python: string, network: PlainNetwork, failures: readonly number[]): ScriptResult {
  const folder = mkdtempSync(join(tmpdir(), 'weft-networkx-'))
  try {
    const [input, output] = [join(folder, 'network.json'), join(folder, 'loads.json')]
    writeFileSync(input, JSON.stringify({ ...network, failures }))
    const { status, stderr } = spawnSync(python, [SCRIPT, input, output], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${SCRIPT} ended with exit code ${status}:\n${stderr}`)
    return JSON.parse(readFileSync(output, 'utf8')) as ScriptResult
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
