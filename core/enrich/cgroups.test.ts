import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { assert, suite } from '../testing/suite.js'
import { parseCgroup } from './cgroups.js'
import { homeHierarchy, parseHierarchies } from './hierarchies.js'

const ROOT = '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw'
const V2 = '25 22 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate'
const UNIFIED = '26 25 0:23 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw'
const MEMORY = '31 25 0:27 / /sys/fs/cgroup/memory rw,nosuid shared:7 - cgroup cgroup rw,memory'
const CPU = '32 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct'
const SYSTEMD = '33 25 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd'
const OWN = '12:memory:/\n3:cpu,cpuacct:/\n1:name=systemd:/user.slice\n0::/user.slice\n'

suite('cgroups', (test) => {
  const machines: [name: string, mounts: string[], home: string | undefined, numbers: number[]][] = [
    ['v2 alone', [ROOT, V2], '/sys/fs/cgroup', [0]],
    ['hybrid', [ROOT, MEMORY, CPU, SYSTEMD, UNIFIED], '/sys/fs/cgroup/systemd', [12, 3, 1, 0]],
    ['v1 without systemd', [ROOT, CPU, MEMORY], '/sys/fs/cgroup/memory', [3, 12]],
    ['v1 beside v2', [ROOT, V2, MEMORY], '/sys/fs/cgroup', [0, 12]],
    ['none', [ROOT, '26 25 0:23 / /mnt/cgroup2 rw - tmpfs cgroup2 rw'], undefined, []],
  ]
  for (const [name, mounts, home, numbers] of machines) {
    test(`hierarchies: ${name}`, () => {
      const found = parseHierarchies([...mounts, ''].join('\n'), OWN)
      assert.equal(
        found.map(({ number }) => number),
        numbers,
      )
      assert.is(homeHierarchy(found)?.mount, home)
    })
  }

  test('hierarchies: an escaped path, optional fields, and the whole rather than a part', () => {
    const part = '40 25 0:22 /docker /mnt rw - cgroup2 none rw'
    const whole = '41 25 0:22 / /mnt/a\\040b rw master:1 propagate_from:2 - cgroup2 none rw'
    const [found] = parseHierarchies([part, whole].join('\n'), OWN)
    assert.is(found?.mount, '/mnt/a b')
    assert.is(found?.device, '0:22')
  })

  test('what is no cgroup', () => {
    const folder = mkdtempSync(`${tmpdir()}/cgroups-`)
    try {
      writeFileSync(`${folder}/cgroup.procs`, '')
      for (const word of ['', folder, `${folder}/cgroup.procs`, `${folder}/missing`, 'no/such', 'a\nb'])
        assert.throws(
          () => parseCgroup(word),
          (error: Error) => error.message.startsWith('a cgroup'),
        )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
