import type { KnownHeaders } from './columns.ts'

export type FlowColumn =
  | 'source'
  | 'destination'
  | 'bytes'
  | 'packets'
  | 'start'
  | 'end'
  | 'sourcePort'
  | 'destinationPort'
  | 'protocol'
  | 'sampling'

/** What NetFlow, sFlow and IPFIX collectors call the columns of their records. */
export const FLOW_HEADERS: KnownHeaders<FlowColumn> = {
  source: [
    'source',
    'src',
    'sourceipv4address',
    'sourceipv6address',
    'srcaddr',
    'srcip',
    'ipsrc',
    'sa',
    'sip',
    'sourceaddress',
    'sourceip',
    'saddr',
  ],
  destination: [
    'destination',
    'dst',
    'destinationipv4address',
    'destinationipv6address',
    'dstaddr',
    'dstip',
    'ipdst',
    'da',
    'dip',
    'destinationaddress',
    'destinationip',
    'daddr',
  ],
  bytes: ['bytes', 'octets', 'octetdeltacount', 'octettotalcount', 'ibyt', 'ibytes', 'inbytes', 'doctets'],
  packets: [
    'packets',
    'pkts',
    'packetdeltacount',
    'packettotalcount',
    'ipkt',
    'ipkts',
    'inpkts',
    'inpackets',
    'dpkts',
  ],
  start: [
    'start',
    'first',
    'flowstartmilliseconds',
    'flowstartseconds',
    'flowstartmicroseconds',
    'flowstartnanoseconds',
    'ts',
    'starttime',
    'stime',
    'timestampstart',
    'timeflowstart',
    'timeflowstartns',
    'firstswitched',
    'timestamp',
    'time',
  ],
  end: [
    'end',
    'last',
    'flowendmilliseconds',
    'flowendseconds',
    'flowendmicroseconds',
    'flowendnanoseconds',
    'te',
    'endtime',
    'etime',
    'timestampend',
    'timeflowend',
    'timeflowendns',
    'lastswitched',
  ],
  sourcePort: ['sourceport', 'srcport', 'sourcetransportport', 'l4srcport', 'sport', 'sp'],
  destinationPort: ['destinationport', 'dstport', 'destinationtransportport', 'l4dstport', 'dport', 'dp'],
  protocol: ['protocol', 'proto', 'protocolidentifier', 'ipprotocol', 'pr'],
  sampling: ['sampling', 'samplingrate', 'samplinginterval', 'samplingpacketinterval', 'samplerate'],
}
export const FLOW_COLUMNS = Object.keys(FLOW_HEADERS)
