import type { Cluster, ManifestFile } from '../kubernetes/index.ts'
import { UsageError } from './failure.ts'
import { readBytes } from './files.ts'
import { manifestPaths } from './manifest-paths.ts'
import { MANIFEST_BYTES_MAX, seemsManifest } from './manifest-text.ts'
import { statOf } from './path-stat.ts'
import type { Terminal } from './terminal.ts'

/** More than any cluster's manifests have; beyond it, the wrong directory was named. */
const BYTES_MAX = 512_000_000
const WARNINGS_SHOWN_MAX = 50

/** A path on the command line, read once: what comes through a pipe cannot be read again. */
export type PathArgument =
  | { readonly kind: 'scenario'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: 'manifests'; readonly path: string; readonly files: readonly ManifestFile[] }

/** Manifests named on the command line, checked. */
export interface ManifestArgument {
  /** As the user named it. */
  readonly path: string
  readonly cluster: Cluster
}

/**
 * What stands at a path: a scenario, or Kubernetes manifests, which are a directory with files of them or one such file.
 * A file that is neither is a scenario, whose reader says best what is wrong.
 */
export function pathArgument(path: string): PathArgument {
  if (statOf(path).isDirectory()) return { kind: 'manifests', path, files: filesIn(path) }
  const bytes = readBytes(path, MANIFEST_BYTES_MAX)
  if (!seemsManifest(bytes)) return { kind: 'scenario', path, bytes }
  return { kind: 'manifests', path, files: [{ file: path, bytes }] }
}

function filesIn(directory: string): ManifestFile[] {
  let total = 0
  return manifestPaths(directory).map(({ file, sizeBytes }) => {
    const bytes = readBytes(file, Math.min(sizeBytes, MANIFEST_BYTES_MAX))
    total += bytes.length
    if (total > BYTES_MAX)
      throw new UsageError(`${directory} has more than ${BYTES_MAX / 1e6} MB of manifests; name a part of it`)
    return { file, bytes }
  })
}

/** Reads and checks manifests; what may not be meant, and what was left out, is said on standard error. */
export async function manifestArgument(
  { path, files }: { readonly path: string; readonly files: readonly ManifestFile[] },
  terminal: Terminal,
): Promise<ManifestArgument> {
  // late: schemas of all kinds of manifests take a while to load, and scenarios need none
  const { readManifests } = await import('../kubernetes/index.ts')
  const cluster = readManifests(files)
  noteFindings(path, cluster, terminal)
  return { path, cluster }
}

/** What may not be meant in manifests, and what was left out of them. */
export function noteFindings(path: string, cluster: Cluster, terminal: Terminal): void {
  const shown = cluster.warnings.slice(0, WARNINGS_SHOWN_MAX)
  for (const { file, line, column, message } of shown)
    terminal.note(oneLine(`${file}:${line}:${column}  warning: ${message}`))
  const more = cluster.warnings.length - shown.length
  if (more > 0) terminal.note(`${path}: and ${more} more warnings`)
  // what matters has had a warning
  const kinds = cluster.ignored.flatMap(({ kind, count, isWarnedOf }) =>
    isWarnedOf ? [] : [`${count} ${kind}`],
  )
  if (kinds.length > 0)
    terminal.note(oneLine(`${path}: left out, as they say nothing about the network: ${kinds.join(', ')}`))
}

const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd')
