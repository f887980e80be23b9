import { ConfigError } from '@weft/core'
import type { DemandMatrix, Network } from '@weft/fabric'
import { DEMANDS_BYTES_MAX, readDemandsCsv, readSource } from '../exchange/index.ts'
import { matrixOfDemands } from '../planning/given-demands.ts'

/** Demands of a CSV file, named as `weft plan` names them. Throws ScenarioFileError with every problem and its line. */
export function demandsOfFile(file: string, bytes: Uint8Array, network: Network): DemandMatrix {
  const source = readSource(file, bytes, DEMANDS_BYTES_MAX, 'matrix')
  const demands = readDemandsCsv(source)
  if (demands.length === 0) source.fail(1, 'no demand in this file; expected rows of from,to,rate')
  try {
    return matrixOfDemands(network, demands)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const { path, message } of error.issues) source.refuse(demands[Number(path[0])]?.line ?? 1, message)
    source.check()
    throw error
  }
}
