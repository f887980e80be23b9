import { describe, expect, it } from 'vitest'
import { graph, leafSpine, region, scenario } from '../../index.ts'
import { HostIndex } from './hosts.ts'
import { Problems } from '../problems.ts'

const nested = graph({
  switches: ['pod/a'],
  hosts: ['pod/h1', 'pod/h1/vm', 'pod/h10', 'x'],
  links: [
    { between: ['pod/a', 'pod/h1'], rate: '1Gbps' },
    { between: ['pod/a', 'pod/h1/vm'], rate: '2Gbps' },
    { between: ['pod/a', 'pod/h10'], rate: '3Gbps' },
    { between: ['pod/a', 'x'], rate: '4Gbps' },
  ],
})
const indexOf = (fabric: ReturnType<typeof graph>) =>
  new HostIndex(scenario({ regions: { r: region({ fabric }) } }).compiled.blueprint.network)

describe('hosts are selected', () => {
  const hosts = indexOf(nested)

  it.each<[string | string[], string[]]>([
    ['all hosts', ['r/pod/h1', 'r/pod/h1/vm', 'r/pod/h10', 'r/x']],
    ['r', ['r/pod/h1', 'r/pod/h1/vm', 'r/pod/h10', 'r/x']],
    ['r/pod', ['r/pod/h1', 'r/pod/h1/vm', 'r/pod/h10']],
    // a host and what is below it
    ['r/pod/h1', ['r/pod/h1', 'r/pod/h1/vm']],
    ['r/*', ['r/pod/h1', 'r/pod/h1/vm', 'r/pod/h10', 'r/x']],
    ['r/pod/*', ['r/pod/h1', 'r/pod/h1/vm', 'r/pod/h10']],
    ['r/**/vm', ['r/pod/h1/vm']],
    [
      ['r/x', 'r/pod/h10', 'r/x'],
      ['r/pod/h10', 'r/x'],
    ],
  ])('by %j', (selector, expected) => {
    const problems = new Problems()
    expect(hosts.select(selector, [], problems)).toEqual(expected)
    expect(problems.issues).toEqual([])
  })

  it('and know their rate and address families', () => {
    expect(hosts.rateBps('r/pod/h10')).toBe(3e9)
    expect([hosts.speaks('r/x', 'ipv4'), hosts.speaks('r/x', 'ipv6')]).toEqual([true, false])
  })
})

describe('hints', () => {
  const wide = leafSpine({
    leaves: 300,
    spines: 1,
    hostsPerLeaf: 70,
    hostLink: '1Gbps',
    fabricLink: '1Gbps',
  })
  const hosts = indexOf(wide)

  it('are given for the first mistakes among very many names; the others hear what is expected', () => {
    const problems = new Problems()
    const said = Array.from({ length: 20 }, (_, i) => hosts.unknownHost(`r/leef-${i}/host-1`, problems))
    expect(said[0]).toBe('unknown host "r/leef-0/host-1"; did you mean "r/leaf-0/host-1"?')
    expect(said.filter((message) => message.includes('did you mean'))).toHaveLength(10)
    expect(said[19]).toBe('unknown host "r/leef-19/host-1"; hosts are named as in "r/leaf-0/host-0"')
  })

  it('are looked for among 200,000 names in all', () => {
    let looked = 0
    function* names() {
      for (; ; looked++) yield `name-${looked}`
    }
    const problems = new Problems()
    for (let i = 0; i < 50; i++) problems.unknownName('part', 'x', names(), 'y')
    expect(looked).toBeLessThan(200_100)
    expect(looked).toBeGreaterThan(199_000)
  })
})
