// The tarball on a clean Debian: minimal, without network, with an official Node.js; installed there, run in a guest.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Writable } from 'node:stream'
import { assert, type AddTest } from '../../core/testing/suite.js'
import { toolNames, UMBRELLA } from '../../core/umbrella/tools.js'
import { prepareRoot } from '../../scripts/debian/root.js'
import { runInGuest } from '../vm/run-in-guest.js'
import { fetchNode, fetchNpm, nodeMajors } from './node-releases.js'
import { tarball } from './packed.js'

/** What no user needs to have. */
const unwantedCommands = ['gcc', 'g++', 'cc', 'clang', 'make', 'python3']
const unwantedLibraries = ['libbpf.*', 'libelf[.-]*']

export interface CleanRoot {
  folder: string
  /** Runs a shell script inside, as root, without network, with that Node.js; its stdout. */
  run(nodeMajor: number, script: string): string
}

/** The root with each Node.js in /opt/node-N and nothing left of an earlier try. */
export function prepareCleanRoot(suite: string): CleanRoot {
  const folder = prepareRoot({ suite, variant: 'minbase', include: [] })
  for (const name of ['opt', 'root', 'try']) {
    rmSync(join(folder, name), { recursive: true, force: true })
    mkdirSync(join(folder, name))
  }
  execFileSync('cp', ['-r', fetchNpm(), join(folder, 'opt/npm')])
  for (const major of nodeMajors) {
    const bin = join(folder, `opt/node-${major}/bin`)
    mkdirSync(bin, { recursive: true })
    copyFileSync(fetchNode(major), join(bin, 'node'))
    for (const name of ['npm', 'npx']) symlinkSync(`../../npm/bin/${name}-cli.js`, join(bin, name))
  }
  return {
    folder,
    run: (major, script) => {
      const isolated = ['--net', '--mount', '--pid', '--fork', `--mount-proc=${join(folder, 'proc')}`]
      const args = [...isolated, 'chroot', folder, ...environment(major), 'sh', '-euc', script]
      return execFileSync('unshare', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    },
  }
}

/** The words that start a command with that Node.js first in its path. */
export function environment(major: number): string[] {
  const path = `PATH=/opt/node-${major}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
  return ['env', '-i', path, 'HOME=/root', 'TERM=dumb']
}

/** Mounts what a container's root has too, so that a chroot in a guest can trace. */
export const mountsFor = (folder: string): string =>
  `for name in proc sys dev; do mount --rbind "/$name" "${folder}/$name"; done`

/** Runs a script in a guest; stdout, and an exit status that must be 0. */
export async function inGuest(kernel: string, script: string): Promise<string> {
  let [stdout, stderr] = ['', '']
  const { status } = await runInGuest({
    kernel,
    command: ['bash', '-euc', script],
    stdout: new Writable({ write: (chunk: Buffer, _, done) => done(void (stdout += chunk.toString())) }),
    stderr: new Writable({ write: (chunk: Buffer, _, done) => done(void (stderr += chunk.toString())) }),
  })
  assert.is(status, 0, `exit status ${status}\n${stdout}\n${stderr}`)
  return stdout
}

/** The tests on that suite of Debian; traced on that kernel. */
export function testCleanRoot(test: AddTest, suite: string, kernel: string): void {
  const root = prepareCleanRoot(suite)
  const commands = [...toolNames(), UMBRELLA]

  test(`${suite} has no compiler, libbpf or libelf`, () => {
    for (const name of unwantedCommands) assert.not.ok(existsSync(`${root.folder}/usr/bin/${name}`), name)
    const libraries = unwantedLibraries.flatMap((name) => ['-o', '-name', name]).slice(1)
    assert.is(execFileSync('find', [`${root.folder}/usr`, ...libraries], { encoding: 'utf8' }), '')
  })

  for (const major of nodeMajors)
    test(`${suite}, Node.js ${major}: installs without network or scripts, and every command answers`, () => {
      const folder = `/try/${major}`
      mkdirSync(join(root.folder, folder))
      copyFileSync(tarball, join(root.folder, folder, basename(tarball)))
      root.run(major, `cd ${folder} && npm install --ignore-scripts ./${basename(tarball)}`)
      const installed = readdirSync(join(root.folder, folder, 'node_modules')).filter(
        (name) => !name.startsWith('.'),
      )
      assert.equal(installed, [UMBRELLA])
      const script = `cd ${folder}; npx opensnoop --version
        for command in ${commands.join(' ')}; do
          node_modules/.bin/$command --version >/dev/null
          node_modules/.bin/$command --help | grep -q "$command" && echo "$command answers"
        done`
      const said = root.run(major, script).split('\n')
      for (const command of commands) assert.ok(said.includes(`${command} answers`), said.join('\n'))
    })

  test(`${suite}, Linux ${kernel}: traces`, async () => {
    const tries = nodeMajors.map((major) => {
      const shell = ['chroot', root.folder, ...environment(major), 'sh', '-euc'].join(' ')
      const script = `cd /try/${major}
        npx opensnoop --dry-run >&2
        npx opensnoop --json --exec cat /etc/debian_version
        for tool in ${toolNames().join(' ')}; do npx $tool --duration 1 >&2; echo "${major} $tool"; done`
      return `${shell} '${script}'`
    })
    const said = await inGuest(kernel, [mountsFor(root.folder), ...tries].join('\n'))
    const rows = said.split('\n')
    const opened = rows.filter((row) => row.startsWith('{') && row.includes('"path":"/etc/debian_version"'))
    assert.is(opened.length, nodeMajors.length, said)
    for (const major of nodeMajors)
      for (const tool of toolNames()) assert.ok(rows.includes(`${major} ${tool}`))
  })
}
