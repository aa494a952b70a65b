// Writes tools/X/X.skel.ts: the types of an object's events, globals, programs and maps, from its BTF.
import type { NativeObject } from '../core/bpf/addon.js'
import { globalsOf } from '../core/bpf/globals.js'
import { eventStruct, type FieldKind, type Layout, layoutOf, mapLayoutOf } from '../core/btf/layout.js'
import { parseBtf } from '../core/btf/parse.js'

const RING_BUFFER = 27

/** The text of the skeleton of the object called `name`. */
export function renderSkeleton(name: string, object: NativeObject): string {
  const btf = parseBtf(object.btf())
  const maps = object
    .maps()
    .filter((map) => !map.name.startsWith('.') && !/\.(rodata|bss|data)/.test(map.name))
  const streams = maps
    .filter((map) => map.type === RING_BUFFER)
    .map((map) => [map.name, eventStruct(btf, map.name)])
  const tables = maps.flatMap(({ name: map, type }) => {
    const layout = type === RING_BUFFER ? undefined : mapLayoutOf(btf, map)
    return layout === undefined ? [] : [{ map, ...layout }]
  })
  const structs = [
    ...streams.map(([, struct]) => layoutOf(btf, struct as string)),
    ...tables.flatMap(({ key, value }) => [key, value]),
  ]
  const globals = [...globalsOf(btf).values()]
  const variables = (wanted: (section: string) => boolean): string[] =>
    globals
      .filter((global) => wanted(global.section))
      .map((global) => `${global.name}: ${typeOf(global.kind)}`)
  return [
    `// Generated from bpf-src/${name}.bpf.c by \`npm run build:bpf\`. DO NOT EDIT.`,
    `import { skeleton } from '../../core/index.js'`,
    '',
    ...[...new Map(structs.map((layout) => [layout.name, layout])).values()].flatMap(renderStruct),
    `export const ${camel(name)}Skeleton = skeleton<{`,
    `  programs: ${union(object.programs().map((program) => program.name))}`,
    `  maps: ${union(maps.map((map) => map.name))}`,
    ...block(
      'rodata',
      variables((section) => section === '.rodata'),
    ),
    ...block(
      'data',
      variables((section) => section !== '.rodata'),
    ),
    ...block(
      'streams',
      streams.map(([map, struct]) => `${map}: ${pascal(struct as string)}`),
    ),
    ...block(
      'tables',
      tables.map(
        ({ map, key, value }) => `${map}: { key: ${pascal(key.name)}; value: ${pascal(value.name)} }`,
      ),
    ),
    `}>('${name}')`,
    '',
  ].join('\n')
}

function renderStruct({ name, fields }: Layout): string[] {
  const members = fields.map((field) => `  ${field.key}: ${typeOf(field.kind)}`)
  return [`/** struct ${name} */`, `export interface ${pascal(name)} {`, ...members, '}', '']
}

function typeOf(kind: FieldKind): string {
  switch (kind.is) {
    case 'number':
    case 'wide':
      return 'number'
    case 'bigint':
    case 'boolean':
      return kind.is
    case 'bytes':
      return 'Uint8Array'
    case 'counts':
      return 'readonly number[]'
    case 'arguments':
      return 'readonly string[]'
    case 'enum':
      return union([...kind.names.values()])
    default:
      return 'string'
  }
}

function block(name: string, lines: string[]): string[] {
  return lines.length === 0
    ? [`  ${name}: {}`]
    : [`  ${name}: {`, ...lines.map((line) => `    ${line}`), '  }']
}

function union(names: string[]): string {
  return names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | ')
}

function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function camel(name: string): string {
  return name.replace(/[-_]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
