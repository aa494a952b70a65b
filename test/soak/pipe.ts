// A pipe as a shell makes it, whose reader may stop reading.
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runProgram } from '../../core/testing/tool.js'

export class Pipe {
  /** For the process that writes; to be closed here once it has it. */
  readonly writer: number
  /** Resolves when there is no writer any more and all has been read. */
  readonly ended: Promise<unknown>
  readonly #socket: Socket
  #cut = ''

  private constructor(path: string, onLine: (line: string) => void) {
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    this.writer = openSync(path, constants.O_WRONLY)
    this.#socket = new Socket({ fd: reader, readable: true, writable: false })
    this.ended = new Promise((resolve) => this.#socket.once('close', resolve))
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#cut + text).split('\n')
      this.#cut = lines.pop() ?? ''
      lines.forEach(onLine)
    })
  }

  /** Hands over whole lines as they come. */
  static async open(onLine: (line: string) => void): Promise<Pipe> {
    const path = join(mkdtempSync(join(tmpdir(), 'pipe-')), 'pipe')
    await runProgram(['mkfifo', path])
    const pipe = new Pipe(path, onLine)
    rmSync(dirname(path), { recursive: true })
    return pipe
  }

  closeWriter(): void {
    closeSync(this.writer)
  }

  /** Reads no more, so that the pipe fills up. */
  block(): void {
    this.#socket.pause()
  }

  unblock(): void {
    this.#socket.resume()
  }
}
