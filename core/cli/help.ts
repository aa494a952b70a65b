// The text of --help: the only file that knows yargs.
import yargs, { type Options as YargsOption } from 'yargs'
import type { Tool } from '../tool.js'
import { kebab } from './catalog.js'
import type { Option, OptionRecord } from './options.js'

const WIDTH = 96

/** Renders the help of a tool with these options. */
export async function renderHelp(tool: Tool, options: OptionRecord): Promise<string> {
  return await yargs([])
    .scriptName(tool.name)
    .usage(`${tool.summary}\n\nUsage: $0 [options]`)
    .options(
      Object.fromEntries(Object.entries(options).map(([name, option]) => [kebab(name), describe(option)])),
    )
    .example(tool.examples.map(([args, does]): [string, string] => [`$0 ${args}`.trim(), does]))
    .epilogue(epilogue(tool))
    .help()
    .alias('help', 'h')
    .version()
    .alias('version', 'V')
    .locale('en')
    .wrap(WIDTH)
    .getHelp()
}

function describe({ alias, describe: words, placeholder, group }: Option<unknown>): YargsOption {
  return {
    describe: placeholder === undefined ? words : `${placeholder}  ${words}`,
    ...(alias !== undefined && { alias }),
    ...(group !== undefined && { group }),
    // Else yargs writes a digit as `--4`.
    ...(/^[0-9]$/.test(alias ?? '') && { boolean: true }),
    // yargs marks every option with its type; the placeholder says more.
    skipValidation: true,
  }
}

function epilogue(tool: Tool): string {
  return [
    ...(tool.blind.length > 0 ? ['Not seen:', ...tool.blind.map((line) => `  ${line}`), ''] : []),
    'Exit status: 0 done, 2 usage, 3 cannot trace here, 4 events were lost and --strict was given.',
  ].join('\n')
}
