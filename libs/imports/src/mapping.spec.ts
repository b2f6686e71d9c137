import { readMapping } from './mapping.js';

const refused = (text: string): string => {
  try {
    readMapping(text);
  } catch (error) {
    return (error as Error).message.replace('The mapping cannot be used: ', '');
  }
  return 'taken';
};

describe('a mapping that cannot be used', () => {
  it.each([
    ['brackets never closed', 'columns: {A: source_id', /^line 1, column \d+: .*must .*end with a }/],
    ['a tab', 'columns:\n\tA: source_id', /^line 2, column 1: Tabs are not allowed as indentation$/],
    ['a key twice', 'columns:\n  A: need\n  A: source_id', /^line 3, column 3: A is there twice$/],
    ['an anchor', 'columns: &x\n  A: need\nvalues: *x', /^line \d, column \d+: anchors/],
    ['an anchor nobody uses', 'columns: {A: &x need}', /^line 1, column \d+: anchors/],
    ['a tag', 'columns: !!js/function "secret"', /^line 1, column 10: a tag \(!\) is not known here$/],
    ['a tag of a value', 'columns: {A: !secret need}', /^line 1, column 14: a tag/],
    ['two documents', 'layout: events\n---\nlayout: events', /^line 2, column 1: a second document/],
    ['a key that is a list', 'columns: {? [A] : need}', /^line 1, column 13: a key must be a word$/],
    ['a zero byte', 'columns: {"A\0": need}', /^line 1, column 13: a character/],
    ['comments only', '# columns: none yet\n', /^it is empty$/],
    ['a word', 'columns', /^it must be a list of layout, columns/],
    ['an unknown part', 'colums: {}', /^colums: not known/],
  ])('%s: says where, and what', (_, text, message) => {
    expect(refused(text)).toMatch(message);
  });

  it.each(['[', '[a,', '{a: ', '- ', '? ', '- ? ', '[\n', '{? '])('of many %j in one another is refused by its depth', (opening) => {
    expect(refused(opening.repeat(20_000))).toMatch(/^line \d+, column \d+: more than 8 levels/);
  });

  it('prints nothing of it to the log of the process', () => {
    const warned: unknown[] = [];
    const keep = (warning: unknown): void => void warned.push(warning);
    const { emitWarning } = process;
    process.emitWarning = keep;
    try {
      refused('columns: !!js/function "secret"');
    } finally {
      process.emitWarning = emitWarning;
    }
    expect(warned).toEqual([]);
  });
});

describe('a mapping', () => {
  it('may have words that look like something else, and thousands of them', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `  c${i}: need`).join('\n');
    expect(Object.keys(readMapping(`columns:\n${many}`).columns)).toHaveLength(5_000);
    const found = readMapping('columns: {1: need, "-": source_id, "[[[[[[[[[[": priority}\nvalues: {priority: {1: routine, yes: urgent}}');
    expect(found.columns).toEqual({ 1: 'need', '-': 'source_id', '[[[[[[[[[[': 'priority' });
    expect(found.values['priority']).toEqual({ 1: 'routine', yes: 'urgent' });
  });

  it('has only the names that are in it', () => {
    const { columns, values } = readMapping('columns: {__proto__: need}\nvalues: {need: {a: b}}');
    expect(Object.keys(columns)).toEqual(['__proto__']);
    expect([columns['constructor'], values['toString'], values['need']?.['constructor']]).toEqual([undefined, undefined, undefined]);
    expect(readMapping(null).columns['constructor']).toBeUndefined();
  });
});
