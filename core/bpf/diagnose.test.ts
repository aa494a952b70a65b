import { assert, suite } from '../testing/suite.js'
import { explainFailure, type Failed } from './diagnose.js'
import type { Facts } from './facts.js'

const healthy: Facts = {
  release: '6.1.0',
  capabilities: 0x1ffffffffffn,
  inUserNamespace: false,
  hasBtf: true,
  hasRingBuffer: true,
  hasTracefs: true,
  isTracefsClosed: false,
  perfParanoia: 2,
  chargesMemlock: false,
  ftraceIsOff: false,
  lockdown: 'none',
  refusesKernelReads: false,
  isFiltered: false,
}
const failed: Failed = { message: 'cannot load x', step: 'load', errno: 13, isMapRefused: false }
const explain = (facts: Partial<Facts>, failure: Partial<Failed> = {}): string =>
  explainFailure({ ...failed, ...failure }, { ...healthy, ...facts }, 'sudo node x').message

suite('diagnose', (test) => {
  test('each cause gets its own words, proof and remedy', () => {
    assert.match(
      explain({ capabilities: 0n }),
      /CAP_BPF and CAP_PERFMON, .*CapEff .* 0000000000000000.*run: sudo node x/,
    )
    assert.match(explain({ capabilities: 1n << 39n }), /or CAP_PERFMON, which/)
    assert.match(explain({ inUserNamespace: true }), /user namespace/)
    assert.match(
      explain({ hasBtf: false }),
      /Linux 6.1.0 shows no type information .*vmlinux.*CONFIG_DEBUG_INFO_BTF/,
    )
    assert.match(
      explain({ hasRingBuffer: false, release: '5.4.0' }),
      /Linux 5.4.0 has no BPF ring buffers .*5\.8/,
    )
    assert.match(
      explain({ lockdown: 'confidentiality' }),
      /lockdown mode confidentiality \(see .*lockdown=integrity/,
    )
    assert.match(
      explain({ lockdown: undefined, refusesKernelReads: true }),
      /lockdown mode confidentiality \(it refuses/,
    )
    assert.match(explain({ isFiltered: true }, { errno: 1 }), /seccomp filter/)
    assert.match(explain({ hasTracefs: false }, { step: 'attach', errno: 2 }), /mount -t tracefs/)
    assert.match(
      explain({ ftraceIsOff: true }, { step: 'attach', errno: 16 }),
      /ftrace_enabled is 0.*sysctl -w kernel.ftrace_enabled=1/,
    )
    assert.match(explain({}, { errno: 12, isMapRefused: true }), /RLIMIT_MEMLOCK.*ulimit -l/)
    assert.match(explain({ chargesMemlock: true }, { errno: 1 }), /RLIMIT_MEMLOCK.*CAP_SYS_RESOURCE/)
    assert.match(
      explain({ perfParanoia: 3, capabilities: (1n << 39n) | (1n << 38n) }, { step: 'attach' }),
      /take CAP_SYS_ADMIN here .*paranoid is 3.*run: sysctl .*=2; or: sudo node x/,
    )
    assert.match(
      explain({ hasTracefs: false, isTracefsClosed: true }, { step: 'attach' }),
      /takes CAP_DAC_READ_SEARCH.*run: sudo node x/,
    )
  })

  test('CAP_BPF and CAP_PERFMON are enough, and so is CAP_SYS_ADMIN', () => {
    for (const capabilities of [(1n << 39n) | (1n << 38n), 1n << 21n])
      assert.not.match(explain({ capabilities }), /CAP_/)
  })

  test('an unknown cause: what was attempted, and the errno by name', () => {
    assert.match(explain({}), /cannot load x: EACCES \(permission denied\) on Linux 6.1.0; --verbose/)
  })
})
