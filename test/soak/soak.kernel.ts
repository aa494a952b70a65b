// npm run soak, for about two minutes with its start and its end.
import { assert, suite } from '../../core/testing/suite.js'
import { formatReport } from './report.js'
import { soak } from './soak.js'

/** To start and to end what lives through all of it takes as long again on an emulated machine. */
const SECONDS = 40
/** With it the first lives in the four lanes meet with four different faults. */
const SEED = 168

suite('soak', (test) => {
  test('heavy load and faults: exact counts, bounded memory, and nothing left in the kernel', async () => {
    const report = await soak({ seconds: SECONDS, seed: SEED })
    assert.equal(report.breaches, [], formatReport(report))
    assert.ok(report.offline > 0 && report.pestered > 0)
    for (const { tool, made } of report.tools) assert.ok(made > 0, tool)
    // A slow machine has time for one in each lane.
    const lived = report.tools.flatMap(({ lives }) => Object.values(lives))
    assert.ok(lived.length >= 4, formatReport(report))
  })
})
