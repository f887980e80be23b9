import { Network } from '@weft/fabric'
import { leafSpine, region } from '../../builders/fabric.ts'
import { scenario } from '../../builders/scenario.ts'
import { traffic } from '../../builders/traffic.ts'
import type { CompiledScenario } from '../../compile/compile.ts'
import { diffScenarios } from '../../diff/diff.ts'
import { GrowthCurves } from '../../planning/growth-curve.ts'
import { LoadModel } from '../../planning/load-model.ts'
import { planScenario, planSubject } from '../../planning/make-plan.ts'
import { availability } from '../../whatif/availability.ts'
import { drainOrder } from '../../whatif/drain.ts'
import { subjectOf } from '../../whatif/subject.ts'
import { whatIf, type WhatIfRequest } from '../../whatif/whatif.ts'
import { worstCase } from '../../worst-case/worst-case.ts'
import type { ReportAbout } from './about.ts'
import { renderAvailabilityReport } from './availability-report.ts'
import { renderDiffReport } from './diff-report.ts'
import { renderDrainReport } from './drain-report.ts'
import { renderFailuresReport } from './failures-report.ts'
import { renderPlanReport } from './plan-report.ts'
import { renderWorstReport } from './worst-report.ts'

/** What a name of a scenario may not do to a page. */
export const POISON = '"\'><script>alert(1)</script><img src=x onerror=alert(1)></script>'

/** Four leaves under so many spines, uplinks a third full, and everything that a question may need. */
export const design = (spines: number): CompiledScenario =>
  scenario({
    name: 'four leaves',
    seed: 'pictures',
    regions: {
      ord1: region({
        fabric: leafSpine({ leaves: 4, spines, hostsPerLeaf: 4, hostLink: '50Gbps', fabricLink: '100Gbps' }),
      }),
    },
    traffic: [traffic.allToAll({ name: 'storage', sizes: '1MB', load: '40%' })],
    plan: { from: '2026-01-31', growth: '25%', costs: { currency: 'EUR' } },
    risks: { conduit: ['ord1/leaf-0:ord1/spine-0', 'ord1/leaf-1:ord1/spine-0'] },
    availability: [
      { of: 'link', tier: 'fabric', mtbf: '365d', mttr: '8h' },
      { of: 'switch', tier: 'spine', up: '99.95%' },
    ],
    expect: [{ metric: 'link.utilization', tier: 'fabric', percentile: 99, below: '60%' }],
  }).compiled

const clean: ReportAbout = {
  name: 'four leaves',
  command: "weft plan 'my file.yaml' --growth 3x",
  inputs: [{ file: 'my file.yaml', sha256: '0123456789abcdef' }],
  seed: 'pictures',
  warnings: ['line 3: a warning'],
}

export type AnswerName =
  | 'plan'
  | 'single'
  | 'failures'
  | 'pairs'
  | 'availability'
  | 'drain'
  | 'worst'
  | 'diff'

/** Every report, with the scenario's names as they are, or with poison in all of them. */
export function answerReports(isPoisoned = false): Readonly<Record<AnswerName, () => Promise<string>>> {
  const prepare = (of: CompiledScenario) => (isPoisoned ? poisoned(of) : of)
  const [today, tomorrow] = [prepare(design(2)), prepare(design(3))]
  const about = isPoisoned ? poisonedAbout : clean
  const subject = () => subjectOf(today)
  const failures = async (request: WhatIfRequest) => {
    const of = subject()
    return renderFailuresReport({
      answer: await whatIf(of, request),
      subject: of,
      command: 'weft whatif a.yaml',
      about,
    })
  }
  const link = today.blueprint.network.links.find(({ tier }) => tier.endsWith('fabric'))!.name
  return {
    plan: () => planReport(today, about),
    single: () => failures({ fail: [link] }),
    failures: () => failures({ any: 1, of: 'link' }),
    pairs: () => failures({ any: 2, of: 'link', top: 30 }),
    availability: async () =>
      renderAvailabilityReport({ answer: await availability(subject(), { target: 0.999999 }), about }),
    drain: async () =>
      renderDrainReport({ answer: drainOrder(subject(), { drain: [link], cumulative: true }), about }),
    worst: async () => {
      const { network } = today.blueprint
      const answer = await worstCase(network, { any: { count: 1, of: 'link' } })
      return renderWorstReport({ answer, network: new Network(network), about })
    },
    diff: async () => {
      const answer = diffScenarios(subject(), subjectOf(tomorrow), { any: 2, of: 'link' })
      const [before, after] = isPoisoned ? [POISON, POISON] : ['today.yaml', 'tomorrow.yaml']
      return renderDiffReport({ answer, before, after, about })
    },
  }
}

/** The plan's report; with `resources` as many as asked for, all different, in place of its own. */
export async function planReport(
  today: CompiledScenario = design(2),
  about: ReportAbout = clean,
  resources?: number,
): Promise<string> {
  // sizes would build the scenario anew from its data: none are asked about
  const plan = await planScenario({ data: {}, compiled: today }, { upgrades: 3 })
  const of = planSubject(today, {})
  const many = Array.from({ length: resources ?? 0 }, (_, i) => ({
    ...plan.resources[0]!,
    names: [`region-${i}/leaf-${i} → region-${i}/spine-${i}`],
    utilization: ((i * 7919) % 10_007) / 10_007,
  }))
  return renderPlanReport({
    plan: resources === undefined ? plan : { ...plan, resources: many },
    network: of.network,
    demand: of.basis.all,
    curves: new GrowthCurves(() => new LoadModel(of.network, of.basis)),
    about,
  })
}

const poisonedAbout: ReportAbout = {
  name: POISON,
  command: POISON,
  inputs: [{ file: POISON, sha256: POISON }],
  seed: POISON,
  warnings: [POISON],
}

/** Every name and tier with poison in front of it: schemas refuse such names, a page must stand them. */
function poisoned(compiled: CompiledScenario): CompiledScenario {
  const names = new Set<string>()
  for (const { name } of compiled.blueprint.network.nodes) names.add(name)
  for (const { name } of compiled.blueprint.network.links) names.add(name)
  for (const each of ['spine', 'leaf', 'fabric', 'host', 'storage', 'conduit', 'four leaves', 'EUR'])
    names.add(each)
  const kept = new Set(['kind'])
  const change = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return names.has(value) && !kept.has(key) ? POISON + value : value
    if (Array.isArray(value)) return value.map((item) => change(item, key))
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
      return value
    return Object.fromEntries(Object.entries(value).map(([own, item]) => [own, change(item, own)]))
  }
  return change(compiled) as CompiledScenario
}
