// A bare `npx opensnoop`, as somebody types it who has nothing but Node.js: from a registry, on a clean Debian.
import { assert, suite } from '../../core/testing/suite.js'
import { packageVersion } from '../../core/root.js'
import { toolNames } from '../../core/umbrella/tools.js'
import { environment, inGuest, mountsFor, prepareCleanRoot } from './clean-root.js'
import { publishAll, registryUrl, serve } from './registry.js'

const NODE = 24

suite('registry', (test) => {
  test('npx --yes opensnoop -d 2', async () => {
    await publishAll()
    const { folder } = prepareCleanRoot('trixie')
    const inRoot = ['chroot', folder, ...environment(NODE), `npm_config_registry=${registryUrl}`].join(' ')
    const said = await inGuest(
      '6.1',
      `${mountsFor(folder)}
       ${serve().join(' ')} >&2 &
       until (exec 3<>/dev/tcp/${registryUrl.replace('http://', '').replace(':', '/')}) 2>/dev/null; do sleep 0.2; done
       while sleep 0.2; do cat /etc/debian_version; done >/dev/null &
       ${inRoot} npx --yes opensnoop -d 2
       for tool in ${toolNames().join(' ')}; do ${inRoot} npx --yes $tool --version; done`,
    )
    assert.match(said, /^PID +COMM/m)
    assert.match(said, /^\d+ +cat .* \/etc\/debian_version$/m)
    assert.equal(said.trim().split('\n').slice(-toolNames().length), toolNames().map(packageVersion))
  })
})
