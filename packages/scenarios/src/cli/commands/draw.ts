import { drawTopology } from '../../draw/index.ts'
import { define, type Register } from '../command.ts'
import { writeText } from '../files.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { checkTargets } from '../targets.ts'

export const registerDraw: Register = (program, terminal) => {
  define(program, 'draw', 'Draw the network of a scenario as SVG', [
    'weft draw scenario.yaml -o fabric.svg',
    'weft draw scenario.yaml > fabric.svg',
  ])
    .argument('<scenario>', 'a scenario file')
    .option('-o, --output <file.svg>', 'write to this file instead of standard output')
    .action(async (file: string, { output }: { output?: string }) => {
      checkTargets({ '--output': output }, [file])
      const { compiled, warnings } = await scenarioArgument(file, terminal)
      for (const warning of warnings) terminal.note(`${file}: warning: ${warning}`)
      const { network, name } = compiled.blueprint
      const svg = await drawTopology(network, { title: `Topology of ${name}` })
      if (output === undefined) terminal.print(svg)
      else writeText(output, svg)
    })
}
