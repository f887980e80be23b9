import { ConfigError, type Simulation } from '@weft/core'
import {
  Authority,
  type NameServer,
  Resolver,
  type ResolverOptions,
  type Upstream,
  Zone,
} from '../dns/index.ts'
import { AgedServer } from './aged-server.ts'
import type { NamesBlueprint, ResolverBlueprint } from './names-blueprint.ts'

/** The servers of a blueprint: authorities, resolvers, and for each resolver one that forgets what it is told. */
export class NameServers {
  /** By name; those that each host has for itself, as they come into being. */
  readonly resolvers: ReadonlyMap<string, Resolver[]>
  readonly #make = new Map<string, () => Resolver>()
  readonly #zones = new Map<string, readonly Zone[]>()
  /** By name of the resolver. */
  readonly #forgetful = new Map<string, Resolver>()

  /** Throws ConfigError where names stand twice, or stand for nobody. */
  constructor(blueprint: NamesBlueprint, clock: Simulation) {
    const known = new Map<string, NameServer>()
    const truths = new Map<string, NameServer>()
    const enter = (name: string, server: NameServer, truth: NameServer) => {
      if (known.has(name)) refuse(`two servers of names are called "${name}"`)
      known.set(name, server)
      truths.set(name, truth)
    }
    for (const { name, zones: given } of blueprint.authorities) {
      const zones = given.map((zone) => new Zone(zone))
      this.#zones.set(name, zones)
      enter(name, new Authority(clock, name, zones), new Authority(clock, name, zones))
    }
    const resolvers = new Map<string, Resolver[]>()
    this.resolvers = resolvers
    for (const resolver of blueprint.resolvers) {
      const options = optionsOf(resolver)
      const upstreams = upstreamsOf(resolver, known)
      let count = 0
      const make = () => {
        const stream = clock.random(`names/${resolver.name}/${count++}`)
        const aged = upstreams.map((each) => ({
          ...each,
          servers: each.servers.map((server) => new AgedServer(server, clock, stream, options)),
        }))
        return new Resolver(clock, { ...options, upstreams: resolver.isAged === true ? aged : upstreams })
      }
      const made = make()
      const forgetful = new Resolver(clock, { ...options, upstreams: upstreamsOf(resolver, truths) })
      resolvers.set(resolver.name, resolver.isPerHost === true ? [] : [made])
      if (resolver.isPerHost === true) this.#make.set(resolver.name, make)
      this.#forgetful.set(resolver.name, forgetful)
      enter(resolver.name, made, forgetful)
    }
  }

  /** The resolver of this name that one more host asks. */
  resolverFor(name: string): Resolver {
    const made = this.resolvers.get(name) ?? refuse(`no resolver is called "${name}"`)
    const make = this.#make.get(name)
    if (make !== undefined) made.push(make())
    return made.at(-1)!
  }

  /** As a resolver answers that was told nothing before, for as long as it would keep the answer. */
  truthOf(name: string): NameServer {
    const resolver = this.#forgetful.get(name) ?? refuse(`no resolver is called "${name}"`)
    return {
      name,
      query: (question, type, reply, exchanges, within) => {
        for (const each of this.#forgetful.values()) each.clear()
        resolver.query(question, type, reply, exchanges, within)
      },
      staleUntilPs: (question, type) => resolver.staleUntilPs(question, type),
    }
  }

  /** The zone of an authority with the longest name that a name is in. */
  zonesOf(authority: string): readonly Zone[] {
    return this.#zones.get(authority) ?? refuse(`no authority is called "${authority}"`)
  }
}

const optionsOf = ({
  upstreams: _,
  isPerHost: __,
  isAged: ___,
  ...options
}: ResolverBlueprint): Omit<ResolverOptions, 'upstreams'> => options

const upstreamsOf = (
  { name, upstreams }: ResolverBlueprint,
  known: ReadonlyMap<string, NameServer>,
): Upstream[] =>
  upstreams.map(({ suffix, to }) => ({
    suffix,
    servers: [known.get(to) ?? refuse(`resolver "${name}" asks "${to}", which is none before it`)],
  }))

export function refuse(message: string): never {
  throw new ConfigError([{ path: ['network', 'names'], message }])
}
