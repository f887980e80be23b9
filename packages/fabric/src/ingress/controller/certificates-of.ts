import type { Simulation } from '@weft/core'
import { CertificateManager } from '../certificates/certificate-manager.ts'
import type { IngressControllerBlueprint } from './controller-blueprint.ts'

/** The certificates of a controller, on the clock of a simulation. */
export const certificatesOf = (
  sim: Simulation,
  { name, certificates, certificateOptions }: IngressControllerBlueprint,
): CertificateManager => new CertificateManager(sim, certificates, certificateOptions, `${name}/certificates`)
