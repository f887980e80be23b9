import { dirname, isAbsolute, join } from 'node:path'
import { readdirSync } from 'node:fs'
import type { Cluster, ManifestFile } from '../kubernetes/index.ts'
import type { ScenarioSources } from '../compile/clusters/manifest-reader.ts'
import { UsageError } from './failure.ts'
import { readBytes } from './files.ts'
import { pathArgument } from './manifest-argument.ts'
import { MANIFEST_BYTES_MAX } from './manifest-text.ts'

/** Reads the manifests that a scenario names, by paths from where it stands. */
export async function clusterSource(scenarioFile: string): Promise<ScenarioSources> {
  // late: schemas of all kinds of manifests take a while to load, and most scenarios need none
  const { readManifests } = await import('../kubernetes/index.ts')
  const cluster = (
    patterns: readonly string[],
    namespace: string | undefined,
    hosts: readonly string[],
  ): Cluster => {
    const files = filesNamed(dirname(scenarioFile), patterns)
    return readManifests(files, { hosts, ...(namespace !== undefined && { namespace }) })
  }
  return { cluster, read: readManifests }
}

/** Each once: files, all manifests of directories, and files whose names fit a pattern with `*`. */
export function filesNamed(folder: string, patterns: readonly string[]): ManifestFile[] {
  const files = new Map<string, ManifestFile>()
  for (const pattern of patterns) for (const file of matching(folder, pattern)) files.set(file.file, file)
  return [...files.values()]
}

/** A file, all manifests of a directory, or those files whose names fit a pattern with `*`. */
function matching(folder: string, pattern: string): readonly ManifestFile[] {
  const path = isAbsolute(pattern) ? pattern : join(folder, pattern)
  if (!pattern.includes('*')) return filesAt(path)
  const [parent, name] = [dirname(path), pattern.slice(pattern.lastIndexOf('/') + 1)]
  if (parent.includes('*'))
    throw new UsageError(`manifests: ${pattern} has a * in the name of a directory; name the directory`)
  const fits = new RegExp(`^${name.split('*').map(escaped).join('.*')}$`)
  const names = readdirSync(parent).filter((each) => fits.test(each))
  if (names.length === 0) throw new UsageError(`manifests: no file in ${parent} fits ${name}`)
  return names.sort().flatMap((each) => filesAt(join(parent, each)))
}

function filesAt(path: string): readonly ManifestFile[] {
  const found = pathArgument(path)
  if (found.kind === 'manifests') return found.files
  return [{ file: path, bytes: readBytes(path, MANIFEST_BYTES_MAX) }]
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
