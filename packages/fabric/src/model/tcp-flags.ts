/** Control bits of a TCP header (RFC 9293 §3.1), as the column `tcpFlags` holds them. */
export const FIN = 1
export const SYN = 2
export const RST = 4
export const ACK = 16
export const ECE = 64
export const CWR = 128

/** Options present in a SYN, in the bits above the header's own. MSS is always there, its value in `mssBytes`. */
export const OPTION_SACK_PERMITTED = 1 << 9
export const OPTION_WINDOW_SCALE = 1 << 10
export const OPTION_TIMESTAMPS = 1 << 11
