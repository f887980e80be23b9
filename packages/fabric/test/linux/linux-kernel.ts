import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { release } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'

/** One side of a connection as ctnetlink shows it. */
export interface KernelTuple {
  readonly protocol: number
  readonly source: string
  readonly destination: string
  /** ICMP's identifier in both. */
  readonly sourcePort: number
  readonly destinationPort: number
  readonly icmpType: number
  readonly icmpCode: number
}

/** A connection that the kernel knows. */
export interface KernelEntry {
  readonly original: KernelTuple
  readonly reply: KernelTuple
  /** `enum ip_conntrack_status`. */
  readonly status: number
  /** Seconds left, rounded down. */
  readonly timeout: number
  /** Of TCP and SCTP; null of other protocols. */
  readonly state: number | null
  readonly zone: number
}

/** `enum ip_conntrack_status`. */
export const IPS_SEEN_REPLY = 2
export const IPS_ASSURED = 4

export interface KernelLink {
  /** The router's interface. */
  readonly name: string
  /** Of the router, with prefix lengths. */
  readonly addresses: readonly string[]
  /** Hosts on the link: all of them are the test. */
  readonly neighbours: readonly string[]
  /** `ip route add` arguments: `198.51.100.0/24 via 203.0.113.2`. */
  readonly routes?: readonly string[]
}

export interface KernelSetup {
  readonly links: readonly KernelLink[]
  readonly sysctls: Readonly<Record<string, string | number>>
  /** An nft rule set; keep a rule with `ct state` in it, or nothing is tracked. */
  readonly rules: string
}

/** Sent into a link: an IP packet in hex. */
export type KernelStep = readonly [link: string, packet: string]

/** What came out of the links, and after it the connection of each tuple that was watched. */
export interface KernelAnswer {
  readonly out: readonly (readonly [link: string, packet: string])[]
  readonly entries?: readonly (KernelEntry | null)[]
  /** Since the run began: where a machine stood still for a while, timers have gone on. */
  readonly elapsedS: number
}

/** Forwarding, no limits on ICMP errors, and no loose ends that differ between machines. */
export const ROUTER_SYSCTLS = {
  'net.ipv4.ip_forward': 1,
  'net.ipv4.icmp_ratelimit': 0,
  'net.ipv4.conf.all.send_redirects': 0,
  'net.ipv4.conf.default.send_redirects': 0,
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
  'net.ipv6.conf.all.forwarding': 1,
} as const

const ANSWER_WITHIN_MS = 30_000
const TOOLS = ['python3', 'ip', 'nft'] as const

/**
 * Why the kernel cannot be asked here, or is older than the one that is modelled; undefined where it can.
 *
 * Linux 6.12 and 6.18 were compared and do alike; what segments do that are out of window differs in older ones.
 */
export function kernelMissing(): string | undefined {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`
  const [major = 0, minor = 0] = release().split('.').map(Number)
  if (major < 6 || (major === 6 && minor < 12)) return `Linux ${release()} is older than 6.12`
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const missing = TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
  if (missing.length > 0) return `${missing.join(', ')} not installed`
  const tried = spawnSync('python3', ['-c', PROBE], { encoding: 'utf8', timeout: ANSWER_WITHIN_MS })
  return tried.status === 0
    ? undefined
    : `no namespace with nftables and packet sockets: ${lastLine(tried.stderr)}`
}

/** A namespace of its own, a packet socket, ctnetlink and a rule with `ct state`. */
const PROBE = `
import ctypes, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x40000000) != 0: raise OSError(ctypes.get_errno(), 'unshare')
socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
rules = 'table ip t {\\nchain c {\\ntype filter hook forward priority 0\\nct state new accept\\n}\\n}\\n'
done = subprocess.run(['nft', '-f', '-'], input=rules, text=True, capture_output=True)
if done.returncode != 0: raise SystemExit(done.stderr)
`

/**
 * A Linux router with the test at the other end of each link. Namespaces end with this object's process: when `close` is
 * called, and when the test process ends in any other way.
 */
export class LinuxKernel {
  private readonly child: ChildProcessWithoutNullStreams
  private readonly lines: Interface
  private readonly waiting: ((line: string) => void)[] = []
  private complaints = ''

  private constructor() {
    this.child = spawn('python3', [join(import.meta.dirname, 'kernel.py')])
    this.lines = createInterface(this.child.stdout)
    this.lines.on('line', (line) => this.waiting.shift()?.(line))
    this.child.stderr.on('data', (data) => {
      this.complaints += String(data)
    })
  }

  static async start(setup: KernelSetup): Promise<LinuxKernel> {
    const kernel = new LinuxKernel()
    try {
      await kernel.ask('setup', { ...setup })
    } catch (error) {
      await kernel.close()
      throw error
    }
    return kernel
  }

  /** Sends packets one after the other; each has come out, or never will, before the next is sent. */
  run(steps: readonly KernelStep[], watch: readonly KernelTuple[] = []): Promise<KernelAnswer[]> {
    return this.ask('run', { steps, watch }) as Promise<KernelAnswer[]>
  }

  /** All connections; takes tens of milliseconds, since the kernel walks a table that all namespaces share. */
  entries(): Promise<KernelEntry[]> {
    return this.ask('entries') as Promise<KernelEntry[]>
  }

  /** Forgets all connections. */
  async flush(): Promise<void> {
    await this.ask('flush')
  }

  /** Replaces the rule set. */
  async setRules(text: string): Promise<void> {
    await this.ask('rules', { text })
  }

  async setSysctls(set: Readonly<Record<string, string | number>>): Promise<void> {
    await this.ask('sysctl', { set })
  }

  getSysctls(get: readonly string[]): Promise<Record<string, string>> {
    return this.ask('sysctl', { get }) as Promise<Record<string, string>>
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.stdin.end()
    const timer = setTimeout(() => this.child.kill('SIGKILL'), ANSWER_WITHIN_MS)
    await ended
    clearTimeout(timer)
    this.lines.close()
  }

  private ask(op: string, request: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`the Linux router ${why}: ${lastLine(this.complaints)}`))
      const onExit = () => fail('ended')
      const timer = setTimeout(() => fail(`gave no answer to "${op}"`), ANSWER_WITHIN_MS)
      this.child.once('exit', onExit)
      this.waiting.push((line) => {
        clearTimeout(timer)
        this.child.off('exit', onExit)
        const answer = JSON.parse(line) as { ok?: unknown; error?: string }
        if (answer.error === undefined) resolve(answer.ok)
        else reject(new Error(`the Linux router could not do "${op}": ${answer.error}`))
      })
      this.child.stdin.write(`${JSON.stringify({ op, ...request })}\n`)
    })
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
