import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './failure.ts'
import { fileReason } from './files.ts'
import { statOf } from './path-stat.ts'

/** A walk that goes beyond this is a walk through something else than manifests. */
const ENTRIES_MAX = 200_000

export interface ManifestPath {
  readonly file: string
  readonly sizeBytes: number
}

/**
 * Files of manifests in a directory and those below it: `.yaml`, `.yml` and `.json`, by name in each directory. Names that
 * begin with a dot are left out, as `.git` and `.github` hold other YAML. Links are followed; what several lead to is
 * taken once, so that links in a circle end.
 */
export function manifestPaths(directory: string): ManifestPath[] {
  const found: ManifestPath[] = []
  const seen = new Set<string>()
  let entries = 0
  const walk = (folder: string) => {
    for (const name of namesIn(folder)) {
      if (++entries > ENTRIES_MAX) {
        const many = `${directory} has more than ${ENTRIES_MAX.toLocaleString('en-US')} files and directories`
        throw new UsageError(`${many}; name the directory of the manifests`)
      }
      if (name.startsWith('.')) continue
      const path = join(folder, name)
      const stat = statOf(path)
      const isManifest = stat.isFile() && /\.(ya?ml|json)$/i.test(name)
      if (!isManifest && !stat.isDirectory()) continue
      if (isNew(path, seen)) {
        if (isManifest) found.push({ file: path, sizeBytes: stat.size })
        else walk(path)
      }
    }
  }
  isNew(directory, seen)
  walk(directory)
  if (found.length > 0) return found
  throw new UsageError(`there are no manifests in ${directory}: no file in it ends in .yaml, .yml or .json`)
}

function isNew(path: string, seen: Set<string>): boolean {
  const real = realpathSync(path)
  if (seen.has(real)) return false
  seen.add(real)
  return true
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    throw new UsageError(`cannot read ${folder}: ${fileReason(error)}`)
  }
}
