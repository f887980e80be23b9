/** Points of [bytes, cumulative percent of flows], linear in between. */
type Points = readonly (readonly [number, number])[]

/**
 * Published flow sizes, as the traffic generator of alibaba-edu/High-Precision-Congestion-Control gives them.
 * WebSearch: M. Alizadeh et al., "Data Center TCP (DCTCP)", SIGCOMM 2010.
 * FB Hadoop: A. Roy et al., "Inside the social network's (datacenter) network", SIGCOMM 2015.
 */
export const publishedSizes = {
  WebSearch: [
    [0, 0],
    [10_000, 15],
    [20_000, 20],
    [30_000, 30],
    [50_000, 40],
    [80_000, 53],
    [200_000, 60],
    [1_000_000, 70],
    [2_000_000, 80],
    [5_000_000, 90],
    [10_000_000, 97],
    [30_000_000, 100],
  ],
  'FB Hadoop': [
    [0, 0],
    [100, 1],
    [200, 2],
    [300, 5],
    [350, 15],
    [400, 20],
    [500, 30],
    [600, 40],
    [700, 50],
    [1_000, 60],
    [2_000, 67],
    [7_000, 70],
    [30_000, 72],
    [50_000, 82],
    [80_000, 87],
    [120_000, 90],
    [300_000, 95],
    [1_000_000, 97.5],
    [2_000_000, 99],
    [10_000_000, 100],
  ],
  AliStorage2019: [
    [0, 0],
    [4_000, 22.93],
    [8_000, 69.21],
    [16_000, 80.61],
    [32_000, 90.47],
    [64_000, 93.53],
    [128_000, 96.77],
    [256_000, 97.53],
    [2_000_000, 100],
  ],
} as const satisfies Readonly<Record<string, Points>>
