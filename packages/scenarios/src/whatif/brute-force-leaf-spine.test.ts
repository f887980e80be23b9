import { describe, expect, it } from 'vitest'
import { check, compile, UNIFORM, unevenDemand } from './brute-force.oracle.ts'

const leafSpine = {
  regions: {
    r: {
      fabric: {
        leafSpine: { leaves: 8, spines: 4, hostsPerLeaf: 4, hostLink: '10Gbps', fabricLink: '10Gbps' },
      },
    },
  },
}

describe('on a leaf-spine of 64 links, answers are those of brute force', { timeout: 90_000 }, () => {
  it('for all pairs of links under demands that all differ', async () => {
    const { losing, coverage } = await check(compile(leafSpine), 'link', 2, unevenDemand)
    expect(losing).toBeGreaterThan(0)
    // spines can stand for each other all the same
    expect(coverage).toMatchObject({ sets: 2080, computed: 856 })
  })

  it('for all pairs of links, by symmetry', async () => {
    const { coverage } = await check(compile({ ...leafSpine, ...UNIFORM }), 'link', 2)
    expect(coverage).toMatchObject({ sets: 2080, computed: 9 })
  })

  it('for all pairs of switches', async () => {
    await check(compile(leafSpine), 'switch', 2, unevenDemand)
    await check(compile({ ...leafSpine, ...UNIFORM }), 'switch', 2)
  })
})
