import { parseCommandLine } from '../../core/cli/parse.js'
import { renderReports } from '../../core/testing/replay.js'
import { assert, suite } from '../../core/testing/suite.js'
import { answer, type Finding } from './answer.js'
import { tcpsynbl } from './tcpsynbl.js'

/** Of a queue that is so long: as many slots as HIST_POWERS makes of 24 powers of two. */
const slots = (...lengths: readonly number[]): number[] =>
  Array.from({ length: (24 - 3 + 1) * 8 }, (_, slot) => lengths.filter((length) => length === slot).length)

const key = { sock: 4096n, inode: 4_000_000_001 }

const redis = {
  address: [127, 0, 0, 1],
  family: 'ipv4',
  lport: 6379,
  netns: 4026532177,
  seen: 5,
  overflowsAtAck: 40,
  overflowsAtSyn: 95,
  drops: 136,
  socketDrops: 176,
  queue: 5,
  limit: 4,
  somaxconn: 4,
  asked: 511,
  knowsAsked: true,
  synQueueFull: 1,
  cookies: 2,
  opener: 411,
  openerComm: 'redis-server',
}

const web = {
  address: [...Array<number>(15).fill(0), 1],
  family: 'ipv6',
  lport: 443,
  seen: 7,
  queue: 0,
  limit: 511,
  somaxconn: 4096,
  asked: 3,
}

const values = { sum: 10, slots: slots(0, 1, 2, 3, 4) }
const reports = [
  {
    listeners: [
      { key, value: redis },
      { key: { ...key, inode: 4_000_000_002 }, value: web },
    ],
    queues: [{ key, value: values, min: 0, max: 4 }],
  },
]

suite('tcpsynbl', (test) => {
  test('the histogram, by limit', () => {
    const { last } = renderReports(tcpsynbl, [
      { limits: [{ key: { limit: 500 }, value: { sum: 3, slots: slots(0, 0, 3) }, min: 0, max: 3 }] },
    ])
    assert.match(last, /^backlog_max = 500\n {5}backlog {13}: count {5}distribution\n/m)
    assert.match(last, /^ {9}0 -> 0 {10}: 2 {8}\|\*{40}\|$/m)
    assert.match(last, /^ {9}2 -> 3 {10}: 1 {8}\|\*{20} {20}\|$/m)
  })

  test('the table', () => {
    const { last, seen } = renderReports(tcpsynbl, reports, { sockets: true })
    assert.is(seen, 12)
    assert.equal(last.split('\n').slice(0, 3), [
      'PID     COMM         LADDR:LPORT        SEEN  ACK   SYN QUEUE   MAX LIMIT ASKED',
      '411     redis-server 127.0.0.1:6379        5   40    95     5     5     4   511',
      '-       -            [::1]:443             7    0     0     0     0   511     -',
    ])
  })

  test('JSON: each interval, and the whole span', () => {
    const more = [
      {
        listeners: [{ key, value: { ...redis, seen: 6, overflowsAtSyn: 97, drops: 138, socketDrops: 179 } }],
      },
    ]
    const { reports: first, last } = renderReports(tcpsynbl, [...reports, ...more], {
      sockets: true,
      json: true,
    })
    const row = JSON.parse(first[0]?.split('\n')[0] ?? '') as Record<string, unknown>
    assert.equal(row, {
      time: '1970-01-01T00:00:01.000Z',
      pid: 411,
      comm: 'redis-server',
      container: row['container'],
      netns: 4026532177,
      family: 'ipv4',
      laddr: '127.0.0.1',
      lport: 6379,
      seen: 5,
      overflowsAtAck: 40,
      overflowsAtSyn: 95,
      overflows: 135,
      drops: 136,
      socketDrops: 176,
      queue: 5,
      queueMax: 5,
      limit: 4,
      asked: 511,
      somaxconn: 4,
      synQueueFull: 1,
      cookies: 2,
      buckets: [
        [0, 0, 1],
        [1, 1, 1],
        [2, 3, 2],
        [4, 7, 1],
      ],
    })
    const lines = last.split('\n').filter(Boolean)
    const [part, total] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.equal([part?.['seen'], part?.['overflows'], part?.['drops'], part?.['socketDrops']], [1, 2, 2, 3])
    assert.is(part?.['total'], undefined)
    assert.equal([total?.['seen'], total?.['overflows'], total?.['total']], [6, 137, true])
  })

  test('the answer', () => {
    const { answer: said } = renderReports(tcpsynbl, reports, { sockets: true })
    assert.equal(said, [
      'redis-server (pid 411) 127.0.0.1:6379 was full 135 times in 1.0 s: queue 5 of 4; it asked for 511, net.core.somaxconn here is 4: raise somaxconn in its network namespace, and restart it',
      'redis-server (pid 411) 127.0.0.1:6379 dropped 1 SYN or ACK for other reasons; its SYN queue was full once',
    ])
  })

  test('-4, -6 and -P reach the kernel side', async () => {
    const constants = async (...words: string[]): Promise<unknown[]> => {
      const request = await parseCommandLine(tcpsynbl, words, '')
      const options = 'run' in request ? request.run : {}
      return ['skip_ipv4', 'skip_ipv6', 'only_lports'].map((name) =>
        tcpsynbl.rodata[name]?.(options as unknown as Record<string, unknown>),
      )
    }
    assert.equal(await constants(), [false, false, []])
    assert.equal(await constants('-4'), [false, true, []])
    assert.equal(await constants('-6'), [true, false, []])
    assert.equal(await constants('-4', '-6', '-P', '80,443'), [false, false, [80, 443]])
  })
})

