import { defineConfig } from 'vitest/config'

const project = (name: string, root: string) => ({
  test: { name, root, include: ['**/*.test.ts'], testTimeout: 60_000 },
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
