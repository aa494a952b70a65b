import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { assert, suite } from '../testing/suite.js'
import { SocketOwners } from './sockets.js'

const sockets = (): number[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return Number(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? [])
    } catch {
      return []
    }
  })

async function listen(): Promise<{ server: Server; inode: number }> {
  const before = sockets()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, inode: sockets().find((inode) => !before.includes(inode)) ?? 0 }
}

suite('owners of sockets', (test) => {
  test('whoever has it open; and it stays known when it is closed', async () => {
    const { server, inode } = await listen()
    const owners = new SocketOwners()
    const me = { pid: process.pid, comm: readFileSync('/proc/self/comm', 'utf8').trimEnd() }
    assert.ok(inode > 0)
    assert.equal(owners.find(inode), me)
    await new Promise((resolve) => server.close(resolve))
    assert.equal(owners.find(inode), me)
  })

  test('nobody', async () => {
    const { server, inode } = await listen()
    await new Promise((resolve) => server.close(resolve))
    const owners = new SocketOwners()
    assert.is(owners.find(inode), undefined)
    assert.is(owners.find(0), undefined)
  })
})
