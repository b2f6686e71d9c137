import { validateSync } from 'class-validator';
import { plainToInstance } from 'class-transformer';
import fc from 'fast-check';
import { accepts } from './accepts.js';
import { CHECKING } from './checking.js';
import {
  Code,
  Day,
  EachOneOf,
  Flag,
  NhsNumberField,
  OneOf,
  Optional,
  Part,
  Parts,
  Postcode,
  Text,
  TextList,
  WholeNumber,
} from './fields.js';

class Of {
  @Text(5) name: string;
  @Optional() @Day() on?: string | null;
}

class Form {
  @Text(5) text: string;
  @OneOf(['a', 'b']) word: string;
  @Part(() => Of) part: Of;
  @Optional() @Parts(() => Of, 2) parts?: Of[] | null;
  @Optional() @EachOneOf(['a', 'b']) words?: string[] | null;
  @Optional() @TextList(2, 5) texts?: string[] | null;
  @Optional() @Flag() flag?: boolean | null;
  @Optional() @WholeNumber(1, 3) number?: number | null;
  @Optional() @NhsNumberField() nhsNumber?: string | null;
  @Optional() @Postcode() postcode?: string | null;
  @Optional() @Code(/^E\d$/, 'a code') code?: string | null;
}

class Bare {}

const good = {
  text: 'x',
  word: 'a',
  part: { name: 'n', on: '2026-01-05' },
  parts: [{ name: 'm' }],
  words: ['a', 'b'],
  texts: ['t'],
  flag: true,
  number: 2,
  nhsNumber: '9990000018',
  postcode: 'nn171qg',
  code: 'E1',
};

const findsNothing = (instance: object): boolean => validateSync(instance, CHECKING).length === 0;

it('accepts what nothing is wrong with', () => {
  expect(accepts(plainToInstance(Form, good))).toBe(true);
});

it('is not certain of a class that says nothing of its fields', () => {
  expect(accepts(plainToInstance(Bare, {}))).toBe(false);
});

it('accepts exactly what class-validator finds nothing wrong with', () => {
  const odd = fc.oneof(
    fc.constantFrom(undefined, null, '', 'x', 'a', 'b', 'too long', '2026-01-05', '2026-02-30', 'E1', 0, 1, 4, 1.5, true, NaN),
    fc.constantFrom<unknown>([], ['a'], ['x'], [null], [undefined], {}, { name: 'n' }, [{ name: 'n' }], [{ name: 'too long' }], [[]]),
    fc.constantFrom<unknown>(
      { name: 'n', on: 'never' },
      { name: 'n', other: 1 },
      ['a', 'a', 'a'],
      [{ name: 'n' }, { name: 'n' }, { name: 'n' }],
    ),
    fc.anything({ maxDepth: 2 }),
  );
  const forms = fc
    .dictionary(fc.constantFrom(...Object.keys(good), 'another', 'constructor'), odd, { maxKeys: 4 })
    .map((told) => ({ ...good, ...told }));
  let [accepted, refused] = [0, 0];
  fc.assert(
    fc.property(forms, (told) => {
      const form = plainToInstance(Form, told);
      const expected = findsNothing(form);
      if (expected) accepted++;
      else refused++;
      expect(accepts(form)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(100);
});
