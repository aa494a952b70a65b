// A recording whose writer was killed, on a real kernel: all that was shown is in it, for anybody who may read the file.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { assert, suite } from '../testing/suite.js'
import { parseRows, runTool, startTool } from '../testing/tool.js'
import { holdWorkload, quickFile } from '../testing/workload.js'

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
const OPENS = 1009

suite('recordings', (test) => {
  test('kill -9, then a replay by nobody: the rows that were shown, and a word that there may be more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crash-'))
    const file = join(folder, 'recording')
    try {
      const load = await holdWorkload('opens', [String(OPENS), quickFile()], { uid: 4242 })
      const tool = await startTool('opensnoop', ['--json', '-u', '4242', '--record', file])
      await load.run()
      while (tool.stdout.split('\n').length <= OPENS) await once(tool.child.stdout as Readable, 'data')
      const shown = (await tool.stop('SIGKILL')).stdout
      assert.is(parseRows(shown).length, OPENS)
      chmodSync(folder, 0o755)
      const replay = (): ReturnType<typeof runTool> =>
        runTool('opensnoop', ['--replay', file, '--json'], { before: NOBODY })
      const refused = await replay()
      assert.is(refused.status, 2)
      assert.is(refused.stderr, `opensnoop: --replay: cannot open "${file}": EACCES\n`)
      chmodSync(file, 0o644)
      const { status, stdout, stderr } = await replay()
      assert.is(status, 0)
      assert.is(stdout, shown)
      assert.match(stderr, /was not ended: what came after .* is not known/)
      assert.match(stderr, /^opensnoop: 1009 events, an unknown number lost$/m)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
