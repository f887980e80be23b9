import { readdirSync, readFileSync } from 'node:fs'
import type { ManifestFile } from '../../src/kubernetes/index.ts'

/** All files of a folder beside this one, by their names. */
export function filesIn(folder: string): ManifestFile[] {
  const directory = new URL(`./${folder}/`, import.meta.url)
  return readdirSync(directory)
    .sort()
    .map((file) => ({ file, bytes: readFileSync(new URL(file, directory)) }))
}
