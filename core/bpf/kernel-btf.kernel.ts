// A kernel that shows no types of its own: files in their place, whole or cut down by `snoopkit btf-min`.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageRoot } from '../root.js'
import { loadFileSystems } from '../testing/disks.js'
import { assert, suite } from '../testing/suite.js'
import { runTool, startTool } from '../testing/tool.js'
import { holdWorkload, quickFile } from '../testing/workload.js'
import { loadAddon } from './addon.js'
import { btfFiles, OWN_BTF } from './kernel-btf.js'

const hidden = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /sys/kernel/btf; exec "$@"', 'sh']
const objects = new URL('prebuilds/bpf/x86/', packageRoot())
/** What only a kernel with BTF of its own can do, whatever file there is. */
const takesOwn = /^(fentry|fexit|tp_btf)\//

/** Every relocation that libbpf makes of an object's programs with those types. */
function relocations(file: string, kernelBtf?: string): string[] {
  const addon = loadAddon()
  const object = addon.open(
    readFileSync(new URL(file, objects)),
    kernelBtf === undefined ? {} : { kernelBtf },
  )
  if (typeof object === 'number') throw new Error(`${file}: errno ${-object}`)
  for (const { name, section } of object.programs()) object.setAutoload(name, !takesOwn.test(section))
  const lines: string[] = []
  addon.setLog((_, text) => lines.push(text.trim()))
  object.load()
  addon.setLog(null)
  object.close()
  return lines.filter((line) => /relo #\d+: (patched|substituting)/.test(line))
}

suite("a kernel's types from a file", (test) => {
  const folder = mkdtempSync('/run/snoopkit-btf-')
  const small = join(folder, 'small.btf')

  test('btf-min: a few kilobytes, by which libbpf relocates just as by the whole; the addon cuts alike', async () => {
    const { status, stderr } = await runTool('snoopkit', ['btf-min', small])
    assert.is(status, 0, stderr)
    assert.ok(statSync(small).size < 20_000, `${statSync(small).size} bytes`)
    for (const file of readdirSync(objects)) {
      const whole = relocations(file, OWN_BTF)
      assert.ok(whole.length > 20, `${file}: ${whole.length} relocations`)
      assert.equal(relocations(file, small), whole)
      assert.equal(relocations(file), whole)
    }
  })

  test('--btf: tools of each shape attach, and opens are seen', async () => {
    await loadFileSystems()
    for (const words of [['biolatency'], ['tcpsynbl', '--sockets'], ['fsslower', '-t', 'ext4']]) {
      const [tool = '', ...args] = words
      const { status, stderr } = await runTool(tool, ['--dry-run', '--btf', small, ...args], {
        before: hidden,
      })
      assert.is(status, 0, `${tool}: ${stderr}`)
    }
    await expectFive(['--btf', small])
  })

  test("found where BTFHub's layout has it, and flat", async () => {
    const root = join(folder, 'hub')
    const files = btfFiles([root])
    assert.is(files.length, 2)
    for (const file of files) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, readFileSync(small))
      await expectFive([], { SNOOPKIT_BTF_PATH: `/nowhere:${root}` })
      rmSync(file)
    }
    const { status, stderr } = await runTool('opensnoop', ['-d', '1'], { before: hidden })
    assert.is(status, 3)
    assert.match(
      stderr,
      /there is no \/sys\/kernel\/btf\/vmlinux.*--btf FILE, or \/var\/lib\/snoopkit\/btf\/debian\//,
    )
  })

  test('a file that holds no types', async () => {
    const faults = { '/etc/passwd': 'it holds no type information', '/nosuch': 'ENOENT' }
    for (const [file, fault] of Object.entries(faults)) {
      const { status, stderr } = await runTool('opensnoop', ['--dry-run', '--btf', file])
      assert.is(status, 2)
      assert.match(stderr, new RegExp(`^opensnoop: --btf ${file}: ${fault} \\(.*\\)\\n$`))
    }
  })
})

async function expectFive(args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const load = await holdWorkload('opens', ['5', quickFile()], { uid: 4242 })
  const tool = await startTool('opensnoop', ['--json', '-u', '4242', ...args], { before: hidden, env })
  await load.run()
  const { status, stdout } = await tool.stop()
  assert.is(status, 0)
  assert.is(stdout.split('\n').length - 1, 5)
}
