import { Option } from 'commander'
import { IP_BLOCKS } from '../schema/kubernetes.ts'

/** `--ip-blocks`, the same for all commands that judge by policies. */
export const ipBlocksOption = (): Option =>
  new Option(
    '--ip-blocks <whom>',
    "whom prefixes in policies match: everyone, pods too, or only who is outside; default a scenario's own, else everyone",
  ).choices(IP_BLOCKS)
