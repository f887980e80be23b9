import { SECOND } from '@weft/core'
import { Authority } from './authority.ts'
import type { DnsName } from './name.ts'
import type { NameServer } from './name-server.ts'
import { recordSet, type RecordType } from './records.ts'
import type { Outcome, Reply } from './reply.ts'
import { Resolver, type ResolverOptions } from './resolver.ts'
import { Zone } from './zone.ts'

/** A cluster's zone with one service, at a server of its own, and a public one: times to live 30 and 60 s, negative 5 s. */
export function clusterDns(options: Partial<ResolverOptions> = {}) {
  const clock = { now: 0 }
  const soa = { ttlPs: 5 * SECOND, minimumPs: 30 * SECOND }
  const ttlPs = 30 * SECOND
  const cluster = new Zone({
    origin: 'cluster.local',
    soa,
    records: [
      { name: 'web.shop.svc.cluster.local', type: 'A', ttlPs, values: ['10.96.0.1'] },
      { name: 'bank.shop.svc.cluster.local', type: 'CNAME', ttlPs, values: ['api.bank.example'] },
    ],
  })
  const world = new Zone({
    origin: '.',
    soa,
    records: [{ name: 'api.bank.example', type: 'A', ttlPs: 60 * SECOND, values: ['192.0.2.7'] }],
  })
  const servers = {
    cluster: new Authority(clock, 'coredns', [cluster]),
    world: new Authority(clock, 'world', [world]),
  }
  const node = new Resolver(clock, {
    name: 'node',
    capacity: 100,
    upstreams: [
      { suffix: 'cluster.local', servers: [servers.cluster] },
      { suffix: '.', servers: [servers.world] },
    ],
    ...options,
  })
  return { clock, cluster, world, servers, node }
}

/** A server that answers by a script, and notes what it was asked: `A web.shop`. What is not in it does not exist. */
export class ScriptedServer implements NameServer {
  readonly name: string
  readonly asked: string[] = []
  private readonly script: Readonly<Record<string, Outcome>>

  constructor(name: string, script: Readonly<Record<string, Outcome>>) {
    this.name = name
    this.script = script
  }

  query(name: DnsName, type: RecordType, reply: Reply): void {
    const question = `${type} ${name}`
    this.asked.push(question)
    reply.begin()
    reply.outcome = this.script[question] ?? 'no-name'
    if (reply.outcome !== 'found') return
    const value = { A: '10.0.0.1', AAAA: 'fd00::1' }[type as 'A' | 'AAAA']
    const set = recordSet({ name, type: type as 'A', ttlPs: SECOND, values: [value] })
    reply.add(name, type, set, SECOND, { stillSays: () => true })
  }

  staleUntilPs(): number {
    return 0
  }
}
