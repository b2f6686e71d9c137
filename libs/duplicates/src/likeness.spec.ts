import { likeness, WORTH_A_LOOK, type RecordedChild } from './likeness.js';

/** 'Asha Example 2016-05-04 NN17 1QG' as a record; a name of several parts is written with underscores. */
function recorded(text: string): RecordedChild {
  const [givenName = '', familyName = '', birthDate = '', ...postcode] = text.split(' ');
  return {
    givenName: givenName.replaceAll('_', ' '),
    familyName: familyName.replaceAll('_', ' '),
    birthDate,
    postcode: postcode.length > 0 ? postcode.join(' ') : null,
  };
}

const ASHA = 'Asha Example 2016-05-04 NN17 1QG';

describe('worked pairs', () => {
  it.each([
    // One child told twice.
    ['the same in everything', ASHA, ASHA, 100],
    ['no postcode in one', ASHA, 'Asha Example 2016-05-04', 85],
    ['the family moved', ASHA, 'Asha Example 2016-05-04 NN1 1AA', 85],
    ['accents and capitals', 'Zoë O’Example 2016-05-04', 'ZOE OEXAMPLE 2016-05-04', 85],
    ['day and month swapped', ASHA, 'Asha Example 2016-04-05 NN17 1QG', 88],
    ['one digit of the birth date', ASHA, 'Asha Example 2017-05-04 NN17 1QG', 82],
    ['a hyphen for a space', 'Asha Brown-Green 2016-05-04', 'Asha Brown_Green 2016-05-04', 85],
    ['one half of a double name', 'Asha Brown-Green 2016-05-04', 'Asha Green 2016-05-04', 81],
    ['given and family name swapped', 'Li Wei 2016-05-04', 'Wei Li 2016-05-04', 80],
    ['family name misspelt', 'Asha Robinson 2016-05-04', 'Asha Robbinson 2016-05-04', 79],
    ['family name as it sounds', 'Asha Philips 2016-05-04', 'Asha Fillipps 2016-05-04', 77],
    ['another family name, as after adoption', ASHA, 'Asha Other 2016-05-04', 65],
    // Perhaps twins: said, and later in the list.
    ['a second given name', 'Mohammed Example 2016-05-04', 'Mohammed_Ali Example 2016-05-04', 75],
    ['names one letter apart', 'Jayden Example 2016-05-04 NN17 1QG', 'Kayden Example 2016-05-04 NN17 1QG', 86],
    ['twins at one address', ASHA, 'Bea Example 2016-05-04 NN17 1QG', 40],
    ['a nickname is not guessed', 'Robert Example 2016-05-04 NN17 1QG', 'Bob Example 2016-05-04 NN17 1QG', 40],
    // Others.
    ['one family name, one birth date, no address', ASHA, 'Bea Example 2016-05-04', 25],
    ['born on one day', ASHA, 'Cleo Otherwise 2016-05-04', 10],
    ['brothers and sisters', ASHA, 'Asha Example 2014-11-21 NN17 1QG', 0],
  ])('%s', (_, a, b, score) => {
    expect(likeness(recorded(a), recorded(b)).score).toBe(score);
    expect(likeness(recorded(b), recorded(a))).toEqual(likeness(recorded(a), recorded(b)));
  });
});

const saysTwins = (a: string, b: string): boolean => likeness(recorded(a), recorded(b)).reasons.includes('possible-twins');

it('says that two may be twins, however alike their names', () => {
  expect(saysTwins(ASHA, 'Bea Example 2016-05-04 NN17 1QG')).toBe(true);
  expect(saysTwins('Jayden Example 2016-05-04', 'Kayden Example 2016-05-04')).toBe(true);
  expect(saysTwins('Mohammed Example 2016-05-04', 'Mohammed_Ali Example 2016-05-04')).toBe(true);
  expect(saysTwins('Asha Example 2016-05-04 NN17 1QG', 'Bea Otherwise 2016-05-04 NN17 1QG')).toBe(true);
  expect(saysTwins(ASHA, ASHA)).toBe(false);
});

it('puts twins whose names differ behind every pair with the same given name', () => {
  const twins = likeness(recorded(ASHA), recorded('Bea Example 2016-05-04 NN17 1QG')).score;
  expect(twins).toBe(WORTH_A_LOOK);
  expect(likeness(recorded('Asha Example 2016-05-04'), recorded('Asha Other 2016-05-04')).score).toBeGreaterThan(twins);
});

it('says why in words', () => {
  expect(likeness(recorded('Asha Philips 2016-05-04 NN17 1QG'), recorded('Asha Fillipps 2016-04-05 NN17 1QG')).reasons).toEqual([
    'day-and-month-swapped',
    'family-name-sounds-alike',
    'same-given-name',
    'same-postcode',
  ]);
});
