// redis-server in a network namespace of its own, whose somaxconn of 4 cuts the queue of 511 that redis asks for.
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { assert } from './suite.js'
import { runProgram } from './tool.js'

const START = `/bin/busybox ip link set lo up
echo 4 >/proc/sys/net/core/somaxconn
exec redis-server --port 6379 --bind 127.0.0.1 --tcp-backlog 511 --save '' --appendonly no`

/** As /proc/net/tcp has them: SYN_SENT, SYN_RECV, FIN_WAIT1, LAST_ACK, CLOSING (include/net/tcp_states.h). */
const [PORT_IN_HEX, UNDER_WAY] = [':18EB', new Set(['02', '03', '04', '09', '0B'])]

/** redis-benchmark's; each of its requests is a connection of its own. More clients wait for minutes, each beside a full queue. */
const [CLIENTS, REQUESTS] = [23, 460]

export class Redis {
  readonly #server: ChildProcess

  private constructor(server: ChildProcess) {
    this.#server = server
  }

  /** Starts it, runs `body` once it answers, and ends it. */
  static async run(body: (redis: Redis) => Promise<void>): Promise<void> {
    const redis = new Redis(spawn('unshare', ['-n', 'sh', '-c', START], { stdio: 'ignore' }))
    try {
      while ((await redis.#beside('redis-cli', 'ping')).stdout !== 'PONG\n') await sleep(100)
      await body(redis)
    } finally {
      redis.#server.kill('SIGKILL')
    }
  }

  get pid(): number {
    return this.#server.pid as number
  }

  /** One of its namespace's TcpExt counts. */
  async counted(name: string): Promise<number> {
    const { status, stdout, stderr } = await this.#beside('grep', '^TcpExt', '/proc/net/netstat')
    assert.is(status, 0, stderr)
    const [names = [], values = []] = stdout.split('\n').map((line) => line.split(' '))
    return Number(values[names.indexOf(name)])
  }

  /** redis-benchmark, while the server now and then does not answer for a moment. */
  async overflow(): Promise<void> {
    const before = await this.counted('ListenOverflows')
    const load = { runs: true }
    const benchmark = this.#beside(
      ...['redis-benchmark', '-h', '127.0.0.1', '-t', 'ping_mbulk', '-q'],
      ...['-k', '0', '-c', String(CLIENTS), '-n', String(REQUESTS)],
    ).finally(() => (load.runs = false))
    while (load.runs && (await this.counted('ListenOverflows')) - before < CLIENTS) {
      this.#server.kill('SIGSTOP')
      await sleep(100)
      this.#server.kill('SIGCONT')
      await sleep(100)
    }
    const { status, stdout, stderr } = await benchmark
    // The kernel gives up a handshake that has met a full queue too often, and resets the client.
    assert.ok(status === 0 ? /requests per second/.test(stdout) : /reset by peer/.test(stderr), stderr)
    while (await this.#isUnderWay()) await sleep(100)
    assert.ok((await this.counted('ListenOverflows')) > before, 'the queue was never full')
  }

  /**
   * Whether handshakes have not ended, or clients that are gone still say so to a queue that was full: each such packet may find
   * it full again.
   */
  async #isUnderWay(): Promise<boolean> {
    const { stdout } = await this.#beside('cat', '/proc/net/tcp')
    return stdout
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/ +/))
      .some(([, local = '', remote = '', state = '']) => {
        const isOurs = [local, remote].some((end) => end.endsWith(PORT_IN_HEX))
        return isOurs && UNDER_WAY.has(state)
      })
  }

  #beside(...command: string[]): ReturnType<typeof runProgram> {
    return runProgram(['nsenter', '-t', String(this.pid), '-n', ...command])
  }
}
