/**
 * Runs every example and compares what it prints with the `.out` file beside it. `--update` writes the `.out` files
 * anew. A scenario is run with `weft run`, which ends well whatever its expectations say; a program with tsx; of a `.weft`
 * file each line is a command. Manifests are no examples, but what some are about. Wall times are replaced, since they
 * differ. Words after the options choose examples: `pnpm examples --update incast`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = resolve(import.meta.dirname, '..')
const { values, positionals } = parseArgs({
  options: { update: { type: 'boolean', default: false } },
  allowPositionals: true,
})

const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|weft)$/.test(path) || isScenario(path))
  .filter((path) => positionals.length === 0 || positionals.some((word) => path.includes(word)))
  .sort()

function isScenario(path: string): boolean {
  return path.endsWith('.yaml') && /^weft:/m.test(readFileSync(join(root, 'examples', path), 'utf8'))
}

const CLI = 'packages/scenarios/src/cli/main.ts'

function execute(script: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', ...script], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout: stdout.replace(/simulated in [\d.,]+ s/g, 'simulated in … s'), stderr }
}

/** What an example prints, and what went wrong if it did not end well. */
function run(path: string): { readonly printed: string; readonly fault?: string } {
  const file = join('examples', path)
  if (path.endsWith('.weft')) return runCommands(readFileSync(join(root, file), 'utf8'))
  const { status, stdout, stderr } = execute(path.endsWith('.ts') ? [file] : [CLI, 'run', file])
  return status === 0 ? { printed: stdout } : { printed: stdout, fault: `ended with ${status}:\n${stderr}` }
}

/** Commands may end with 1, which is an answer, and is printed. */
function runCommands(text: string): { readonly printed: string; readonly fault?: string } {
  let printed = ''
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [command, ...words] = line.trim().split(/\s+/)
    if (command !== 'weft') return { printed, fault: `has a line that is no weft command: ${line}` }
    const { status, stdout, stderr } = execute([CLI, ...words])
    if (status !== 0 && status !== 1) return { printed, fault: `${line}: ended with ${status}:\n${stderr}` }
    printed += `$ ${line}\n${stdout}${status === 1 ? '(exit code 1)\n' : ''}\n`
  }
  return { printed }
}

/** The first line that is not as it was, both ways. */
function difference(golden: string, printed: string): string {
  const [before, now] = [golden, printed].map((text) => text.split('\n'))
  const line = before!.findIndex((text, i) => text !== now![i])
  const at = line < 0 ? before!.length : line
  return `line ${at + 1} was ${JSON.stringify(before![at] ?? '')}, is ${JSON.stringify(now![at] ?? '')}`
}

function verdict(path: string): string | undefined {
  const goldenFile = join(root, 'examples', path.replace(/\.(ts|yaml|weft)$/, '.out'))
  const { printed, fault } = run(path)
  if (fault !== undefined) return fault
  if (values.update) writeFileSync(goldenFile, printed)
  else if (!existsSync(goldenFile)) return 'has no .out file; write it with `pnpm examples --update`'
  else if (readFileSync(goldenFile, 'utf8') !== printed) {
    return `differs from its .out: ${difference(readFileSync(goldenFile, 'utf8'), printed)}`
  }
  return undefined
}

let failed = 0
for (const path of examples) {
  const fault = verdict(path)
  if (fault === undefined) console.log(`✓ examples/${path}`)
  else {
    failed++
    console.error(`✗ examples/${path} ${fault}`)
  }
}
if (examples.length === 0) console.error(`no example is called ${positionals.join(' or ')}`)
process.exitCode = failed === 0 && examples.length > 0 ? 0 : 1
