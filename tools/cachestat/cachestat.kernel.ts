// cachestat on a real kernel: pages of a file in known numbers, read cold and warm, by reads and by a mapping, and written to,
// through every way of hooking; beside what the kernel counts itself.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCommandLine } from '../../core/cli/parse.js'
import { trace } from '../../core/library.js'
import { mountExt4, unmount } from '../../core/testing/disks.js'
import { maySkip } from '../../core/testing/promise.js'
import { replayed } from '../../core/testing/replayed.js'
import { assert, suite } from '../../core/testing/suite.js'
import { parseRows, startTool } from '../../core/testing/tool.js'
import { type HeldWorkload, holdWorkload } from '../../core/testing/workload.js'
import { cachestat } from './cachestat.js'

type Row = NonNullable<(typeof cachestat)['row']> & { total?: true }

const PAGES = 1009
const KILOBYTES = 4 * PAGES
const SMALL = 1000

/** The kernel's own counts, those that CPUs still keep to themselves included. */
function vmstat(): { dirtied: number; read: number } {
  writeFileSync('/proc/sys/vm/stat_refresh', '1')
  const text = readFileSync('/proc/vmstat', 'latin1')
  const count = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
  return { dirtied: count('nr_dirtied'), read: count('pgpgin') }
}

/** How many pages reads of so many bytes each ask for until the end. */
function askedBySmall(): number {
  let asked = 0
  for (let at = 0; at < PAGES * 4096; at += SMALL) {
    const last = Math.min(at + SMALL, PAGES * 4096) - 1
    asked += Math.floor(last / 4096) - Math.floor(at / 4096) + 1
  }
  return asked
}

/** Older kernels have another tracepoint. */
const page = existsSync('/sys/kernel/tracing/events/writeback/writeback_dirty_page') ? 'page_' : ''

const ways = {
  'fexit and tp_btf': ['read=fexit', 'splice=fexit', 'fault=fexit', 'add=tp_btf', `dirty=${page}tp_btf`],
  'kprobe and raw_tp': ['read=kprobe', 'splice=kprobe', 'fault=kprobe', 'add=raw_tp', `dirty=${page}raw_tp`],
}

/** What a workload does once it is told to, after what it does before, and what is to be counted of it. */
const cases: [what: string, before: string[], after: string[], expected: [number, number, number]][] = [
  [
    'read cold, warm, and in small parts',
    ['drop'],
    ['read', 'read', 'small'],
    [PAGES + askedBySmall(), PAGES, 0],
  ],
  ['sent to another file cold and warm', ['drop'], ['send', 'send'], [PAGES, PAGES, 0]],
  ['read cold here and there', ['drop'], ['random'], [0, PAGES, 0]],
  [
    'written to, and through a mapping',
    ['drop', 'read'],
    // Page by page, so that no folio has several, which one fault would map all of (7.2).
    ['write', 'write', 'drop', 'random', 'map_write'],
    [PAGES, PAGES, 2 * PAGES],
  ],
]

/** Made by the first test, and taken away by the last. */
let folder: Promise<string> | undefined

for (const [way, hooks] of Object.entries(ways)) {
  // Where the kernel skips programs, those that it has skipped are lost.
  const skips = maySkip(cachestat.hooks, 'tp_btf')
  suite(`cachestat through ${way}`, (test) => {
    test('pages that were there, that were brought in, and that were written to', async () => {
      const file = join(await (folder ??= mountExt4('/dev/vda')), 'file')
      for (const [what, before, after, expected] of cases) {
        const load = await holdWorkload('cache', [file, String(PAGES), ...before, 'go', ...after])
        const { counted, lost, read, dirtied } = await traceOne(load, hooks)
        if (lost > 0) console.log(`  ${what}: ${lost} lost`)
        if (lost === 0) assert.equal(counted, expected, what)
        else assert.ok(skips, `${what}: ${lost} lost`)
        // Nobody else has this disk, but others may write to theirs meanwhile.
        const [, misses, dirties] = expected
        assert.ok(dirtied >= dirties && dirtied < dirties + 500, `${what}: ${dirtied} dirtied`)
        assert.ok(read >= 4 * misses && read < 4 * misses + KILOBYTES / 2, `${what}: ${read} kB read`)
      }
    })
  })
}

/** The whole span of a workload, and by how much the kernel's counts grew. */
async function traceOne(
  load: HeldWorkload,
  hooks: readonly string[],
): Promise<{ counted: number[]; lost: number; read: number; dirtied: number }> {
  const words = ['-p', String(load.pid), '60', ...hooks.flatMap((hook) => ['--hook', hook])]
  const request = await parseCommandLine(cachestat, words, '')
  if (!('run' in request)) throw new Error(`${words.join(' ')} runs nothing`)
  const running = trace(cachestat, request.run as object)
  await running.ready
  const before = vmstat()
  assert.is((await load.run()).status, 0)
  const after = vmstat()
  running.stop()
  const rows: Row[] = []
  for await (const row of running) rows.push(row as Row)
  const { lost } = await running.ended
  const total = rows.find((row) => row.total)
  return {
    counted: [total?.hits ?? -1, total?.misses ?? -1, total?.dirties ?? -1],
    lost,
    read: after.read - before.read,
    dirtied: after.dirtied - before.dirtied,
  }
}

suite('cachestat as it chooses itself', (test) => {
  test('a line each second, of the whole machine, as much as the kernel has dirtied', async () => {
    const mounted = await (folder ??= mountExt4('/dev/vda'))
    try {
      const load = await holdWorkload('cache', [
        join(mounted, 'file'),
        String(PAGES),
        'go',
        'drop',
        'read',
        'read',
        'write',
      ])
      const outer = vmstat()
      const record = join(tmpdir(), 'cachestat')
      const tool = await startTool('cachestat', ['--json', '--record', record])
      const inner = vmstat()
      await load.run()
      const dirtied = vmstat().dirtied - inner.dirtied
      await new Promise((resolve) => setTimeout(resolve, 1200))
      const { status, stdout } = await tool.stop()
      const most = vmstat().dirtied - outer.dirtied
      assert.is(status, 0)
      assert.is((await replayed(cachestat, record, ['--json'])).stdout, stdout)
      const rows = parseRows<Row>(stdout)
      const reports = rows.filter(({ total }) => total === undefined)
      const whole = rows.at(-1)
      assert.ok(reports.length >= 2 && whole?.total === true, stdout)
      for (const key of ['hits', 'misses', 'dirties'] as const)
        assert.is(
          reports.reduce((sum, row) => sum + row[key], 0),
          whole[key],
          key,
        )
      assert.ok(whole.misses >= PAGES && whole.hits >= PAGES, stdout)
      assert.ok(whole.dirties >= dirtied && whole.dirties <= most, `${dirtied}, ${whole.dirties}, ${most}`)
      const cached = Number(/^Cached: *(\d+)/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1]) / 1024
      assert.ok(
        Math.abs(whole.cachedMb - cached) < 32 && whole.buffersMb > 0,
        `${whole.cachedMb} of ${cached}`,
      )
    } finally {
      await unmount(mounted)
    }
  })
})
