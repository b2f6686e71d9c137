import type { LocalDate } from '#kernel';
import { TODAY, type OnList } from '../list.fixture.js';
import { ago, qualityOfLists, trust, type QualityOfLists, type Told } from './quality.fixture.js';

let t: QualityOfLists;
beforeAll(async () => void (t = await qualityOfLists()));
afterEach(() => t.emptyLists());
afterAll(() => t.close());

describe('of a referral', () => {
  test('nothing is wrong that need not be', async () => {
    const ids = await t.child();
    await t.told(ids, ['referral-received', ago(20)], ['appointment-booked', ago(5)], ['contact', ago(5), { attendance: 'not-brought' }]);
    expect(await t.wrong()).toEqual([]);
    expect((await t.row()).open).toBe(1);
  });

  test('the start is unknown', async () => {
    await t.child({ days: null });
    expect(await t.wrong()).toEqual(['unknown-start']);
  });

  test('the child has no NHS number', async () => {
    const { personId } = await t.child();
    await t.asSystem((tx) => tx.execute('update person set nhs_number_key = null where tenant = $1 and id = $2', [tx.tenant, personId]));
    expect(await t.wrong()).toEqual(['no-nhs-number']);
  });

  test('the identity is in dispute, since a London day', async () => {
    const { personId } = await t.child();
    await t.asSystem((tx) =>
      tx.execute(`update person set identity_disputed_at = '2026-07-01T23:30:00Z' where tenant = $1 and id = $2`, [tx.tenant, personId]),
    );
    expect(await t.wrong()).toEqual(['identity-in-dispute']);
    expect(await t.reports.problem(trust, 'identity-in-dispute', { limit: 9 })).toMatchObject([{ since: '2026-07-02' }]);
  });

  test.each<[string, Record<string, unknown>, boolean]>([
    ['an email address is enough', { phone: null, email: 'sam@example.org' }, true],
    ['letters are enough', { phone: null, preferred_channel: 'letter' }, true],
    ['neither telephone nor address', { phone: null }, false],
    ['may not be contacted', { may_contact: false }, false],
    ['asked us to stop', { stopped_at: '2026-10-01T09:00:00Z' }, false],
    ['no longer valid', { valid_to: ago(1) }, false],
    ['valid until today', { valid_to: TODAY }, true],
    ['may not know of this service', { may_know_of: ['mental-health'] }, false],
    ['a professional is no family', { role: 'professional' }, false],
  ])('the family can be reached: %s', async (_, contact, can) => {
    const ids = await t.child();
    await t.withoutContacts(ids);
    await t.reached(ids, contact);
    expect(await t.wrong()).toEqual(can ? [] : ['no-way-to-contact']);
  });

  test.each<[string, LocalDate, string, boolean]>([
    ['a young person’s own number from 13', '2013-01-01', 'young-person', true],
    ['not before', '2014-11-01', 'young-person', false],
    ['a parent before 18', '2009-01-01', 'parent', true],
    ['not after: it is for the young person to say who knows', '2008-11-01', 'parent', false],
  ])('the family can be reached as who is written to is chosen: %s', async (_, birthMonth, role, can) => {
    const ids = await t.child();
    await t.withoutContacts(ids);
    await t.reached(ids, { role });
    await t.asSystem((tx) =>
      tx.execute('update person set birth_month = $3 where tenant = $1 and id = $2', [tx.tenant, ids.personId, birthMonth]),
    );
    expect(await t.wrong()).toEqual(can ? [] : ['no-way-to-contact']);
  });

  test('what another provider knows of the family does not help this one', async () => {
    const ids = await t.child();
    await t.withoutContacts(ids);
    await t.reached(ids, {}, 'ZZ998');
    expect(await t.wrong()).toEqual(['no-way-to-contact']);
  });

  test.each<[string, OnList, Told[], boolean]>([
    [
      'since 84 days',
      { days: 200 },
      [
        ['referral-received', ago(200)],
        ['waiting-support', ago(84)],
      ],
      true,
    ],
    [
      'since 83 days',
      { days: 200 },
      [
        ['referral-received', ago(200)],
        ['waiting-support', ago(83)],
      ],
      false,
    ],
    ['but in treatment', { days: 200, referralState: 'in-treatment' }, [['referral-received', ago(200)]], false],
    [
      'as what was told was taken back',
      { days: 200 },
      [
        ['referral-received', ago(200)],
        ['triaged', ago(9)],
        ['event-voided', ago(8), { seq: 2 }],
      ],
      true,
    ],
  ])('nothing was told of a waiting child %s', async (_, on, events, is) => {
    await t.told(await t.child(on), ...events);
    expect(await t.wrong()).toEqual(is ? ['nothing-for-12-weeks'] : []);
  });

  test.each<[string, Told[], boolean]>([
    ['and nothing after it', [['appointment-booked', ago(3)]], true],
    ['today', [['appointment-booked', TODAY]], false],
    [
      'and was kept',
      [
        ['appointment-booked', ago(3)],
        ['contact', ago(3)],
      ],
      false,
    ],
    [
      'and called off later',
      [
        ['appointment-booked', ago(3)],
        ['appointment-cancelled', ago(1)],
      ],
      false,
    ],
    [
      'after a contact',
      [
        ['contact', ago(9)],
        ['appointment-booked', ago(3)],
      ],
      true,
    ],
    [
      'and taken back',
      [
        ['appointment-booked', ago(3)],
        ['event-voided', ago(2), { seq: 1 }],
      ],
      false,
    ],
    [
      'and its contact taken back',
      [
        ['appointment-booked', ago(3)],
        ['contact', ago(3)],
        ['event-voided', ago(2), { seq: 2 }],
      ],
      true,
    ],
  ])('an appointment was booked %s', async (_, events, is) => {
    await t.told(await t.child(), ...events);
    expect(await t.wrong()).toEqual(is ? ['appointment-without-outcome'] : []);
  });

  test.each<[string, LocalDate, LocalDate, boolean]>([
    ['after its end', ago(30), ago(29), true],
    ['on the day of its end', ago(30), ago(30), false],
    ['after an end of long ago', ago(400), ago(29), false],
  ])('a contact is dated %s', async (_, endedOn, contactOn, is) => {
    const ids = await t.child({ days: 500 });
    await t.told(ids, ['removed', endedOn, { familyToldOn: endedOn }], ['contact', contactOn]);
    await t.ended(ids, endedOn);
    expect(await t.wrong()).toEqual(is ? ['contact-after-closure'] : []);
  });

  test.each<[string, Told, LocalDate | null, boolean]>([
    ['removed, by an import without the day', ['removed', ago(9), {}, true], null, true],
    ['removed, by an import with the day', ['removed', ago(9), { familyToldOn: ago(9) }, true], null, false],
    ['removed, by a person', ['removed', ago(9)], null, false],
    ['discharged untreated', ['discharged', ago(9), {}, true], null, true],
    ['discharged after treatment', ['discharged', ago(9), {}, true], ago(20), false],
    ['found to need nothing', ['prescription-decided', ago(9), { none: true }, true], null, true],
    ['prescribed something', ['prescription-decided', ago(9), {}, true], null, false],
  ])('the family is not known to have been told: %s', async (_, end, treatedOn, is) => {
    const ids = await t.child();
    await t.told(ids, end);
    await t.ended(ids, ago(9), treatedOn);
    expect(await t.wrong()).toEqual(is ? ['end-without-telling'] : []);
  });
});
