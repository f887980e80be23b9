import { MS, type RandomStream, randomStream, US } from '@weft/core'
import { leafSpine, oversubscription } from '@weft/fabric'
import { fail, repair, scenario, traffic } from '../index.ts'
import { percentileOf } from '../result/percentile.ts'
import { pod } from '../run/small-scenarios.fixture.ts'
import type {
  DropResult,
  ExpectationResult,
  LinkResult,
  NetworkResult,
  ScenarioResult,
  SeriesResult,
  SizeBinResult,
  TrafficResult,
} from '../result/result.ts'

export interface SampleOptions {
  readonly leaves?: number
  readonly spines?: number
  readonly hostsPerLeaf?: number
  /** Failed expectations among the four. */
  readonly failures?: number
}

const WINDOW_PS = 100 * US
const WINDOWS = 130
const FAIL_PS = 2 * MS
const REPAIR_PS = 6 * MS
const CONVERGENCE_PS = MS
const DEAD = 'ord1/spine-3'

/**
 * A made-up result with the shape of a real one, for the tests of reports: a leaf/spine fabric at half load,
 * one spine dead from 2 ms to 6 ms. Plausible arithmetic from a fixed seed; no simulation takes part.
 */
export function sampleResult(options: SampleOptions = {}): ScenarioResult {
  const { leaves = 8, spines = 8, hostsPerLeaf = 8, failures = 2 } = options
  const network = sampleNetwork(leaves, spines, hostsPerLeaf)
  const links = sampleLinks(network, randomStream('sample', 'links'))
  const drops = sampleDrops()
  const dropped = drops.reduce((sum, { packets }) => sum + packets, 0)
  return {
    schema: 2,
    weft: '0.1.0',
    name: 'spine-maintenance',
    source: 'examples/spine-maintenance/scenario.yaml',
    clock: 'packet',
    notModelled: [],
    seed: 'rollout-42',
    inputs: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    digest: '7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730',
    partial: false,
    simulatedPs: WINDOWS * WINDOW_PS,
    arrivalsEndPs: 10 * MS,
    horizonPs: 20 * MS,
    warmupPs: MS,
    beginPs: 0,
    wallSeconds: 11.84,
    events: 94_318_207,
    network,
    links,
    series: sampleSeries(links, randomStream('sample', 'series')),
    flows: [sampleTraffic(randomStream('sample', 'flows'))],
    streams: [],
    drops,
    streamDrops: null,
    packets: { originated: 23_904_117, delivered: 23_904_117 - dropped - 318, dropped, inFlight: 318 },
    pools: [],
    nat: [],
    ingress: [],
    names: null,
    sharing: null,
    flowModel: null,
    steady: null,
    changes: [
      { atPs: FAIL_PS, action: 'fail', target: DEAD, cause: null, routedPs: FAIL_PS + CONVERGENCE_PS },
      { atPs: REPAIR_PS, action: 'repair', target: DEAD, cause: null, routedPs: REPAIR_PS + CONVERGENCE_PS },
    ],
    reliability: null,
    expectations: sampleExpectations().map((expectation, index) => ({
      ...expectation,
      pass: index >= failures,
    })),
    warnings: [],
  }
}

function sampleNetwork(leaves: number, spines: number, hostsPerLeaf: number): NetworkResult {
  const link = {
    rateBps: 100e9,
    delayPs: US,
    framing: 'ethernet' as const,
    bitErrorRate: 0,
    cost: 1,
    queue: { capacity: { packets: 256 } },
    nicQueue: { capacity: { packets: 1000 } },
  }
  const parts = leafSpine({
    region: 'ord1',
    leaves,
    spines,
    hostsPerLeaf,
    hostLink: link,
    fabricLink: link,
    parallelLinks: 1,
    nicsPerHost: 1,
    nicAttachment: 'leaf',
    bond: false,
    ecmp: { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 },
  })
  return {
    nodes: parts.nodes.map((node) => ({
      name: node.name,
      kind: node.kind,
      tier: node.kind === 'host' ? 'host' : node.tier,
    })),
    links: parts.links.map(({ name, ends, tier, rateBps, delayPs }) => ({
      name,
      ends,
      tier,
      rateBps,
      delayPs,
    })),
    oversubscription: oversubscription(parts).map(({ tier, min, max }) => ({ tier, min, max })),
  }
}

function sampleLinks(network: NetworkResult, random: RandomStream): LinkResult[] {
  return network.links.flatMap((link) =>
    link.ends.map((from, end) => {
      const isDead = link.ends.includes(DEAD)
      const mean = (isDead ? 0.31 : 0.54) * (0.8 + 0.4 * random.next())
      const packets = Math.round((mean * link.rateBps * 0.012) / 8 / 1100)
      const hasQueue = link.tier === 'host' || random.next() < 0.7
      return {
        name: `${from} → ${link.ends[1 - end]}`,
        link: link.name,
        from,
        to: link.ends[1 - end]!,
        tier: link.tier,
        rateBps: link.rateBps,
        utilization: { mean, max: Math.min(1, mean + 0.25 + 0.2 * random.next()), maxFromPs: 3.2 * MS },
        packets,
        wireBytes: packets * 1138,
        marked: Math.round(packets * 0.04 * random.next()),
        dropped: isDead && end === 0 ? 40 + random.int(200) : 0,
        queuePeakPackets: hasQueue ? 20 + random.int(190) : random.int(20),
        steady: null,
      }
    }),
  )
}

