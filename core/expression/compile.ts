// From an expression's tree to a function of a row, over the columns of a tool.
import type { RowContext } from '../show/context.js'
import type { Cell, Columns } from '../tool.js'
import { valueOf } from '../show/row.js'
import { type Comparison, type Expression, type Literal, type Operand, parseExpression } from './parse.js'
import { describeUnknownField } from '../show/unknown-field.js'

/** Whether a row meets the condition. */
export type Condition = (row: object) => boolean

type Read = (row: object) => Cell

/**
 * Compiles a condition on the fields of a tool, which are its columns. Throws a TypeError that says what is accepted: on a
 * text that is no expression, a field that does not exist, a regular expression that is none.
 *
 * A number is compared with numbers, a text with what the field is as text; a null field equals null alone; of a
 * list all words count, joined by spaces.
 */
export function compileCondition(text: string, columns: Columns, context: RowContext): Condition {
  return conditionOf(parseExpression(text), columns, context)
}

function conditionOf(tree: Expression, columns: Columns, context: RowContext): Condition {
  switch (tree.is) {
    case 'and':
    case 'or': {
      const [left, right] = [tree.left, tree.right].map((side) => conditionOf(side, columns, context)) as [
        Condition,
        Condition,
      ]
      return tree.is === 'and' ? (row) => left(row) && right(row) : (row) => left(row) || right(row)
    }
    case 'not': {
      const inner = conditionOf(tree.of, columns, context)
      return (row) => !inner(row)
    }
    case 'true': {
      const read = fieldOf(tree.word, columns, context)
      return (row) => Boolean(read(row))
    }
    case 'compare':
      return comparisonOf(tree.operator, tree.left, tree.right, columns, context)
  }
}

function comparisonOf(
  operator: Comparison,
  left: Operand,
  right: Operand,
  columns: Columns,
  context: RowContext,
): Condition {
  if (!('word' in left)) throw new TypeError('a field comes on the left of a comparison')
  const field = fieldOf(left.word, columns, context)
  if (operator === '~' || operator === '!~') {
    const pattern = regexOf(right)
    const wanted = operator === '~'
    return (row) => {
      const value = field(row)
      return (value !== null && pattern.test(textOf(value))) === wanted
    }
  }
  if ('word' in right && right.word in columns) {
    const other = fieldOf(right.word, columns, context)
    return (row) => compare(operator, field(row), literalOf(other(row)))
  }
  const literal = 'word' in right ? right.word : right.literal
  return (row) => compare(operator, field(row), literal)
}

function compare(operator: Comparison, value: Cell, wanted: Literal): boolean {
  const same = isSame(value, wanted)
  if (operator === '==') return same
  if (operator === '!=') return !same
  if (value === null || wanted === null) return false
  const [a, b] =
    typeof wanted === 'number' || isNumber(value)
      ? [Number(value), Number(wanted)]
      : [textOf(value), String(wanted)]
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    default:
      return a >= b
  }
}

function isSame(value: Cell, wanted: Literal): boolean {
  if (value === null || wanted === null) return value === wanted
  return typeof wanted === 'number' ? Number(value) === wanted : textOf(value) === String(wanted)
}

function isNumber(value: Cell): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

function literalOf(value: Cell): Literal {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'object' && value !== null ? textOf(value) : value
}

function textOf(value: Cell): string {
  return Array.isArray(value) ? value.join(' ') : String(value)
}

function regexOf(right: Operand): RegExp {
  const source = String('word' in right ? right.word : right.literal)
  try {
    return new RegExp(source, 'u')
  } catch (error) {
    throw new TypeError(`${JSON.stringify(source)} is no regular expression`, { cause: error })
  }
}

function fieldOf(word: string, columns: Columns, context: RowContext): Read {
  const column = Object.hasOwn(columns, word) ? columns[word] : undefined
  if (column === undefined) throw new TypeError(describeUnknownField(word, columns, JSON.stringify(word)))
  return valueOf(word, column, context)
}
