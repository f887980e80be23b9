import { z } from 'zod'
import type { Documented } from './strict.ts'

const NAME_LENGTH_MAX = 256
const NAMES_MAX = 1_000

/** Files of manifests: paths and patterns, or their text by the names of files. */
export const manifestFiles = ({ description, examples }: Documented) => {
  const name = z.string().min(1).max(NAME_LENGTH_MAX)
  const texts = z.record(name, z.string()).refine((files) => Object.keys(files).length > 0, {
    error: 'expected the text of one file at least, by its name, got an empty map',
  })
  return z
    .union([name, z.array(name).min(1).max(NAMES_MAX), texts])
    .meta({ description, examples: [...examples] })
}
