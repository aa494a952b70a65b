import { createServer, type Server } from 'node:net'
import { assert, suite } from '../testing/suite.js'
import { showListeners } from './listeners.js'

const LISTENERS = 97

async function listen(host: string): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return server
}

suite('listeners in /proc', (test) => {
  test('more than a page of them, all counted', async () => {
    const before = showListeners()
    const servers = await Promise.all(Array.from({ length: LISTENERS }, () => listen('127.0.0.1')))
    const after = showListeners()
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    assert.is(after - before, LISTENERS)
  })
})
