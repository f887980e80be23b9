import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

const ROOMS = ['packages/core', 'packages/fabric', 'packages/scenarios', 'bench'] as const
const PACKAGE_ROOMS: Record<string, number> = { '@weft/core': 0, '@weft/fabric': 1, '@weft/scenarios': 2 }

interface SourceFile {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

function sourcesUnder(folder: string): SourceFile[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('node_modules') && !path.includes('dist/'))
    .map((path) => {
      const text = readFileSync(join(root, folder, path), 'utf8')
      return { path: join(folder, path), text, imports: importsOf(text) }
    })
}

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\{[^}]*\}[^'"\n]*)?['"]([^'"]+)['"]/g),
  ].map((match) => match[1]!)
}

const isTest = (path: string): boolean => /\.(test|fixture|oracle)\.ts$|\/test\/|\.test-/.test(path)
const sources = ROOMS.map((room) => sourcesUnder(room))

describe('import direction', () => {
  ROOMS.forEach((room, level) => {
    it(`${room} imports nothing above it`, () => {
      const upward = sources[level]!.flatMap(({ path, imports }) =>
        imports
          .filter((name) => (PACKAGE_ROOMS[name] ?? -1) >= level)
          .map((name) => `${path} imports ${name}`),
      )
      expect(upward).toEqual([])
    })

    it(`${room} enters other rooms by their door alone`, () => {
      const sideways = sources[level]!.flatMap(({ path, imports }) =>
        imports
          .filter((name) => name.startsWith('@weft/') && !(name in PACKAGE_ROOMS))
          .concat(imports.filter((name) => name.startsWith('.') && !staysIn(room, path, name)))
          .map((name) => `${path} imports ${name}`),
      )
      expect(sideways).toEqual([])
    })

    it(`${room} has no circle of imports`, () => {
      expect(findCircle(sources[level]!)).toEqual([])
    })
  })

  it('components never import each other', () => {
    const strangers = sources[1]!
      .filter(({ path }) => path.startsWith('packages/fabric/src/components/') && !isTest(path))
      .flatMap(({ path, imports }) => {
        const own = componentOf(path)
        return imports
          .filter((name) => name.startsWith('.'))
          .map((name) => componentOf(relative(root, resolve(root, dirname(path), name))))
          .filter((other) => own !== undefined && other !== undefined && other !== own)
          .map((other) => `${path} imports component ${other}`)
      })
    expect(strangers).toEqual([])
  })
})

function staysIn(room: string, path: string, name: string): boolean {
  return !relative(join(root, room), resolve(root, dirname(path), name)).startsWith('..')
}

/** The folder below `components/` that a file belongs to; undefined for the registry and its types. */
function componentOf(path: string): string | undefined {
  return /packages\/fabric\/src\/components\/([^/]+)\//.exec(path)?.[1]
}

function findCircle(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const visit = (path: string): string[] | undefined => {
    if (state.get(path) === 'done') return undefined
    if (state.get(path) === 'open') return [...trail.slice(trail.indexOf(path)), path]
    state.set(path, 'open')
    trail.push(path)
    for (const name of valueImports(byPath.get(path)!.text)) {
      const target = relative(root, resolve(root, dirname(path), name))
      const circle = byPath.has(target) ? visit(target) : undefined
      if (circle !== undefined) return circle
    }
    trail.pop()
    state.set(path, 'done')
    return undefined
  }
  for (const { path } of files) {
    const circle = visit(path)
    if (circle !== undefined) return circle
  }
  return []
}

/** Relative imports that exist at run time: those of types alone cannot make a circle there. */
function valueImports(text: string): string[] {
  return importsOf(
    text.replace(/(?:^|\n)\s*(?:import|export) type\b[^;\n]*?(?:\{[^}]*\})?[^\n]*/g, '\n'),
  ).filter((name) => name.startsWith('.'))
}

describe('core and fabric run in browsers and workers', () => {
  const shipped = [...sources[0]!, ...sources[1]!].filter(
    ({ path }) => path.includes('/src/') && !isTest(path),
  )

  it('import no Node module', () => {
    const offenders = shipped.flatMap(({ path, imports }) =>
      imports.filter((name) => name.startsWith('node:')).map((name) => `${path} imports ${name}`),
    )
    expect(offenders).toEqual([])
  })

  it('use no Node global', () => {
    // By its members: a simulated process, or an arrival process, is called by that name too.
    const process =
      'process\\.(env|argv|exit|cwd|memoryUsage|cpuUsage|hrtime|nextTick|std\\w+|platform|versions?|once?)'
    const globals = new RegExp(`\\b(${process}\\b|Buffer\\.|__dirname|setImmediate\\(|require\\()`)
    const offenders = shipped.filter(({ text }) => globals.test(text))
    expect(offenders.map(({ path }) => path)).toEqual([])
  })

  it('draw no hidden randomness and read no wall clock', () => {
    const offenders = shipped.filter(({ text }) =>
      /\b(Math\.random|Date\.now|performance\.now|new Date\()/.test(text),
    )
    expect(offenders.map(({ path }) => path)).toEqual([])
  })
})

describe('house keeping', () => {
  const all = sources.flat()

  it('nothing is left to do', () => {
    const mark = new RegExp(
      `\\b(${['TO', 'FIX', 'X', 'HA'].map((a, i) => a + ['DO', 'ME', 'XX', 'CK'][i]).join('|')})\\b`,
    )
    expect(all.filter(({ text }) => mark.test(text)).map(({ path }) => path)).toEqual([])
  })

  it('no test is focused or skipped without a reason', () => {
    const offenders = all.filter(
      ({ path, text }) => isTest(path) && /\b(it|test|describe)\.(only|todo)\b/.test(text),
    )
    expect(offenders.map(({ path }) => path)).toEqual([])
  })

  it('every component has its page', () => {
    const folder = join(root, 'packages/fabric/src/components')
    const components = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(
      components.filter(({ name }) => !existsSync(join(folder, name, 'README.md'))).map(({ name }) => name),
    ).toEqual([])
  })

  it('links in documents lead somewhere', () => {
    const dead = documents().flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
        .map((match) => match[1]!)
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(path), target)))
        .map((target) => `${path} -> ${target}`),
    )
    expect(dead).toEqual([])
  })
})

function documents(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.md') && !path.includes('node_modules') && !path.includes('dist/'),
  )
}
