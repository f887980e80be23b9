import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { MANIFEST_BYTES_MAX as READER_BYTES_MAX } from '../kubernetes/read/read-file.ts'
import { manifestArgument, pathArgument } from './manifest-argument.ts'
import { MANIFEST_BYTES_MAX, seemsManifest } from './manifest-text.ts'
import { Terminal } from './terminal.ts'

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: NAME }\n'

test.each<[text: string, isManifest: boolean]>([
  ['weft: 1\nregions: {}\n', false],
  ['# apiVersion: v1\nweft: 1\n', false],
  ['apiVersion: v1\nkind: Pod\n', true],
  ['---\n# of a chart\napiVersion: v1\nkind: Pod\n', true],
  ['--- \n"kind": Pod\n', true],
  ['metadata: { name: a }\nkind: Pod\n', true],
  ['apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    weft: yes\n', true],
  ['apiVersion: v1\nweft: 1\n', false],
  ['{"apiVersion": "v1", "kind": "List", "items": [{"weft": 1}]}', true],
  ['{"weft": 1, "regions": {"kind": {}}}', false],
  ['{"regions": {"kind": "x"}}', false],
  ['{ weft: 1, regions: {} }', false],
  ['{ kind: Pod, apiVersion: v1 }', true],
  ['# a pod\n---\n{\n  apiVersion: "v1",\n  kind: "Pod",\n}\n', true],
  ['%YAML 1.1\n--- {"kind": "Pod"}', true],
  ['---\n{ weft: 1, regions: { kind: {} } }', false],
  ['---{ kind: Pod }', false],
  ['regions:\n  kind: x\n', false],
  ['', false],
  ['\u0000apiVersion: v1', false],
])('%j: a manifest? %s', (text, isManifest) => {
  expect(seemsManifest(new TextEncoder().encode(text))).toBe(isManifest)
})

test('takes files as large as their reader does', () => {
  expect(MANIFEST_BYTES_MAX).toBe(READER_BYTES_MAX)
})

describe('a directory', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'weft-manifests-'))
    const files = {
      'b.yml': 'b',
      'a/deep/z.yaml': 'z',
      'a/one.json': undefined,
      'a/notes.txt': 'notes',
      '.git/config.yaml': 'hidden',
    }
    for (const [path, name] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      const json = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}'
      writeFileSync(join(folder, path), name === undefined ? json : NAMESPACE.replace('NAME', name))
    }
    mkdirSync(join(folder, 'empty'))
    symlinkSync('..', join(folder, 'a/up'))
    symlinkSync('deep/z.yaml', join(folder, 'a/again.yaml'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const relative = (path: string) => path.replace(`${folder}/`, '')

  it('is read with what is below it, by name, each file once, links in a circle or not', () => {
    const argument = pathArgument(folder)
    if (argument.kind !== 'manifests') throw new Error('no manifests')
    expect(argument.files.map(({ file }) => relative(file))).toEqual(['a/again.yaml', 'a/one.json', 'b.yml'])
  })

  it('becomes a cluster, and what was left out is said', async () => {
    const [out, err] = [new PassThrough(), new PassThrough()]
    const argument = pathArgument(folder)
    if (argument.kind !== 'manifests') throw new Error('no manifests')
    const { cluster } = await manifestArgument(argument, new Terminal(out, err, {}))
    expect(cluster.namespaces.map(({ name }) => name)).toEqual(['b', 'z'])
    expect(relative(String(err.read())).replace(folder, '@')).toBe(
      '@: left out, as they say nothing about the network: 1 ConfigMap\n',
    )
    expect(out.read()).toBeNull()
  })

  it('with kinds that matter and are not read: they are warned of, and not said to say nothing', async () => {
    const [out, err] = [new PassThrough(), new PassThrough()]
    const text = 'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: a }\n'
    const files = [{ file: 'a.yaml', bytes: new TextEncoder().encode(text) }]
    await manifestArgument({ path: 'a.yaml', files }, new Terminal(out, err, {}))
    expect(String(err.read())).toBe(
      'a.yaml:1:1  warning: CiliumNetworkPolicy of cilium.io touches the network and is not read; answers are as if it were not there\n',
    )
  })

  it('without a file of manifests is refused', () => {
    expect(() => pathArgument(join(folder, 'empty'))).toThrow('no file in it ends in .yaml, .yml or .json')
  })

  it('that is not there is refused', () => {
    expect(() => pathArgument(join(folder, 'none'))).toThrow('there is no such file or directory')
  })

  it('is not needed for one file', () => {
    expect(pathArgument(join(folder, 'b.yml'))).toMatchObject({ kind: 'manifests', files: [{}] })
    writeFileSync(join(folder, 'empty', 'scenario.txt'), 'weft: 1\n')
    expect(pathArgument(join(folder, 'empty', 'scenario.txt')).kind).toBe('scenario')
  })
})
