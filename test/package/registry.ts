// A registry on this machine, of verdaccio, that knows our packages and no others.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cacheFolder } from '../../scripts/debian/root.js'
import { fetchNode } from './node-releases.js'
import { aliasTarballs, packedFolder, tarball } from './packed.js'

const VERDACCIO = '6.10.4'
/** It asks for node-fetch by a tag, which not every mirror of the npm registry has. */
const wanted = {
  private: true,
  dependencies: { verdaccio: VERDACCIO },
  overrides: { 'node-fetch': '2.7.0' },
}
const PORT = 4873
export const registryUrl = `http://127.0.0.1:${PORT}`
const folder = join(packedFolder, 'registry')

/** No uplinks: what is not published here is not found. Who may publish need not say who they are. */
const config = `
storage: ${folder}/storage
auth: { htpasswd: { file: ${folder}/htpasswd } }
packages: { '**': { access: $all, publish: $all } }
max_body_size: 50mb
log: { type: stdout, format: pretty, level: warn }
`

function verdaccio(): string {
  const prefix = join(cacheFolder('npm'), `verdaccio-${VERDACCIO}`)
  const bin = join(prefix, 'node_modules/verdaccio/bin/verdaccio')
  if (!existsSync(bin)) {
    mkdirSync(prefix, { recursive: true })
    writeFileSync(join(prefix, 'package.json'), JSON.stringify(wanted))
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund']
    execFileSync('npm', args, { cwd: prefix, stdio: 'pipe' })
  }
  return bin
}

/** The command that serves what has been published; by a Node.js that verdaccio takes. */
export const serve = (): string[] => [
  fetchNode(24),
  verdaccio(),
  '--config',
  join(folder, 'config.yaml'),
  '--listen',
  registryUrl,
]

/** Publishes the package and the tools' aliases, as their owner would, into a new storage. */
export async function publishAll(): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.yaml'), config)
  const [file = '', ...args] = serve()
  const log = openSync(join(folder, 'verdaccio.log'), 'w')
  const server = spawn(file, args, { stdio: ['ignore', log, log] })
  try {
    while (!(await answers())) {
      if (server.exitCode !== null) throw new Error(`verdaccio ended; see ${folder}/verdaccio.log`)
      await sleep(100)
    }
    // npm insists on a token, verdaccio asks for none.
    const login = `--//127.0.0.1:${PORT}/:_authToken=nobody`
    for (const path of [tarball, ...aliasTarballs()])
      execFileSync('npm', ['publish', '--registry', registryUrl, login, path], { stdio: 'pipe' })
  } finally {
    server.kill()
  }
}

async function answers(): Promise<boolean> {
  return await fetch(`${registryUrl}/-/ping`).then(
    ({ ok }) => ok,
    () => false,
  )
}