suite('which limit to raise', (test) => {
  const finding: Finding = {
    comm: 'mongod',
    pid: 7,
    laddr: '0.0.0.0',
    lport: 27017,
    overflows: 1,
    drops: 1,
    synQueueFull: 0,
    queueMax: 129,
    limit: 128,
    asked: null,
    somaxconn: 4096,
  }
  const advice = (change: Partial<Finding>): string =>
    answer([{ ...finding, ...change }], 60)[0]?.split('; ')[1] ?? ''

  for (const [what, change, expected] of [
    [
      'the program’s',
      { asked: 128 },
      /^it asked for 128, net.core.somaxconn here is 4096: raise the program's backlog/,
    ],
    ['somaxconn', { asked: 511, somaxconn: 128 }, /somaxconn here is 128: raise somaxconn/],
    ['both', { asked: 128, somaxconn: 128 }, /: raise both/],
    [
      'as much as there is',
      { asked: -1, somaxconn: 128 },
      /^it asked for as much as there is \(-1\), .*raise somaxconn/,
    ],
    ['neither: raised already', { asked: 511 }, /somaxconn here is 4096 by now: restart it/],
    [
      'not seen, less than somaxconn',
      {},
      /^what it asked listen\(2\) for was not seen, .*raise the program's backlog/,
    ],
    [
      'not seen, somaxconn',
      { somaxconn: 128 },
      /^what it asked listen\(2\) for was not seen, .*raise somaxconn/,
    ],
  ] as const)
    test(what, () => assert.match(advice(change), expected))

  test('nothing was full', () => {
    assert.equal(answer([{ ...finding, overflows: 0, drops: 0 }], 60), ['no accept queue was full in 60 s'])
  })

  test('the worst five, and how many more', () => {
    const many = Array.from({ length: 7 }, (_, index) => ({
      ...finding,
      lport: index,
      overflows: index + 1,
      drops: index + 1,
    }))
    const said = answer(many, 60)
    assert.is(said.length, 6)
    assert.match(said[0] ?? '', ':6 was full 7 times')
    assert.is(said[5], '2 more were full 3 times')
  })

  test('nobody has it open', () => {
    assert.match(
      answer([{ ...finding, pid: null, comm: null }], 60)[0] ?? '',
      /^a socket that nobody has open 0\.0/,
    )
  })
})
