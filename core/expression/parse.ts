// Expressions such as `err != 0 and comm ~ "^ngi"`: from text to a tree, by jsep, with our operators and no others.
import jsep from 'jsep'

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~'

export type Literal = string | number | boolean | null

/** A word may be a field's name or, on the right of a comparison, a text without quotes. */
export type Operand = { word: string } | { literal: Literal }

export type Expression =
  | { is: 'and' | 'or'; left: Expression; right: Expression }
  | { is: 'not'; of: Expression }
  | { is: 'compare'; operator: Comparison; left: Operand; right: Operand }
  | { is: 'true'; word: string }

const comparisons = ['==', '!=', '<', '<=', '>', '>=', '~', '!~'] as const
const junctions: Record<string, 'and' | 'or'> = { and: 'and', '&&': 'and', or: 'or', '||': 'or' }

/** Each is a call within a call when it is read, compiled and asked; terms of `and` and `or` in a row are levels too. */
const MOST_LEVELS = 500
const TOO_DEEP = `more than ${MOST_LEVELS} conditions in one another or in a row`

jsep.removeAllBinaryOps()
jsep.removeAllUnaryOps()
for (const operator of ['or', '||']) jsep.addBinaryOp(operator, 1)
for (const operator of ['and', '&&']) jsep.addBinaryOp(operator, 2)
for (const operator of comparisons) jsep.addBinaryOp(operator, 4)
for (const operator of ['not', '!', '-']) jsep.addUnaryOp(operator)

/** Throws a TypeError that says what is wrong, and where. */
export function parseExpression(text: string): Expression {
  let tree: jsep.Expression
  try {
    tree = jsep(text)
  } catch (error) {
    if (error instanceof RangeError) throw new TypeError(TOO_DEEP, { cause: error })
    throw new TypeError(error instanceof Error ? error.message.toLowerCase() : String(error), {
      cause: error,
    })
  }
  return expressionOf(tree, MOST_LEVELS)
}

/** `left`: so many levels may follow. */
function expressionOf(node: jsep.Expression, left: number): Expression {
  if (left === 0) throw new TypeError(TOO_DEEP)
  const inner = (part: jsep.Expression): Expression => expressionOf(part, left - 1)
  switch (node.type) {
    case 'BinaryExpression': {
      const { operator, left: first, right } = node as jsep.BinaryExpression
      const junction = junctions[operator]
      if (junction !== undefined) return { is: junction, left: inner(first), right: inner(right) }
      // jsep binds `not` to the field alone; what is meant is the whole comparison.
      if (first.type === 'UnaryExpression' && (first as jsep.UnaryExpression).operator !== '-')
        return { is: 'not', of: inner({ ...node, left: (first as jsep.UnaryExpression).argument }) }
      return {
        is: 'compare',
        operator: operator as Comparison,
        left: operandOf(first),
        right: operandOf(right),
      }
    }
    case 'UnaryExpression': {
      const { operator, argument } = node as jsep.UnaryExpression
      if (operator === '-') break
      return { is: 'not', of: inner(argument) }
    }
    case 'Identifier':
      return { is: 'true', word: (node as jsep.Identifier).name }
  }
  throw new TypeError(`${describe(node)} is no condition`)
}

function operandOf(node: jsep.Expression): Operand {
  if (node.type === 'Identifier') return { word: (node as jsep.Identifier).name }
  if (node.type === 'Literal') return { literal: (node as jsep.Literal).value as Literal }
  if (node.type === 'UnaryExpression') {
    const { operator, argument } = node as jsep.UnaryExpression
    const { value } = argument as jsep.Literal
    if (operator === '-' && typeof value === 'number') return { literal: -value }
  }
  throw new TypeError(`${describe(node)} cannot be compared`)
}

/** What a person would call it. */
function describe(node: jsep.Expression): string {
  switch (node.type) {
    case 'Literal':
      return String((node as jsep.Literal).raw)
    case 'Compound':
      return (node as jsep.Compound).body.length === 0
        ? 'nothing'
        : 'two things without an operator between them'
    case 'MemberExpression':
      return 'a name with a dot or bracket'
    case 'CallExpression':
      return 'a call'
    default:
      return 'this'
  }
}
