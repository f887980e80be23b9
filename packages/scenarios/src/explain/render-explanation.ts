import pc from 'picocolors'
import { printRate } from '@weft/core'
import { lookupLines } from '@weft/fabric'
import { isOutside } from '../compile/selectors/hosts.ts'
import { isPublic } from '../compile/internet/public-addresses.ts'
import { decidedBy, type ExplainedService } from './explain-rules.ts'
import type { LookupWay } from './lookup-way.ts'
import { requestLines } from './explain-request.ts'
import type { Explanation } from './explain.ts'
import { type ExplainedHop, type ExplainedMember, endsText } from './explained-hop.ts'

/** The explanation as lines for a terminal. */
export function renderExplanation(explanation: Explanation, color: boolean): string {
  const paint = pc.createColors(color)
  const { question } = explanation
  const ports = question.sourcePort === undefined ? '' : ` from port ${question.sourcePort}`
  const { from, to } = question
  const lines = [
    `${from.host} (${from.address}) → ${to.host}${to.address === '' ? '' : ` (${to.address})`} ` +
      `${question.protocol} port ${question.port}${ports}`,
    ...explanation.notes.map((note) => paint.yellow(`  ! ${note}`)),
    ...renderResolution(explanation, paint),
    ...explanation.hops.flatMap((hop) => renderHop(hop, from.address, paint)),
    ...renderRule(explanation),
    verdictLine(explanation, paint),
  ]
  if (explanation.reply !== null)
    lines.push('', ...renderReply(explanation.reply, explanation.service, paint))
  if (explanation.request !== null) {
    const [head, ...rest] = requestLines(explanation.request)
    lines.push('', paint.bold(head!), ...rest)
  }
  return `${lines.join('\n')}\n`
}

/** What was asked for on the way to an address, and what was answered. */
function renderResolution({ resolution }: Explanation, paint: Paint): string[] {
  if (resolution === null) return []
  const head = `  ${resolution.asked} ${paint.dim(`as ${resolution.client} looks it up`)}`
  const { offer, way } = resolution
  const asked = way === null ? [] : renderWay(way, paint)
  // who asked nobody else has heard nothing at all
  const heard = way?.delivered === 0 && resolution.outcome === 'failed' ? [] : lookupLines(resolution)
  const taken =
    offer === null || offer.share === 1
      ? []
      : [`of these ${offer.target}, ${percent(offer.share)} of connections`]
  return [head, ...[...asked, ...heard, ...taken].map((line) => `    ${line}`)]
}

/** What becomes of the questions to the cluster's DNS, and what policies say of them; pods behind it that are alike count once. */
function renderWay({ server, address, protocol, port, ...way }: LookupWay, paint: Paint): string[] {
  const { reason, at, delivered, rule, service } = way
  const outcome =
    delivered === 1
      ? 'arrives'
      : delivered === 0
        ? paint.red(`is lost: ${reason} at ${at}`)
        : paint.yellow(`arrives for ${percent(delivered)}; the rest: ${reason} at ${at}`)
  const rules = service === null ? [rule] : service.endpoints.map((endpoint) => endpoint.rule)
  const said = rules.flatMap((each) =>
    each === null
      ? []
      : [`  leaving the client: ${decidedBy(each.egress)}`, `  entering the DNS: ${decidedBy(each.ingress)}`],
  )
  return [`its question to ${server} (${address}) ${protocol} port ${port} ${outcome}`, ...new Set(said)]
}

/** What policies say at both ends; of an address that nobody here has, at the sender's. */
function renderRule({ rule, service, question: { from, to } }: Explanation): string[] {
  if (service !== null) return renderService(service, from.host)
  if (rule === null) return []
  const leaving = `  leaving ${from.host}: ${decidedBy(rule.egress)}`
  if (to.isNobodys) {
    const way = isPublic(to.address)
      ? 'there is no way to the internet'
      : 'it is none that the internet knows'
    return [leaving, `  nobody in this scenario has ${to.address}, and ${way}`]
  }
  // whoever is outside has no policies here
  if (isOutside(to.host)) return [leaving]
  if (isOutside(from.host)) return [`  entering ${to.host}: ${decidedBy(rule.ingress)}`]
  return [leaving, `  entering ${to.host}: ${decidedBy(rule.ingress)}`]
}

