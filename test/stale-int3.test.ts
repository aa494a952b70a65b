import { assert, suite } from '../core/testing/suite.js'
import { isStaleInt3 } from './stale-int3.js'

const oops = (what: string, byte: string): string =>
  [
    `[  196.545333] Oops: ${what}: 0000 [#1] SMP NOPTI`,
    '[  196.545696] CPU: 0 UID: 0 PID: 0 Comm: swapper/0 Not tainted 7.2.13+deb14-amd64 #1 PREEMPT(lazy)',
    '[  196.545893] RIP: 0010:__schedule+0x2a7/0x1070',
    `[  196.546104] Code: 44 24 40 01 27 05 00 00 ${byte} <0f> 06 00 00 49 8b 44 24 20 49 39 c5 74 4f`,
    '[  196.547610] Kernel panic - not syncing: Fatal exception in interrupt',
  ].join('\r\n')

suite('guests that QEMU lets die', (test) => {
  test('an int3 that is not there', () => assert.ok(isStaleInt3(oops('int3', 'e9'))))
  test('an int3 that is there is the kernel’s', () => assert.not.ok(isStaleInt3(oops('int3', 'cc'))))
  test('any other end is the kernel’s', () => {
    assert.not.ok(isStaleInt3(oops('invalid opcode', 'e9')))
    assert.not.ok(isStaleInt3('Kernel panic - not syncing: hung_task'))
    assert.not.ok(isStaleInt3(''))
  })
})
