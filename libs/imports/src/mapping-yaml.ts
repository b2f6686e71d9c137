import { isAlias, isMap, isScalar, isSeq, Lexer, parseDocument, type Node } from 'yaml';

/** What is wrong in a text of YAML: where, and in words. */
export class YamlError extends Error {}

/** A mapping is a map of maps of maps of words. */
const DEEPEST = 8;
/** Lexemes that open a level: of a list or a map in brackets, and of a list or a key within one line. */
const [OPEN, CLOSE, WITHIN_LINE] = [new Set(['[', '{']), new Set([']', '}']), new Set(['-', '?'])];
/** The lexer says by it that the next lexeme is a plain value, whatever it looks like. */
const PLAIN = '\u001f';

/**
 * Reads YAML of which every leaf is text. Objects have no prototype, so that no name in a file finds anything in one. Anchors and tags are
 * refused, and what a hostile text could be slow by: depth is bounded before it is parsed, and doubled keys are looked for here.
 * @throws YamlError with line and column
 */
export function parseYaml(text: string): unknown {
  const at = (offset: number, what: string): YamlError => {
    const before = text.slice(0, offset).split('\n');
    return new YamlError(`line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${what}`);
  };
  const deep = tooDeepAt(text);
  if (deep !== null) throw at(deep, `more than ${DEEPEST} levels in one another`);
  const zero = text.indexOf('\0');
  if (zero >= 0) throw at(zero, 'a character that no text has');
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'error', prettyErrors: false, uniqueKeys: false });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw at(problem.pos[0], WORDS[problem.code] ?? problem.message);
  return valueOf(document.contents, at);
}

/** Where the library's words do not say what to do. */
const WORDS: Readonly<Record<string, string>> = {
  TAG_RESOLVE_FAILED: 'a tag (!) is not known here',
  MULTIPLE_DOCS: 'a second document begins (---)',
};

function valueOf(node: Node | null, at: (offset: number, what: string) => YamlError): unknown {
  if (node === null) return null;
  const where = node.range?.[0] ?? 0;
  if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) throw at(where, 'anchors (& and *) are not known here');
  if (node.tag?.startsWith('!')) throw at(where, 'a tag (!) is not known here');
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => valueOf(item as Node | null, at));
  if (!isMap(node)) return null;
  const found = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of node.items) {
    const place = (key as Node | null)?.range?.[0] ?? where;
    const name = valueOf(key as Node | null, at);
    if (typeof name !== 'string') throw at(place, 'a key must be a word');
    if (name in found) throw at(place, `${name.slice(0, 60)} is there twice`);
    found[name] = valueOf(value as Node | null, at);
  }
  return found;
}

function tooDeepAt(text: string): number | null {
  let [offset, depth, inLine, isPlain] = [0, 0, 0, false];
  for (const lexeme of new Lexer().lex(text)) {
    if (!isPlain) {
      if (OPEN.has(lexeme)) depth++;
      else if (CLOSE.has(lexeme)) depth--;
      else if (WITHIN_LINE.has(lexeme)) inLine++;
      else if (lexeme.includes('\n')) inLine = 0;
      if (depth + inLine > DEEPEST) return offset;
    }
    isPlain = lexeme === PLAIN;
    // Marks of the lexer itself stand for no character of the text.
    if (!/^[\u0002\u0018\u001f]$/.test(lexeme) || text[offset] === lexeme) offset += lexeme.length;
  }
  return null;
}
