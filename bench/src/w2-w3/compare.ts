import { pathToFileURL } from 'node:url'
import { exactQuantile } from '@weft/core'
import { type FctRow, readFctFile } from './fct-file.ts'
import { type SlowdownBin, slowdownBins } from './slowdown.ts'

/** How far one of our percentiles is from the peers'. */
export interface Distance {
  readonly ours: number
  readonly peers: readonly number[]
  /** Relative distance to the nearer peer; 0 where we lie between them. */
  readonly outside: number
}

/** Completion times flow by flow against one peer. */
export interface FlowAgreement {
  readonly medianRatio: number
  readonly shareWithin10Percent: number
  readonly flows: number
}

export function distance(ours: number, peers: readonly number[]): Distance {
  const [least, most] = [Math.min(...peers), Math.max(...peers)]
  const outside = ours < least ? 1 - ours / least : ours > most ? ours / most - 1 : 0
  return { ours, peers, outside }
}

/** Flows that either did not finish are left out: they stand in the bins' counts. */
export function flowAgreement(ours: readonly FctRow[], peer: readonly FctRow[]): FlowAgreement {
  const byId = new Map(peer.map((row) => [row.id, row]))
  const ratios = ours
    .map((row) => ({ row, other: byId.get(row.id) }))
    .filter(({ row, other }) => row.fctPs >= 0 && other !== undefined && other.fctPs >= 0)
    .map(({ row, other }) => row.fctPs / other!.fctPs)
    .sort((a, b) => a - b)
  const near = ratios.filter((ratio) => Math.abs(ratio - 1) <= 0.1).length
  return {
    medianRatio: exactQuantile(ratios, 0.5),
    shareWithin10Percent: near / ratios.length,
    flows: ratios.length,
  }
}

/** Markdown: percentiles of slowdown by flow size, ours and the peers', and where ours lie. */
export function comparison(ours: readonly FctRow[], peers: readonly (readonly FctRow[])[]): string {
  const bins = [ours, ...peers].map((rows) => slowdownBins(rows, rows))
  const lines = [
    `| size | flows | ${['Weft', ...peers.map((_, i) => `peer ${i + 1}`)].join(' | ')} | p50 | p99 |`,
    `| --- | --- | ${bins.map(() => '---').join(' | ')} | --- | --- |`,
  ]
  for (const [i, bin] of bins[0]!.entries()) {
    const row = bins.map((all) => all[i]!)
    const where = (pick: (bin: SlowdownBin) => number) => {
      const { outside } = distance(pick(bin), row.slice(1).map(pick))
      return outside === 0 ? 'between' : `${(100 * outside).toFixed(1)} % outside`
    }
    const cells = row.map(({ p50, p95, p99 }) => [p50, p95, p99].map((value) => value.toFixed(2)).join(' / '))
    lines.push(
      `| ${bin.label} | ${bin.flows} | ${cells.join(' | ')} | ${where((b) => b.p50)} | ${where((b) => b.p99)} |`,
    )
  }
  const agreements = peers.map((peer, i) => {
    const { medianRatio, shareWithin10Percent } = flowAgreement(ours, peer)
    return `peer ${i + 1}: median ratio ${medianRatio.toFixed(3)}, ${(100 * shareWithin10Percent).toFixed(1)} % of flows within 10 %`
  })
  return [...lines, '', ...agreements].join('\n')
}

function main([ours, ...peers]: readonly string[]): void {
  if (ours === undefined || peers.length === 0) {
    process.stderr.write('usage: tsx bench/src/w2-w3/compare.ts OURS.csv PEER.csv...\n')
    process.exitCode = 2
    return
  }
  process.stdout.write(`${comparison(readFctFile(ours), peers.map(readFctFile))}\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2))
