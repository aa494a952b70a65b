import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OutputError } from '../errors.js'
import { assert, suite } from '../testing/suite.js'
import { Sink } from './sink.js'

/** A pipe by name: its reading end, and a descriptor to write to. */
function openPipe(): { reader: number; writer: number; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sink-'))
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY)
  return { reader, writer, close: () => rmSync(folder, { recursive: true }) }
}

function readAll(fd: number): string {
  const chunk = Buffer.alloc(1 << 20)
  try {
    return chunk.toString('utf8', 0, readSync(fd, chunk))
  } catch {
    return ''
  }
}

suite('sink', (test) => {
  test('what fits is written at once', async () => {
    const pipe = openPipe()
    const sink = new Sink(pipe.writer)
    sink.write('one\ntwo\n')
    assert.is(readAll(pipe.reader), 'one\ntwo\n')
    assert.is(await sink.finish(10), 0)
    pipe.close()
  })

  test('a slow reader gets everything, in order', async () => {
    const pipe = openPipe()
    const sink = new Sink(pipe.writer)
    const line = `${'x'.repeat(999)}\n`
    for (let count = 0; count < 1000; count++) sink.write(line)
    let got = ''
    const reading = setInterval(() => (got += readAll(pipe.reader)), 1)
    await sink.drained()
    clearInterval(reading)
    got += readAll(pipe.reader)
    assert.is(got, line.repeat(1000))
    assert.is(await sink.finish(10), 0)
    pipe.close()
  })

  test('bytes are the caller’s again: what waits is a copy', async () => {
    const pipe = openPipe()
    const sink = new Sink(pipe.writer)
    const bytes = Buffer.alloc(10_000)
    let sent = ''
    for (let count = 0; count < 20; count++) {
      bytes.fill(`${count}\n`)
      sent += bytes.toString()
      sink.write(bytes)
    }
    bytes.fill('?')
    let got = ''
    const reading = setInterval(() => (got += readAll(pipe.reader)), 1)
    await sink.drained()
    clearInterval(reading)
    assert.is(got + readAll(pipe.reader), sent)
    await sink.finish(10)
    pipe.close()
  })

  test('a reader that takes nothing: full at a bound, and the lines not taken are counted', async () => {
    const pipe = openPipe()
    const sink = new Sink(pipe.writer)
    const line = `${'y'.repeat(99)}\n`
    let made = 0
    while (!sink.isFull) {
      sink.write(line.repeat(100))
      made += 100
    }
    assert.ok(made * line.length < 2_000_000)
    const left = await sink.finish(20)
    let got = ''
    for (let part = readAll(pipe.reader); part !== ''; part = readAll(pipe.reader)) got += part
    assert.is(got.split('\n').length - 1 + left, made)
    pipe.close()
  })

  test('a reader that is gone: said once, quiet afterwards', async () => {
    const pipe = openPipe()
    const sink = new Sink(pipe.writer)
    let told = 0
    sink.onGone = () => told++
    closeSync(pipe.reader)
    sink.write('lost\n')
    sink.write('lost\n')
    assert.is(told, 1)
    assert.is(sink.gone, true)
    assert.is(await sink.finish(10), 0)
    pipe.close()
  })

  test('a full disk is an error with a name', () => {
    const sink = new Sink(openSync('/dev/full', 'w'))
    assert.throws(
      () => sink.write('x\n'),
      (error: unknown) => error instanceof OutputError && error.message.includes('ENOSPC'),
    )
  })

  test('a regular file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sink-'))
    const path = join(folder, 'file')
    const sink = new Sink(openSync(path, 'w'))
    sink.write('a\n')
    sink.write('b\n')
    assert.is(await sink.finish(10), 0)
    assert.is(readFileSync(path, 'utf8'), 'a\nb\n')
    rmSync(folder, { recursive: true })
  })
})
