import type { Register } from '../command.ts'

/**
 * Every command in the order of the help, with how to load it: `weft schema` does not wait for the plots of
 * `weft run`.
 */
export const commands: Readonly<Record<string, () => Promise<Register>>> = {
  run: async () => (await import('./run.ts')).registerRun,
  check: async () => (await import('./check.ts')).registerCheck,
  explain: async () => (await import('./explain.ts')).registerExplain,
  reach: async () => (await import('./reach.ts')).registerReach,
  whatif: async () => (await import('./whatif.ts')).registerWhatIf,
  diff: async () => (await import('./diff.ts')).registerDiff,
  plan: async () => (await import('./plan.ts')).registerPlan,
  worst: async () => (await import('./worst.ts')).registerWorst,
  draw: async () => (await import('./draw.ts')).registerDraw,
  import: async () => (await import('./import.ts')).registerImport,
  export: async () => (await import('./export.ts')).registerExport,
  demands: async () => (await import('./demands.ts')).registerDemands,
  schema: async () => (await import('./schema.ts')).registerSchema,
  init: async () => (await import('./init.ts')).registerInit,
}
