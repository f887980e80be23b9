import type { ManifestKind } from './kind.ts'
import { namespaceKind } from './namespace.ts'

/** Every kind that is read. */
export const manifestKinds: readonly ManifestKind[] = [namespaceKind]
