import type { IngressBackend, Service } from '../model/cluster.ts'

/** How a manifest names a service's port. */
export interface PortReference {
  readonly name?: string | undefined
  readonly number?: number | undefined
}

/** Services that requests are sent to, and which of them were asked for. */
export class Backends {
  private readonly services: ReadonlyMap<string, Service>
  private readonly used = new Map<string, IngressBackend>()

  constructor(services: ReadonlyMap<string, Service>) {
    this.services = services
  }

  /** The name by which rules know a service's port; or what is missing. */
  find(id: string, { name = '', number = 0 }: PortReference): { name: string } | { missing: string } {
    const service = this.services.get(id)
    if (service === undefined) return { missing: `no service is called ${id}` }
    const found = service.ports.find((port) => (name === '' ? port.port === number : port.name === name))
    // a name in the DNS takes whatever port is asked for
    const isFree = service.type === 'ExternalName' && service.ports.length === 0 && number !== 0
    if (found === undefined && !isFree)
      return {
        missing: `the service ${id} has no port ${name === '' ? number : `named ${JSON.stringify(name)}`}`,
      }
    const port = found?.port ?? number
    const backend = { name: `${id}:${port}`, service: id, port }
    this.used.set(backend.name, backend)
    return backend
  }

  /** Those that were found, by their names. */
  all(): IngressBackend[] {
    return [...this.used.keys()].sort().map((name) => this.used.get(name)!)
  }
}
