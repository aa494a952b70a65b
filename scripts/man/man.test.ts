// The pages: what the formatters say of them, and what a reader sees.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, suite } from '../../core/testing/suite.js'
import { optionsOf, flagOf } from '../../core/cli/catalog.js'
import { loadDeclaration, proseOf, toolFolders } from '../declarations.js'
import { markdownToRoff } from './markdown.js'
import { renderPage } from './page.js'
import { renderUmbrellaPage } from './umbrella.js'

const edition = { version: '1.2.3', date: '2026-01-02' }
const tools = await Promise.all(toolFolders().map(loadDeclaration))
const pages = new Map([
  ['snoopkit', renderUmbrellaPage(tools, edition)],
  ...tools.map((tool): [string, string] => [
    tool.name,
    renderPage(tool, proseOf(tool.name), ['other'], edition),
  ]),
])

const folder = mkdtempSync(join(tmpdir(), 'man-'))
process.once('exit', () => rmSync(folder, { recursive: true }))

function fileOf(roff: string): string {
  const file = join(folder, 'page.1')
  writeFileSync(file, roff)
  return file
}

/** As man shows it, without bold and underlines. */
function shown(roff: string): string {
  const env = { ...process.env, MANWIDTH: '100', MANROFFOPT: '-c', MAN_KEEP_FORMATTING: '' }
  return execFileSync('man', ['-E', 'UTF-8', '-P', 'cat', '-l', fileOf(roff)], {
    encoding: 'utf8',
    env,
  })
}

suite('man pages', (test) => {
  for (const [name, roff] of pages) {
    test(`${name}: no formatter complains`, () => {
      const lint = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', fileOf(roff)], { encoding: 'utf8' })
      assert.is(lint.stdout + lint.stderr, '')
      const groff = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', fileOf(roff)], { encoding: 'utf8' })
      assert.is(groff.stderr, '')
      assert.is(groff.status, 0)
    })
  }

  for (const tool of tools) {
    test(`${tool.name}: all that the declaration says is there to be read`, () => {
      const text = shown(pages.get(tool.name) ?? '')
        .replaceAll(/‐\n\s*/g, '')
        .replaceAll(/\s+/g, ' ')
      for (const section of [
        'NAME',
        'SYNOPSIS',
        'DESCRIPTION',
        'OPTIONS',
        'EXAMPLES',
        'JSON',
        'EXIT STATUS',
        'SEE ALSO',
      ])
        assert.ok(text.includes(` ${section} `), section)
      for (const [name, option] of Object.entries(optionsOf(tool)))
        assert.ok(text.includes(flagOf(name, option)), name)
      for (const [args] of tool.examples) assert.ok(text.includes(`${tool.name} ${args}`.trim()), args)
      assert.ok(text.includes('snoopkit(1), other(1)'))
      assert.ok(text.includes('2026-01-02'))
    })
  }

  test('the umbrella names every tool and every symptom', () => {
    const text = shown(pages.get('snoopkit') ?? '').replaceAll(/\s+/g, ' ')
    for (const { name, symptoms } of tools) {
      assert.ok(text.includes(`${name}(1)`), name)
      for (const symptom of symptoms) assert.ok(text.includes(symptom), symptom)
    }
  })
})

suite('Markdown to roff', (test) => {
  const render = (markdown: string): string =>
    shown(['.TH X 1 2026-01-02', '.SH DESCRIPTION', ...markdownToRoff(markdown)].join('\n'))
      .split('\n')
      .slice(2, -2)
      .join('\n')

  test('what a formatter could take for its own comes out as it went in', () => {
    const hostile = '.so /etc/passwd\n\'br\n.\\" gone\n-x \\n \\(co ~^`'
    assert.ok(
      render(`    ${hostile.replaceAll('\n', '\n    ')}`).includes(hostile.replaceAll('\n', '\n           ')),
    )
    assert.match(render('.so /etc/passwd, ’…’ and \\fB'), /^ {7}\.so \/etc\/passwd, ’…’ and \\fB$/m)
  })

  test('headings, lists, tables, code and links', () => {
    const text = render(
      'Some `code -x`, *more*, a [link](https://x.y) and [another](README.md).\n\n## Part\n\n- one\n  and on\n- two\n\n| a | b |\n|---|---|\n| `k` | what \\| it is |',
    )
    for (const line of [
      'Some code -x, more, a link (https://x.y) and another.',
      '   Part',
      '• one and on',
      '• two',
    ])
      assert.ok(text.includes(line), `${line} in ${text}`)
    assert.match(text, /k +what \| it is/)
  })
})
