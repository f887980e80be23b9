import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const PNPM = 'pnpm@12.21.0'
const PACKAGES = ['core', 'fabric', 'scenarios'] as const

/** A folder as a user would have it: the three packed packages installed, no TypeScript runner, no workspace. */
let user: string

function run(command: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = run(command, args, cwd)
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`)
  return stdout
}

/** Unpacks the tarball and links the dependencies that its package.json asks for to those of the workspace. */
function install(name: (typeof PACKAGES)[number]): void {
  const target = join(user, 'node_modules/@weft', name)
  mkdirSync(target, { recursive: true })
  const tarball = readdirSync(user).find((file) => file.startsWith(`weft-${name}-`))!
  mustRun('tar', ['-xzf', join(user, tarball), '-C', target, '--strip-components=1'], user)
  for (const dependency of Object.keys(manifest(name).dependencies)) {
    if (dependency.startsWith('@weft/')) continue
    const link = join(user, 'node_modules', dependency)
    mkdirSync(dirname(link), { recursive: true })
    if (!existsSync(link))
      symlinkSync(realpathSync(join(root, 'packages', name, 'node_modules', dependency)), link)
  }
}

interface Manifest {
  readonly version: string
  readonly bin?: Record<string, string>
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>
  readonly dependencies: Record<string, string>
}

const manifest = (name: string): Manifest =>
  JSON.parse(readFileSync(join(user, 'node_modules/@weft', name, 'package.json'), 'utf8')) as Manifest

describe('the packages as published', { timeout: 60_000 }, () => {
  beforeAll(() => {
    user = mkdtempSync(join(tmpdir(), 'weft-packages-'))
    mustRun(join(root, 'node_modules/.bin/tsc'), ['-b', 'tsconfig.build.json'], root)
    for (const name of PACKAGES)
      mustRun('npx', ['--yes', PNPM, 'pack', '--pack-destination', user], join(root, 'packages', name))
    writeFileSync(join(user, 'package.json'), '{ "type": "module" }')
    for (const name of PACKAGES) install(name)
  }, 120_000)

  afterAll(() => rmSync(user, { recursive: true, force: true }))

  it.each(PACKAGES)('%s: every export and bin is in the package, and no source is', (name) => {
    const { exports, bin = {}, dependencies } = manifest(name)
    const folder = join(user, 'node_modules/@weft', name)
    const files = [...Object.values(exports), ...Object.values(bin)].flatMap((entry) =>
      typeof entry === 'string' ? [entry] : [entry.types, entry.default],
    )
    expect(files.filter((file) => !existsSync(join(folder, file)))).toEqual([])
    const packed = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    expect(packed.filter((file) => /(?<!\.d)\.ts$|\.(test|fixture|oracle)\./.test(file))).toEqual([])
    expect(packed).toEqual(expect.arrayContaining(['LICENSE', 'README.md']))
    expect(Object.values(dependencies).filter((range) => range.startsWith('workspace:'))).toEqual([])
  })

  it('the smallest example prints under plain Node what it prints from source', () => {
    const source = readFileSync(join(root, 'examples/01-smallest.ts'), 'utf8')
    // the example has no types of its own but for `!`
    writeFileSync(join(user, 'smallest.mjs'), source.replaceAll('!.', '.'))
    const expected = readFileSync(join(root, 'examples/01-smallest.out'), 'utf8')
    expect(mustRun(process.execPath, ['smallest.mjs'], user)).toBe(expected)
  })

  it('the smallest example passes the type check with the packed declarations alone', () => {
    writeFileSync(join(user, 'smallest.ts'), readFileSync(join(root, 'examples/01-smallest.ts')))
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'ES2022',
      lib: ['ES2022', 'DOM'],
      module: 'NodeNext',
      types: [],
    }
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['smallest.ts'] }))
    expect(run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], user)).toMatchObject({
      status: 0,
      stdout: '',
    })
  })

  it('the weft command works', () => {
    const weft = (...args: string[]) =>
      run(
        process.execPath,
        [join('node_modules/@weft/scenarios', manifest('scenarios').bin!['weft']!), ...args],
        user,
      )
    expect(weft('--version').stdout.trim()).toBe(manifest('scenarios').version)
    expect(weft('init', 'fabric')).toMatchObject({ status: 0 })
    const report = ['--report', 'report.html', '--json', 'result.json']
    expect(weft('check', 'fabric/scenario.yaml', ...report)).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(join(user, 'report.html'), 'utf8')).toContain('<svg')
    expect(JSON.parse(readFileSync(join(user, 'result.json'), 'utf8'))).toMatchObject({
      schema: 1,
      pass: true,
    })
    expect(readFileSync(join(user, 'fabric/scenario.schema.json'), 'utf8')).toBe(
      readFileSync(join(user, 'node_modules/@weft/scenarios/schema/scenario.schema.json'), 'utf8'),
    )
  })
})
