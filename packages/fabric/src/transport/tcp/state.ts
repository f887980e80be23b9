/** Connection states, RFC 9293 §3.3.2. LISTEN is a listener's, TIME-WAIT lasts no time: see README. */
export const TcpState = {
  CLOSED: 0,
  LISTEN: 1,
  SYN_SENT: 2,
  SYN_RECEIVED: 3,
  ESTABLISHED: 4,
  FIN_WAIT_1: 5,
  FIN_WAIT_2: 6,
  CLOSE_WAIT: 7,
  CLOSING: 8,
  LAST_ACK: 9,
  TIME_WAIT: 10,
} as const

export type TcpState = (typeof TcpState)[keyof typeof TcpState]

/** The first sequence number of data: a SYN takes up number 0. */
export const DATA_START = 1
