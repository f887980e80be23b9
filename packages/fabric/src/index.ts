export type * from './blueprint/blueprint.ts'
export * from './blueprint/generators/index.ts'
export { type HostedGraph, hopsFromHosts } from './blueprint/hops-from-hosts.ts'
export * from './blueprint/natural-order.ts'
export * from './blueprint/network.ts'
export type * from './blueprint/traffic.ts'
export { Network, type NetworkOptions } from './build/network.ts'
export { Failures, type FailureTarget } from './clocks/failures.ts'
export { type LifeChange, LifeEvents, type LifeTarget } from './clocks/life-events.ts'
export { FlowClock } from './clocks/flow/flow-clock.ts'
export { CM02, DEFAULT_FLOW_MODEL, type FlowModel, LV08, PURE_SHARING } from './clocks/flow/flow-model.ts'
export { FlowRun, type FlowRunOptions } from './clocks/flow/flow-run.ts'
export { CM02_SHARING, type LatencySharing, LV08_SHARING } from './clocks/flow/latency-sharing.ts'
export type { Arrivals, LiveStream } from './clocks/flow/live-stream.ts'
export { PacketClock, type PacketClockOptions } from './clocks/packet/packet-clock.ts'
export { failuresExpected, RANDOM_FAILURES_MAX, randomFailures } from './clocks/random-failures.ts'
export {
  PacketTrace,
  type PacketTraceOptions,
  type PacketTraceRow,
  type TraceEvent,
} from './clocks/packet/packet-trace.ts'
export { PacketRun, type PacketRunOptions } from './clocks/packet/packet-run.ts'
export { type CrossingOptions, CrossingShares } from './clocks/steady/following/crossing-shares.ts'
export { type EntryKind, EntryWays } from './clocks/steady/following/entry-ways.ts'
export type { DirectionShares } from './clocks/steady/imbalance/share-groups.ts'
export { SteadyClock } from './clocks/steady/steady-clock.ts'
export {
  type FitOptions,
  fitDemand,
  type FittedDemand,
  type LinkCounter,
} from './clocks/steady/fitting/fit-demand.ts'
export {
  binomialInterval,
  type GroupImbalance,
  groupImbalance,
  type LoadInterval,
} from './clocks/steady/imbalance/hash-imbalance.ts'
export {
  type FlowCount,
  type LinkImbalance,
  linkImbalance,
} from './clocks/steady/imbalance/link-imbalance.ts'
export { queueingDelaysPs } from './clocks/steady/queueing-delay.ts'
export { FailureSweep } from './clocks/steady/sweep/failure-sweep.ts'
export * from './clocks/steady/steady-loads.ts'
export type { MixLoads, PartLoads } from './clocks/steady/steady-mix.ts'
export { SteadyRun, type SteadyRunOptions, type SteadySpan } from './clocks/steady/steady-run.ts'
export type { TrafficPart } from './clocks/steady/traffic-parts.ts'
export type * from './clocks/walk/probe.ts'
export { rewritesOn } from './clocks/walk/rewrites-on.ts'
export { ConvergedReach, type ReachQuestion, withRoutes } from './clocks/walk/converged-reach.ts'
export {
  ARRIVES,
  type Fate,
  IS_LOST,
  type ReachCount,
  type ReachProbe,
  ReachTable,
} from './clocks/walk/reach-table.ts'
export { walk } from './clocks/walk/walk.ts'
export {
  type ConnectionRate,
  type LimitedNode,
  limitedNodes,
  poolDemands,
  type SteadyPool,
  SteadyPools,
} from './clocks/steady/pools/steady-pools.ts'
export { SteadyMix } from './clocks/steady/steady-mix.ts'
export { crossingDemands, type NatPartDemand, natPartsOf } from './clocks/steady/pools/steady-nat.ts'
export {
  type Crossing,
  type TranslatedPart,
  Translations,
  type TranslatingPlace,
} from './clocks/steady/pools/translations.ts'
export { isNatPool, type NatPool } from './pools/nat-mappings.ts'
export { type AffinityCall, AffinityCalls } from './clocks/steady/pools/affinity-calls.ts'
export { SteadyTables, type TableDemand, type TappedTable } from './clocks/steady/pools/steady-tables.ts'
export { bareFabric } from './blueprint/bare-fabric.ts'
export { type FallibleParts, fallibleParts } from './blueprint/fallible-parts.ts'
export * from './dns/index.ts'
export * from './edge/index.ts'
export * from './ingress/index.ts'
export * from './names/index.ts'
export { isTimedExactly } from './model/ps-per-byte.ts'
export type { Transmitter } from './components/link/transmitter.ts'
export * from './model/address-table.ts'
export type * from './model/component.ts'
export { framingBytes, wireBytes } from './model/framing.ts'
export { DROP_REASONS, type DropReason } from './model/drop-reasons.ts'
export { fiveTupleKey, type HashKey, hashTuple } from './model/five-tuple.ts'
export { isIcmp } from './model/icmp-error.ts'
export type { DropCount, DropListener, Ledger } from './model/ledger.ts'
export * from './model/packet-table.ts'
export { BALANCER_KINDS, type BalancerKind } from './load-balancer/balancer.ts'
export type * from './load-balancer/service-blueprint.ts'
export type { ClusterBlueprint, InterfacesBlueprint, WhenDenied } from './interfaces/interfaces-blueprint.ts'
export type { PacketEnds, Rewrite } from './interfaces/mode.ts'
export { remembersClients } from './build/remembering.ts'
export { endpointsFor } from './load-balancer/service-ports.ts'
export * from './nat/index.ts'
export * from './policy/index.ts'
export {
  type CountedPool,
  type FirstVictim,
  POOL_KINDS,
  type Pool,
  type PoolCounts,
  type PoolKind,
} from './pools/pool.ts'
export { type AffinityDemand, type AffinityLoad, affinityLoad, affinityRoom } from './pools/affinity-load.ts'
export { type PoolDemand, type PoolLoad, poolLoad, poolRoom, poolSizeFor } from './pools/pool-load.ts'
export type { Pools } from './pools/pools.ts'
export { FlowSpec } from './sharing/flow-spec.ts'
export { FluidEngine, NO_COMPLETION } from './sharing/fluid-engine.ts'
export { type FlowId, OWN_CAP, type ResourceId, SharingSolver } from './sharing/sharing-solver.ts'
export { LinkState, Topology } from './routing/topology.ts'
export { NetworkSymmetry, type SymmetryOptions } from './symmetry/network-symmetry.ts'
export * from './traffic/demand/index.ts'
export { type CalledEndpoint, calledEndpoints } from './traffic/called-endpoints.ts'
export { IdealFct } from './traffic/ideal-fct.ts'
export { senderFlowsPerSecond } from './traffic/traffic-sources.ts'
export { goesToAddress, type Pairs, resolvePairs } from './traffic/pairs.ts'
export { namedProfiles } from './traffic/named-profiles.ts'
export { type RateCurve, rateCurve } from './traffic/rate-curve.ts'
export { sizeSpread } from './traffic/size-spread.ts'
export { sizeDistribution } from './traffic/sizes.ts'
export { senderRateBps } from './traffic/sender-rate.ts'
export { servicePort } from './traffic/traffic-flows.ts'
export * from './traffic/published-sizes.ts'
export { type FlowIndex, type FlowListener, FlowTable, NEVER, NO_FLOW } from './transport/flow-table.ts'
export { type BufferDemand, bufferBytes } from './transport/tcp/buffer-size.ts'
export type { Output } from './transport/context.ts'
export { HostStack } from './transport/stack.ts'
export {
  DEFAULT_TCP_OPTIONS,
  resolveTcpOptions,
  TCP_OPTION_RANGES,
  tcpOptionsIssues,
} from './transport/tcp/options.ts'
export { createGaps, type Gaps } from './transport/udp/gaps.ts'
export { type DatagramListener, DatagramSink } from './transport/udp/sink.ts'
export { DatagramSource, type DatagramStream } from './transport/udp/source.ts'
export type { ConntrackCounts, ConntrackEntry, ConntrackVictim } from './conntrack/conntrack-books.ts'
export { Conntrack, CONNTRACK_CLASH, CONNTRACK_FULL } from './conntrack/conntrack.ts'
export { type ConntrackOptions, conntrackOptionsIssues } from './conntrack/conntrack-options.ts'
export { ConntrackPacket } from './conntrack/conntrack-packet.ts'
export { CONNTRACK_VERDICTS } from './conntrack/verdict.ts'
export {
  type ConntrackTimeouts,
  TIMEOUT_NAMES,
  type TimeoutName,
  type TimeoutProfile,
} from './conntrack/timeouts.ts'