function renderService({ name, address, port, endpoints }: ExplainedService, client: string): string[] {
  if (endpoints.length === 0)
    return [`  service ${name} (${address}:${port}) has no endpoint for this client`]
  return [
    `  service ${name} (${address}:${port}) is one of ${endpoints.length}:`,
    ...endpoints.flatMap(({ name, address, port, share, rule }) => [
      `    ${percent(share)} ${name} (${address}:${port})`,
      ...(isOutside(client) ? [] : [`      leaving the client: ${decidedBy(rule.egress)}`]),
      `      entering the endpoint: ${decidedBy(rule.ingress)}`,
    ]),
  ]
}

type Paint = ReturnType<typeof pc.createColors>

function verdictLine(explanation: Explanation, paint: Paint): string {
  const { verdict, at, reason, delivered, question, drops, established } = explanation
  if (verdict === 'delivered') {
    const known = established.length === 0 ? '' : ': reply of an established connection, no policy is asked'
    return paint.green(`✓ delivered${known}`)
  }
  if (verdict === 'unresolved')
    return paint.red(
      at === null
        ? `✗ not sent: ${UNRESOLVED[reason!]} ${question.to.host}`
        : `✗ not sent: no answer about ${question.to.host}, as the question is lost: ${reason} at ${at}`,
    )
  const where = `${reason} at ${at}`
  return verdict === 'dropped'
    ? paint.red(
        drops[0]?.isRefused === true ? `✗ refused: ${where}; the sender is told` : `✗ dropped: ${where}`,
      )
    : paint.yellow(`! ${percent(delivered)} of the ways deliver; the rest: ${where}`)
}

/** The answer, with what it bears as it is sent where anything knows its connection. */
function renderReply(reply: Explanation, service: ExplainedService | null, paint: Paint): string[] {
  const { from, to, port, sourcePort } = reply.question
  const ends = {
    source: from.address,
    sourcePort: sourcePort ?? null,
    destination: to.address,
    destinationPort: port === 0 ? null : port,
  }
  const others = service === null ? 0 : service.endpoints.length - 1
  const of = others > 0 ? ` of ${from.host}, one of ${others + 1} endpoints` : ''
  const sent = reply.established.length === 0 ? '' : `  ${endsText(ends)}`
  return [
    `${paint.bold(`reply${of}`)}${sent}`,
    ...reply.hops.flatMap((hop) => renderHop(hop, from.address, paint, reply.established.includes(hop.node))),
    verdictLine(reply, paint),
  ]
}

function renderHop(hop: ExplainedHop, sender: string, paint: Paint, isKnown = false): string[] {
  const indent = '  '.repeat(hop.depth + 1)
  const share = hop.share < 1 ? paint.dim(` (${percent(hop.share)} comes this way)`) : ''
  const known = isKnown ? paint.dim(' (connection known)') : ''
  const head = `${indent}${hop.node}${share}${known}${translation(hop, sender, paint)}`
  if (hop.action === 'deliver') return [`${head} ${paint.green('delivered')}`]
  if (hop.action === 'drop') return [`${head} ${paint.red(`dropped: ${hop.reason}`)}`]
  if (hop.next.length === 1) return [`${head} → ${hop.next[0]!.node}${linkNote(hop.next[0]!, paint)}`]
  const taken = hop.next.filter(({ share: part }) => part > 0)
  const choice = taken.length === 1 ? `the five-tuple picks ${taken[0]!.node}` : 'every member, by weight'
  return [
    `${head} one of ${hop.next.length} (ECMP): ${choice}`,
    ...hop.next.map((member) => {
      const mark = member.share > 0 ? '→' : ' '
      return `${indent}  ${mark} ${percent(member.weight)} ${member.node}${linkNote(member, paint)}`
    }),
  ]
}

/** What a node made of its addresses and ports. */
function translation({ before, translated, service }: ExplainedHop, sender: string, paint: Paint): string {
  if (before === null || translated === null) return ''
  const { source, sourcePort, destination, destinationPort } = translated
  if (service === null) return paint.dim(` (${endsText(before)} is from here on ${endsText(translated)})`)
  const by = source === sender ? '' : `, from ${source}:${sourcePort ?? 'any'}`
  return paint.dim(` (${service} is ${destination}:${destinationPort} here${by})`)
}

function linkNote({ rateBps, up }: ExplainedMember, paint: Paint): string {
  return paint.dim(` ${printRate(rateBps)}`) + (up ? '' : paint.red(' DOWN: link-down'))
}

/** Why there is no address. */
const UNRESOLVED: Readonly<Record<string, string>> = {
  nxdomain: 'no such name (NXDOMAIN):',
  'no-address': 'no address for',
  'no-common-family': "no address of the sender's family for",
  'no-dns-answer': 'no answer about',
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))}%`
