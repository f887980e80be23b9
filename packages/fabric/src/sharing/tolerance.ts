/**
 * The one tolerance of the solver. Two levels whose relative difference is smaller are the same level, and a load that
 * passes a capacity by less fits: above the rounding of sums of some ten terms, far below what anybody asks of a rate.
 */
export const TOLERANCE = 1e-14
