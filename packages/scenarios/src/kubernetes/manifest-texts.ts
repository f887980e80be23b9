import type { ManifestFile } from './read/read-file.ts'

/** Manifests by the names of their files, which messages name them by: `{ 'shop.yaml': 'apiVersion: v1 ...' }`. */
export type ManifestTexts = Readonly<Record<string, string>>

export function manifestFilesOf(texts: ManifestTexts): ManifestFile[] {
  const encoder = new TextEncoder()
  return Object.entries(texts).map(([file, text]) => ({ file, bytes: encoder.encode(text) }))
}
