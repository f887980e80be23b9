/**
 * Runs every example and compares what it prints with the `.out` file beside it. `--update` writes the `.out` files
 * anew. A scenario is run with `weft run`, a program with tsx; wall times are replaced, since they differ.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = resolve(import.meta.dirname, '..')
const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } })

const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|yaml)$/.test(path))
  .sort()

function output(path: string): string {
  const file = join('examples', path)
  const script = path.endsWith('.ts') ? [file] : ['packages/scenarios/src/cli/main.ts', 'run', file]
  const run = spawnSync(process.execPath, ['--import', 'tsx', ...script], { cwd: root, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${file} ended with ${run.status}:\n${run.stderr}`)
  return run.stdout.replace(/\d+(\.\d+)? s of wall time/g, '… s of wall time')
}

let failed = 0
for (const path of examples) {
  const golden = join(root, 'examples', path.replace(/\.(ts|yaml)$/, '.out'))
  const actual = output(path)
  if (values.update) writeFileSync(golden, actual)
  else if (!existsSync(golden) || readFileSync(golden, 'utf8') !== actual) {
    failed++
    console.error(`✗ examples/${path}: the output differs from its .out; see it with \`pnpm examples --update\` and git diff`)
    continue
  }
  console.log(`✓ examples/${path}`)
}
process.exit(failed === 0 ? 0 : 1)
