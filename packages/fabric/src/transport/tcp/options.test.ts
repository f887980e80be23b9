import { describe, expect, it } from 'vitest'
import { DEFAULT_TCP_OPTIONS, resolveTcpOptions, tcpOptionsIssues } from './options.ts'

const problem = (options: object) =>
  tcpOptionsIssues(options, ['transport']).map(({ path, message }) => [path.join('.'), message])

describe('TCP options', () => {
  it('are the defaults when nothing is said, and DCTCP brings ECN', () => {
    expect(resolveTcpOptions()).toEqual(DEFAULT_TCP_OPTIONS)
    expect(resolveTcpOptions({ control: 'dctcp' })).toEqual({
      ...DEFAULT_TCP_OPTIONS,
      control: 'dctcp',
      ecn: true,
    })
  })

  it('are refused when unknown, out of range or of another kind', () => {
    expect(problem({ mss: 1448 })).toEqual([
      ['transport.mss', expect.stringContaining('unknown TCP option "mss"')],
    ])
    expect(problem({ minRtoPS: 1 })).toEqual([
      ['transport.minRtoPS', 'unknown TCP option "minRtoPS"; did you mean "minRtoPs"?'],
    ])
    expect(problem({ mssBytes: 0.5 })).toEqual([
      ['transport.mssBytes', 'got 0.5, expected a whole number from 48 to 65483 bytes'],
    ])
    expect(problem({ control: 'cubic' })).toEqual([
      ['transport.control', 'got "cubic", expected "newreno" or "dctcp"'],
    ])
    expect(problem({ sack: 1 })).toEqual([['transport.sack', 'got 1, expected true or false']])
    expect(problem({ dctcpGain: 0 })[0]![0]).toBe('transport.dctcpGain')
    expect(problem({ synRetries: Number.NaN })[0]![0]).toBe('transport.synRetries')
  })

  it('are refused together: all that is wrong at once', () => {
    expect(problem({ mssBytes: -1, dctcpGain: 2 })).toHaveLength(2)
    expect(problem({ minRtoPs: 2, maxRtoPs: 1, initialRtoPs: 1 })).toHaveLength(1)
    expect(problem({ sendBufferBytes: 1000 })).toEqual([
      ['transport.sendBufferBytes', 'send buffer 1000 bytes holds no segment of 1448 bytes'],
    ])
    expect(problem({ control: 'dctcp', ecn: false })[0]![1]).toContain('DCTCP needs ECN')
    expect(() => resolveTcpOptions({ mssBytes: 0 })).toThrow('mssBytes: got 0')
  })
})
