import { addDays } from '#kernel';
import { CheckInSuite } from './suite.fixture.js';
import { aPhone, MENTAL_HEALTH, PROVIDER, TODAY, type ContactOf, type WaitingChildOf } from './waiting-child.fixture.js';

const suite = new CheckInSuite();

describe('who is written to', () => {
  const people: { example: string; of: WaitingChildOf; then: string }[] = [
    { example: 'a parent with a mobile', of: {}, then: 'sent' },
    { example: 'nobody there', of: { contacts: [] }, then: 'unanswered no-route' },
    { example: 'may not be contacted', of: { contacts: [{ mayContact: false }] }, then: 'unanswered no-route' },
    { example: 'no longer valid', of: { contacts: [{ validTo: addDays(TODAY, -1) }] }, then: 'unanswered no-route' },
    { example: 'valid until today', of: { contacts: [{ validTo: TODAY }] }, then: 'sent' },
    { example: 'may know of another line only', of: { contacts: [{ mayKnowOf: [MENTAL_HEALTH] }] }, then: 'unanswered no-route' },
    { example: 'may know of this line', of: { contacts: [{ mayKnowOf: ['speech-and-language-therapy'] }] }, then: 'sent' },
    { example: 'a professional', of: { contacts: [{ role: 'professional' }] }, then: 'unanswered no-route' },
    { example: 'a landline only', of: { contacts: [{ phone: '+441536555000' }] }, then: 'unanswered no-route' },
    { example: 'an email only', of: { contacts: [{ phone: null, email: 'sam@family.example' }] }, then: 'sent' },
    { example: 'prefers the telephone', of: { contacts: [{ preferredChannel: 'phone' }] }, then: 'unanswered prefers-a-person' },
    { example: 'reads another language', of: { contacts: [{ language: 'pl' }] }, then: 'unanswered language-or-format' },
    { example: 'needs an interpreter', of: { interpreterLanguage: 'ro' }, then: 'unanswered language-or-format' },
    {
      example: 'needs an interpreter, but this contact reads English',
      of: { interpreterLanguage: 'ro', contacts: [{ language: 'en' }] },
      then: 'sent',
    },
    { example: 'needs easy read', of: { contacts: [{ format: 'easy-read' }] }, then: 'unanswered language-or-format' },
    {
      example: 'confidential from the family: a parent',
      of: { birthDate: '2011-05-04', confidential: ['speech-and-language-therapy'] },
      then: 'unanswered no-route',
    },
    {
      example: 'confidential from the family: the young person',
      of: { birthDate: '2011-05-04', confidential: ['speech-and-language-therapy'], contacts: [{}, { role: 'young-person' }] },
      then: 'sent',
    },
    { example: 'confidential for another line', of: { confidential: [MENTAL_HEALTH] }, then: 'sent' },
    {
      example: 'a child of 12 is not asked about itself',
      of: { birthDate: '2014-05-04', contacts: [{ role: 'young-person' }] },
      then: 'unanswered no-route',
    },
    { example: 'a parent of somebody of 18', of: { birthDate: '2008-11-20' }, then: 'unanswered no-route' },
    { example: 'somebody of 18', of: { birthDate: '2008-11-20', contacts: [{ role: 'young-person' }] }, then: 'sent' },
  ];
  it.each(people)('$example: $then', async ({ of, then }) => {
    await suite.child(of);
    await suite.sweep();
    expect(await suite.states()).toBe(then);
    expect(suite.sender.received).toHaveLength(then === 'sent' ? 1 : 0);
  });

  const order: { example: string; of: WaitingChildOf; contacts: ContactOf[]; first: string }[] = [
    {
      example: 'the preferred channel',
      of: {},
      contacts: [{ phone: '+447700900001', email: 'a@x.example', preferredChannel: 'email' }],
      first: 'a@x.example',
    },
    {
      example: 'a text, when nothing is preferred',
      of: {},
      contacts: [{ phone: '+447700900002', email: 'a@x.example' }],
      first: '+447700900002',
    },
    {
      example: 'parental responsibility',
      of: {},
      contacts: [
        { phone: '+447700900003', parentalResponsibility: false },
        { phone: '+447700900004', parentalResponsibility: true },
      ],
      first: '+447700900004',
    },
    {
      example: 'the young person from 16',
      of: { birthDate: '2010-05-04' },
      contacts: [{ phone: '+447700900005' }, { role: 'young-person', phone: '+447700900006' }],
      first: '+447700900006',
    },
    {
      example: 'a parent before 16',
      of: { birthDate: '2012-05-04' },
      contacts: [{ role: 'young-person', phone: '+447700900007' }, { phone: '+447700900008' }],
      first: '+447700900008',
    },
    {
      example: 'the social worker of a looked-after child',
      of: { socialCare: 'looked-after' },
      contacts: [{ phone: '+447700900009' }, { role: 'social-worker', phone: '+447700900010' }],
      first: '+447700900010',
    },
  ];
  it.each(order)('$example comes first', async ({ of, contacts, first }) => {
    await suite.child({ ...of, contacts });
    await suite.sweep();
    expect(suite.sender.received.map((m) => m.recipient)).toEqual([first]);
  });

  it('is nobody while an address, the child or its identity is held', async () => {
    const [address, held, disputed] = [
      await suite.child({ contacts: [{ phone: '+447700900100' }] }),
      await suite.child(),
      await suite.child(),
    ];
    const hold = (personId: string) =>
      suite.rows(`insert into message_hold (tenant, id, person_id, why, since) values ('TEST', gen_random_uuid(), $1, 'died', now())`, [
        personId,
      ]);
    await hold(held.personId);
    // A brother died, of whom another provider knows: the family had this number then, and no longer.
    const brother = await suite.child({
      contacts: [{ phone: '+447700900100', provider: 'ZZ998', validTo: '2020-01-01' }],
      nextCheckInOn: null,
    });
    await hold(brother.personId);
    await suite.rows(`update person set identity_disputed_at = now() where id = $1`, [disputed.personId]);
    await suite.sweep();
    expect(suite.sender.received).toEqual([]);
    const found = await suite.rows<{ person_id: string; call_why: string }>('select person_id, call_why from check_in');
    expect(Object.fromEntries(found.map((f) => [f.person_id, f.call_why]))).toEqual({
      [address.personId]: 'held',
      [held.personId]: 'held',
      [disputed.personId]: 'identity-disputed',
    });
  });

  it('is nobody while a disclosure is looked into', async () => {
    const one = await suite.child();
    await suite.rows(
      `insert into escalation (tenant, id, person_id, referral_id, line, provider, level, reason, safeguarding, state, opened_at, due_at)
       values ('TEST', gen_random_uuid(), $1, $2, 'mental-health', $3, 'red', 'abuse', true, 'acknowledged', now(), now())`,
      [one.personId, one.referralId, PROVIDER],
    );
    await suite.sweep();
    expect(await suite.states()).toBe('unanswered safeguarding');
  });

  it('is no number that another provider knows must not be contacted, or that said "this is not me"', async () => {
    const [refuge, wrong] = [aPhone(), aPhone()];
    await suite.child({ contacts: [{ phone: refuge }, { phone: refuge, provider: 'ZZ998', mayContact: false, name: 'Other record' }] });
    const sibling = await suite.child({ nextCheckInOn: null, contacts: [{ phone: wrong }] });
    await suite.rows(`update contact set stopped_at = now(), stopped_why = 'not-me' where id = $1`, [sibling.contactIds[0]]);
    await suite.child({ contacts: [{ phone: wrong }] });
    await suite.sweep();
    expect(suite.sender.received).toEqual([]);
    expect(await suite.states()).toBe('unanswered no-route,unanswered no-route');
  });

  it('is nobody after a death recorded a moment ago, though the state was not folded yet', async () => {
    const one = await suite.child();
    await suite.rows(`update person set died_on = $2 where id = $1`, [one.personId, TODAY]);
    expect(await suite.sweep()).toMatchObject({ opened: 0, sent: 0 });
  });
});
