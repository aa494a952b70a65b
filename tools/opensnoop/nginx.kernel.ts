// opensnoop beside nginx, which writes what a slow client does not take to temporary files, and logs their names.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { assert, suite } from '../../core/testing/suite.js'
import { parseClosing, parseRows, startTool } from '../../core/testing/tool.js'
import type { opensnoop } from './opensnoop.js'

type Row = NonNullable<(typeof opensnoop)['row']>

const CLIENTS = 13
const BYTES = 2_000_003

/** A proxy in front of a file: what the proxy has no buffers for goes below proxy_temp. */
const configuration = (folder: string): string => `
user root;
daemon off;
pid ${folder}/pid;
error_log ${folder}/error.log warn;
events { worker_connections 64; }
http {
  access_log off;
  proxy_temp_path ${folder}/proxy_temp 1 2;
  proxy_buffers 4 4k;
  proxy_buffer_size 4k;
  proxy_busy_buffers_size 8k;
  server { listen 127.0.0.1:8080 sndbuf=64k; location / { proxy_pass http://127.0.0.1:8081; } }
  server { listen 127.0.0.1:8081; root ${folder}; }
}
`

/** Asks for the file, and takes nothing of it before nginx has put it aside; the number of bytes that came. */
async function download(putAside: Promise<void>): Promise<number> {
  const socket = connect(8080, '127.0.0.1', () => socket.write('GET /big HTTP/1.0\r\n\r\n'))
  socket.pause()
  await putAside
  let bytes = 0
  for await (const chunk of socket as AsyncIterable<Buffer>) bytes += chunk.length
  return bytes
}

/** The temporary files that nginx's log names. */
function filesIn(log: string): string[] {
  return [...readFileSync(log, 'utf8').matchAll(/temporary file (\S+)/g)].map(([, path]) => path ?? '')
}

async function allLogged(log: string): Promise<void> {
  while (filesIn(log).length < CLIENTS) await sleep(100)
}

async function isUp(): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(8080, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

suite('opensnoop beside nginx', (test) => {
  test('every temporary file that nginx says it has made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
    mkdirSync(join(folder, 'proxy_temp'))
    writeFileSync(join(folder, 'big'), Buffer.alloc(BYTES))
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder))
    const server = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' })
    try {
      while (!(await isUp())) await sleep(100)
      const tool = await startTool('opensnoop', ['--json', '-F', '-n', 'nginx', '-f', 'O_CREAT'])
      const putAside = allLogged(join(folder, 'error.log'))
      const taken = await Promise.all(Array.from({ length: CLIENTS }, () => download(putAside)))
      const { stdout, stderr } = await tool.stop()
      const rows = parseRows<Row>(stdout)
      const logged = filesIn(join(folder, 'error.log'))
      assert.ok(taken.every((bytes) => bytes > BYTES))
      assert.is(logged.length, CLIENTS)
      const worked = rows.filter(({ err }) => err === 0)
      assert.equal(worked.map(({ path }) => path).toSorted(), logged.toSorted())
      // A directory that is not there yet shows as ENOENT, before nginx makes it and opens once more.
      for (const { error, path } of rows)
        assert.ok(path.startsWith(`${folder}/proxy_temp/`) && (error === null || error === 'ENOENT'), path)
      assert.is(parseClosing(stderr).lost, 0)
    } finally {
      server.kill()
    }
  })
})
