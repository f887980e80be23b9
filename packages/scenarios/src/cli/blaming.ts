import { ConfigError } from '@weft/core'
import { UsageError } from './failure.ts'

/** Says which option is at fault, where TypeScript's users hear of a key. Keys of `options` alone are options. */
export async function blamingOptions<Answer>(
  options: readonly string[],
  ask: () => Answer | Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const lines = error.issues.map(({ path, message }) =>
      options.includes(String(path[0])) ? `--${path.join('.')}: ${message}` : `${path.join('.')}: ${message}`,
    )
    throw new UsageError(lines.join('\n'))
  }
}
