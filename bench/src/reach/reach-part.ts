import { openSync, writeSync } from 'node:fs'
import {
  Alike,
  classesJson,
  clusterSubject,
  Connectivity,
  exposureGroups,
  reachJson,
  readManifests,
  renderReach,
} from '@weft/scenarios'
import { Meter } from '../harness.ts'
import { halfOpenManifestsOf, type ManifestsSize, manifestsOf } from './manifests.ts'

interface Part extends ManifestsSize {
  readonly per: 'workload' | 'pod'
  /** `pairs`: each pair of workloads; `classes`: of a cluster of single pods that is half open, and the table. */
  readonly document: 'pairs' | 'classes'
}

/** Runs what `weft reach DIR --json` runs, from the bytes of files to bytes written, and prints what each step took. */
function runPart({ per, document, ...size }: Part) {
  const isPairs = document === 'pairs'
  const files = isPairs ? manifestsOf(size) : halfOpenManifestsOf(size)
  const steps = {
    read: new Meter(),
    compile: new Meter(),
    exposure: new Meter(),
    write: new Meter(),
    table: new Meter(),
  }
  const cluster = steps.read.measure(() => readManifests(files))
  const connectivity = steps.compile.measure(() => new Connectivity(clusterSubject(cluster, per)))
  const exposure = steps.exposure.measure(() => exposureGroups(connectivity))
  const sink = openSync('/dev/null', 'w')
  let bytes = 0
  steps.write.measure(() => {
    const texts = isPairs ? reachJson : classesJson
    for (const text of texts(connectivity, exposure)) bytes += writeSync(sink, text)
  })
  if (!isPairs)
    steps.table.measure(() =>
      renderReach(new Alike(connectivity), exposure, { color: false, subject: 'cluster' }),
    )
  const costs = Object.values(steps).map((step) => step.costs)
  const cpuSecondsOf = Object.fromEntries(
    Object.entries(steps).map(([name, { costs }]) => [`${name}CpuSeconds`, costs.cpuSeconds]),
  )
  return {
    workloads: connectivity.workloads.length,
    classes: connectivity.classes.length,
    bytes,
    ...cpuSecondsOf,
    cpuSeconds: costs.reduce((sum, each) => sum + each.cpuSeconds, 0),
    wallSeconds: costs.reduce((sum, each) => sum + each.wallSeconds, 0),
    peakRssBytes: Math.max(...costs.map((each) => each.peakRssBytes)),
  }
}

process.stdout.write(JSON.stringify(runPart(JSON.parse(process.argv[2]!) as Part)))