function sampleSeries(links: readonly LinkResult[], random: RandomStream): SeriesResult {
  const startPs = Array.from({ length: WINDOWS }, (_, index) => index * WINDOW_PS)
  const series = (value: (atPs: number, load: number) => number) =>
    startPs.map((atPs) => {
      const isArriving = atPs < 10 * MS
      const ramp =
        Math.min(1, (atPs + WINDOW_PS) / (0.8 * MS)) * (isArriving ? 1 : Math.exp((10 * MS - atPs) / MS))
      const isBlack = atPs >= FAIL_PS && atPs < FAIL_PS + CONVERGENCE_PS
      const isLean = atPs >= FAIL_PS && atPs < REPAIR_PS + CONVERGENCE_PS
      return value(atPs, ramp * (isBlack ? 0.9 : isLean ? 1.06 : 1) * (0.93 + 0.14 * random.next()))
    })
  const inBlackHole = (atPs: number) => atPs >= FAIL_PS && atPs < FAIL_PS + CONVERGENCE_PS
  const busiest = [...links].sort((a, b) => b.queuePeakPackets! - a.queuePeakPackets!).slice(0, 8)
  return {
    windowPs: WINDOW_PS,
    startPs,
    goodputBps: [{ traffic: 'web-search', values: series((_, load) => 2.95e12 * load) }],
    activeFlows: series((_, load) => Math.round(420 * load)),
    drops: [
      { reason: 'link-down', values: series((at) => (inBlackHole(at) ? 90 + random.int(60) : 0)) },
      { reason: 'queue-full', values: series((at) => (at > 3 * MS && at < 7 * MS ? random.int(9) : 0)) },
    ],
    links: busiest.map(({ name, queuePeakPackets }) => ({
      name,
      utilization: series((_, load) => Math.min(1, 0.7 * load)),
      queuePeakPackets: series((_, load) =>
        Math.round(queuePeakPackets! * load * (0.2 + 0.8 * random.next())),
      ),
    })),
    tiers: ['fabric', 'host'].map((tier) => ({
      tier,
      utilizationMean: series((_, load) => (tier === 'fabric' ? 0.5 : 0.53) * load),
      utilizationMax: series((_, load) => Math.min(1, (tier === 'fabric' ? 0.86 : 0.98) * load)),
      queuePeakPackets: series((_, load) => Math.round(200 * load)),
    })),
  }
}

const BINS: readonly (readonly [label: string, fromBytes: number, toBytes: number | null, flows: number])[] =
  [
    ['< 10kB', 0, 10_000, 1_410],
    ['10kB..100kB', 10_000, 100_000, 4_280],
    ['100kB..1MB', 100_000, 1_000_000, 920],
    ['>= 1MB', 1_000_000, null, 2_880],
  ]

function sampleTraffic(random: RandomStream): TrafficResult {
  const points: [number, number][] = []
  const every: number[] = []
  const bins = BINS.map(([label, fromBytes, toBytes, flows], index) => {
    const unfinished = index === 3 ? 214 : index === 2 ? 9 : 0
    const low = Math.log(Math.max(1_500, fromBytes))
    const high = Math.log(toBytes ?? 30e6)
    const slowdowns = Array.from({ length: flows - unfinished }, (_, flow) => {
      const slowdown = 1.02 + (0.4 + index * 0.6) * (-Math.log(1 - random.next())) ** 1.35
      if (flow % 5 === 0) points.push([Math.round(Math.exp(low + (high - low) * random.next())), slowdown])
      return slowdown
    })
    every.push(...slowdowns)
    return sampleBin({ label, fromBytes, toBytes }, slowdowns, unfinished)
  })
  const flows = BINS.reduce((sum, bin) => sum + bin[3], 0)
  return {
    traffic: 'web-search',
    transport: 'dctcp',
    started: flows,
    completed: every.length,
    unfinished: flows - every.length,
    failed: 0,
    failures: [],
    trying: [],
    bytes: 16_300_000_000,
    retransmissions: 2_117,
    timeouts: 163,
    bins,
    all: sampleBin({ label: 'all', fromBytes: 0, toBytes: null }, every, flows - every.length),
    points,
  }
}

function sampleBin(
  bin: { readonly label: string; readonly fromBytes: number; readonly toBytes: number | null },
  values: readonly number[],
  unfinished: number,
): SizeBinResult {
  const slowdowns = Float64Array.from(values).sort()
  const idealPs = 8 * US + ((bin.fromBytes + (bin.toBytes ?? 10e6)) / 2) * 80
  const fcts = slowdowns.map((slowdown) => slowdown * idealPs)
  return {
    ...bin,
    flows: values.length + unfinished,
    completed: values.length,
    unfinished,
    failed: 0,
    slowdown: {
      p50: percentileOf(slowdowns, 50, unfinished),
      p95: percentileOf(slowdowns, 95, unfinished),
      p99: percentileOf(slowdowns, 99, unfinished),
      mean: values.length === 0 ? null : slowdowns.reduce((a, b) => a + b) / values.length,
    },
    fctPs: { p50: percentileOf(fcts, 50, unfinished), p99: percentileOf(fcts, 99, unfinished) },
  }
}

