import { visit } from 'jsonc-parser'
import { decodeText } from '../parse/text.ts'

/** The most that a file of manifests may have. */
export const MANIFEST_BYTES_MAX = 32_000_000

/** Comments, directives and separators before the first word. */
const BEFORE = /^(?:\s*(?:[#%][^\n]*|---(?=\s|$)))*\s*/

/** Whether a file says by its first level that it holds Kubernetes manifests, and does not say that it is a scenario. */
export function seemsManifest(bytes: Uint8Array): boolean {
  const decoded = decodeText(bytes, MANIFEST_BYTES_MAX, 'file of manifests')
  if (!decoded.ok) return false
  const body = decoded.text.replace(BEFORE, '')
  const keys = body.startsWith('{') ? flowKeys(body) : blockKeys(decoded.text)
  return !keys.has('weft') && (keys.has('apiVersion') || keys.has('kind'))
}

/** Keys of YAML maps at the margin, where no text of several lines can stand. */
function blockKeys(text: string): Set<string> {
  const found = text.matchAll(/^(?:--- +)?(["']?)(weft|apiVersion|kind)\1[ \t]*:(?=\s|$)/gm)
  return new Set([...found].map(([, , key]) => key!))
}

/** Keys of the outermost braces: JSON, or of YAML that is written like it (KYAML) the first one. */
function flowKeys(text: string): Set<string> {
  const keys = new Set<string>()
  let depth = 0
  visit(text, {
    onObjectBegin: () => ++depth < 2,
    onObjectEnd: () => void depth--,
    onObjectProperty: (key) => void keys.add(key),
  })
  const plain = /^\s*\{\s*(weft|apiVersion|kind)\s*:/.exec(text)
  return plain === null ? keys : keys.add(plain[1]!)
}
