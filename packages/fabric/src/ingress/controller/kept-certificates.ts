import type { Simulation } from '@weft/core'
import { CertificateManager } from '../certificates/certificate-manager.ts'
import type { IngressControllerBlueprint } from './controller-blueprint.ts'
import { IngressBooks } from './ingress-books.ts'
import type { RunningController } from './running-ingress.ts'

/** The certificates of a controller, on the clock of a simulation. */
export const certificatesOf = (
  sim: Simulation,
  { name, certificates, certificateOptions }: IngressControllerBlueprint,
): CertificateManager => new CertificateManager(sim, certificates, certificateOptions, `${name}/certificates`)

/** Controllers of clocks that follow no requests: their certificates alone come and go. */
export const keptCertificates = (
  sim: Simulation,
  controllers: readonly IngressControllerBlueprint[] = [],
): RunningController[] =>
  controllers.map((blueprint) => ({
    blueprint,
    certificates: certificatesOf(sim, blueprint),
    books: new IngressBooks(),
    queues: [],
  }))
