import { ConfigError } from '@weft/core'
import type { DemandMatrix, Network, NetworkBlueprint } from '@weft/fabric'
import { readDemandsCsv } from '../exchange/demands/read-csv.ts'
import { DEMANDS_BYTES_MAX, readSource } from '../exchange/index.ts'
import type { ExchangeDemand } from '../exchange/network.ts'
import type { Source } from '../exchange/source.ts'
import { matrixOfDemands } from '../planning/given-demands.ts'
import { HostNames } from '../planning/host-names.ts'

/** Demands of a file, and the file, whose lines problems are told by. */
export interface DemandsFile {
  readonly source: Source
  readonly demands: readonly ExchangeDemand[]
}

/** Demands of a CSV file between hosts of a network. Throws ScenarioFileError with every problem and its place. */
export function readDemandsFile(file: string, bytes: Uint8Array, network: NetworkBlueprint): DemandsFile {
  const source = readSource(file, bytes, DEMANDS_BYTES_MAX, 'matrix')
  const demands = readDemandsCsv(source, new HostNames(network))
  if (demands.length === 0) source.fail(1, 'no demand in this file; expected rows of from,to,rate')
  return { source, demands }
}

/** As a matrix. Throws ScenarioFileError with every problem and its place. */
export function demandsOfFile(file: string, bytes: Uint8Array, network: Network): DemandMatrix {
  const { source, demands } = readDemandsFile(file, bytes, network.blueprint)
  try {
    return matrixOfDemands(network, demands)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const { path, message } of error.issues) source.refuse(demands[Number(path[0])]?.line ?? 1, message)
    source.check()
    throw error
  }
}
