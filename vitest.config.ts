import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const setupFiles =
  process.env['WEFT_PROPERTY_SEED'] === undefined
    ? []
    : [fileURLToPath(new URL('tools/property-seed.ts', import.meta.url))]

const project = (name: string, root: string) => ({
  test: { name, root, include: ['**/*.test.ts'], testTimeout: 60_000, setupFiles },
})

export default defineConfig({
  test: {
    projects: [
      project('core', 'packages/core'),
      project('fabric', 'packages/fabric'),
      project('scenarios', 'packages/scenarios'),
      project('bench', 'bench'),
      project('tools', 'tools'),
    ],
  },
})
