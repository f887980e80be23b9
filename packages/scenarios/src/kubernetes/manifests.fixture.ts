import type { Cluster } from './model/cluster.ts'
import { ManifestError } from './read/manifest-error.ts'
import { readManifests } from './read-manifests.ts'

const fileOf = (text: string) => [{ file: 'm.yaml', bytes: new TextEncoder().encode(text) }]

/** The cluster of one file of manifests. */
export const clusterOf = (text: string, hosts: readonly string[] = []): Cluster =>
  readManifests(fileOf(text), { hosts })

/** `line:column message` of everything that is refused. */
export function refusalsOf(text: string): string[] {
  try {
    clusterOf(text)
  } catch (error) {
    if (error instanceof ManifestError)
      return error.issues.map(({ line, column, message }) => `${line}:${column} ${message}`)
    throw error
  }
  return []
}

/** `line:column message` of every warning. */
export const warningsOf = (text: string): string[] =>
  clusterOf(text).warnings.map(({ line, column, message }) => `${line}:${column} ${message}`)
