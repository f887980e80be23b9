import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LEAF_HOSTS, SPINES } from '../../w4/flow-workload.ts'

const SOURCE = fileURLToPath(new URL('../../../peers/simgrid/leaf-spine-flows.cpp', import.meta.url))

export interface DriverRun {
  readonly flowsPath: string
  readonly hosts: number
  readonly latencyS: number
  readonly model: string
  readonly update: string
}

export interface DriverResult {
  readonly version: string
  /** User seconds of SimGrid's event loop. */
  readonly cpuSeconds: number
  /** By flow, in the order of the list. */
  readonly finishSeconds: Float64Array
}

/** Our program over SimGrid's library, compiled into a folder of its own. */
export class SimGridDriver {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weft-simgrid-'))
  readonly #program = join(this.#folder, 'leaf-spine-flows')

  /** Why there is none here; undefined where it has been compiled. */
  compile(): string | undefined {
    const args = ['-O2', '-std=c++17', SOURCE, '-o', this.#program, '-lsimgrid']
    const { error, status, stderr } = spawnSync('g++', args, { encoding: 'utf8' })
    if (error !== undefined) return `no C++ compiler: ${error.message}; on Debian: apt-get install g++`
    if (status === 0) return undefined
    if (/s4u\.hpp|lsimgrid/.test(stderr))
      return 'no SimGrid library; on Debian: apt-get install libsimgrid-dev'
    throw new Error(`${SOURCE} does not compile:\n${stderr}`)
  }

  run({ flowsPath, hosts, latencyS, model, update }: DriverRun): DriverResult {
    const out = join(this.#folder, 'finish.csv')
    const shape = [hosts / LEAF_HOSTS, LEAF_HOSTS, SPINES, latencyS].map(String)
    const args = [flowsPath, out, ...shape, model, update, '--log=root.thres:error']
    const { status, stdout, stderr } = spawnSync(this.#program, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`SimGrid's run ended with exit code ${status}:\n${stderr}`)
    const [, ...rows] = readFileSync(out, 'utf8').trim().split('\n')
    const { version, cpuSeconds } = JSON.parse(stdout) as { version: string; cpuSeconds: number }
    const finishSeconds = Float64Array.from(rows, (line) => Number(line.split(',')[1]))
    return { version, cpuSeconds, finishSeconds }
  }

  /** A path for a file that goes with the program. */
  fileNamed(name: string): string {
    return join(this.#folder, name)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