function sampleDrops(): DropResult[] {
  const down = Array.from({ length: 8 }, (_, leaf) => ({
    reason: 'link-down',
    place: `ord1/leaf-${leaf} → ${DEAD}`,
    packets: 61 + 37 * ((leaf * 5) % 8),
    firstPs: FAIL_PS + 13_000 * (leaf + 1),
    lastPs: FAIL_PS + CONVERGENCE_PS - 9_000 * (leaf + 1),
  }))
  const full = [
    { place: 'ord1/leaf-2 → ord1/spine-5', packets: 112, firstPs: 3.21 * MS, lastPs: 5.98 * MS },
    { place: 'ord1/leaf-6 → ord1/leaf-6/host-1', packets: 57, firstPs: 3.9 * MS, lastPs: 6.71 * MS },
  ]
  return [...down, ...full.map((drop) => ({ reason: 'queue-full', ...drop }))]
}

function sampleExpectations(): Omit<ExpectationResult, 'pass'>[] {
  const link = 'ord1/leaf-2 → ord1/spine-5'
  const none = { object: null, fromPs: null, toPs: null, hints: [] }
  return [
    {
      text: 'link.utilization  fabric p99 below 90%',
      metric: 'link.utilization',
      measured: '96.4%',
      bound: 'below 90%',
      object: link,
      fromPs: 3.2 * MS,
      toPs: 6 * MS,
      hints: [
        'top demands: host-17 → host-44 38%, host-19 → host-9 21%',
        'see it: weft explain spine-maintenance.yaml --link ord1/leaf-2:ord1/spine-5 --at 3.2ms',
      ],
    },
    {
      text: 'flow.slowdown  web-search < 100kB p99 below 4',
      metric: 'flow.slowdown',
      measured: '6.21 (5.83 to 6.9)',
      bound: 'below 4',
      object: 'flow 4711: ord1/leaf-0/host-3 → ord1/leaf-5/host-1, 38.2kB',
      fromPs: 2.31 * MS,
      toPs: 3.49 * MS,
      hints: ['163 of 9,490 flows waited for a retransmission timeout'],
    },
    { ...none, text: 'drops  no-route equal to 0', metric: 'drops', measured: '0', bound: 'equal to 0' },
    {
      ...none,
      text: 'drops  link-down equal to 0 from 3.1ms',
      metric: 'drops',
      measured: '0',
      bound: 'equal to 0',
    },
  ]
}

/** Six hours under the flow clock, run for real: it takes no time. */
export function flowResult(): Promise<ScenarioResult> {
  return scenario({
    name: 'six-hours',
    regions: pod(),
    traffic: [
      traffic.allToAll({ name: 'copies', sizes: { exponential: '500GB' }, load: 0.4 }),
      traffic.stream({ name: 'feed', from: 'r/leaf-0', to: 'r/leaf-1', packet: '1500B', rate: '500Mbps' }),
    ],
    events: [fail('r/spine-1', '2h'), repair('r/spine-1', '3h')],
    expect: [{ metric: 'link.utilization', tier: 'fabric', statistic: 'max', below: '99%' }],
    run: { clock: 'flow', for: '6h', window: '15min' },
  }).run()
}

/** Markup in every place where a user's text could go; if any of it worked, a dialog would open. */
export function poisonedResult(): ScenarioResult {
  const poison = '"\'><script>alert(1)</script><img src=x onerror=alert(1)></script>'
  const result = sampleResult()
  const { network, series, links, flows, drops, changes, expectations } = result
  const nodes = network.nodes.map((node, index) => ({ ...node, name: `${poison}/${index}`, tier: poison }))
  return {
    ...result,
    name: poison,
    source: poison,
    seed: poison,
    weft: poison,
    inputs: poison,
    digest: poison,
    partial: true,
    warnings: [poison],
    network: {
      nodes,
      links: network.links.map((link) => ({
        ...link,
        name: poison + link.name,
        tier: poison,
        ends: [nodes[0]!.name, nodes.at(-1)!.name] as const,
      })),
      oversubscription: [{ tier: poison, min: 1, max: 2 }],
    },
    links: poisoned(links, poison),
    series: poisoned(series, poison),
    flows: poisoned(flows, poison),
    drops: poisoned(drops, poison),
    changes: changes.map((change) => ({ ...change, target: poison })),
    expectations: poisoned(expectations, poison),
  }
}

function poisoned<Value>(value: Value, poison: string): Value {
  if (typeof value === 'string') return poison as Value
  if (Array.isArray(value)) return value.map((item) => poisoned(item, poison)) as Value
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, poisoned(item, poison)]),
  ) as Value
}
