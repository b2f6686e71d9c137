import { HEAD, importingApp, ROW, type ImportingApp } from './importing.fixture.js';
import type { ImportView } from './imports.js';

/** What several rows, or a newer extract, say of one child. */
let app: ImportingApp;
beforeAll(async () => void (app = await importingApp()));
afterAll(() => app.close());

const MORE = 'local_authority,school,protected_address,confidential_from_family,setting,dysphagia_risk,reason,team';
const cells = HEAD.split(',');
const valuesOf = ROW.split(',');

/** A row by its columns; those that are not said are as in the example, or empty. */
function row(said: Record<string, string>): string {
  const all = [...cells, ...MORE.split(',')];
  for (const name of Object.keys(said)) if (!all.includes(name)) throw new Error(`no column ${name}`);
  return all.map((name) => said[name] ?? valuesOf[cells.indexOf(name)] ?? '').join(',');
}

const take = (extractedOn: string, ...rows: string[]): Promise<ImportView> =>
  app.take([`${HEAD},${MORE}`, ...rows].join('\n'), { extractedOn, badShare: 1 });

const person = async (id: string): Promise<Record<string, unknown> | undefined> =>
  (
    await app.rows(
      `select p.protected_address as protected, p.confidential_from_family as confidential, p.local_authority as council, p.school,
          p.identity_disputed_at is not null as disputed, p.nhs_number_key is not null as numbered, i.nhs_number as number
        from referral r join person p on p.tenant = r.tenant and p.id = r.person_id join person_identity i on i.tenant = p.tenant and i.person_id = p.id
        where r.tenant = $1 and r.source_id = $2`,
      id,
    )
  )[0];

const mentalHealth = (id: string, nhsNumber: string): Record<string, string> => ({
  service: 'mental-health',
  source_id: id,
  nhs_number: nhsNumber,
  need: '',
  reason: '05',
  team: 'A06',
});

describe('several rows of one child in a file', () => {
  it.each([
    ['first', '9990000018', 0],
    ['last', '9990000026', 1],
  ])('lose nothing of what protects it, where that stands in the %s', async (_, nhsNumber, at) => {
    const [salt, mh] = [`S-${nhsNumber}`, `M-${nhsNumber}`];
    const protecting = {
      protected_address: 'yes',
      confidential_from_family: 'mental-health',
      local_authority: 'E06000061',
      school: '123456',
    };
    const rows = [{ source_id: salt, nhs_number: nhsNumber }, mentalHealth(mh, nhsNumber)].map((each, i) =>
      row(i === at ? { ...each, ...protecting } : each),
    );
    expect(await take('2026-11-01', ...rows)).toMatchObject({ rowsBad: 0, counts: { new: 2 } });
    expect(await person(salt)).toMatchObject({ protected: true, confidential: ['mental-health'], council: 'E06000061', school: '123456' });
  });

  it('lose nothing of it either where they are of a newer extract', async () => {
    const nhsNumber = '9990000034';
    const both = [{ source_id: 'S-3', nhs_number: nhsNumber }, mentalHealth('M-3', nhsNumber)];
    await take('2026-11-01', ...both.map((each) => row(each)));
    const [salt, mh] = both.map((each, i) =>
      row({
        ...each,
        priority: 'urgent',
        ...(i === 0 ? { protected_address: 'yes', school: '123456' } : { confidential_from_family: 'mental-health' }),
      }),
    );
    expect(await take('2026-11-02', String(salt), String(mh))).toMatchObject({ rowsBad: 0, counts: { changed: 2 } });
    expect(await person('S-3')).toMatchObject({ protected: true, confidential: ['mental-health'], school: '123456' });
  });
});

describe('a newer extract', () => {
  const details = (id: string): Promise<unknown[]> =>
    app.rows(
      `select d.setting, d.dysphagia_risk as risk from speech_and_language_therapy_details d join referral r on r.tenant = d.tenant and r.id = d.referral_id
        where d.tenant = $1 and r.source_id = $2`,
      id,
    );
  const corrections = (id: string): Promise<{ facts: Record<string, unknown> }[]> =>
    app.rows(
      `select e.data -> 'facts' as facts from pathway_event e join referral r on r.tenant = e.tenant and r.id = e.referral_id
        where e.tenant = $1 and r.source_id = $2 and e.type = 'details-corrected'`,
      id,
    );

  it('with a gap overwrites nothing', async () => {
    const held = { source_id: 'G-1', nhs_number: '9990000042', setting: 'clinic', dysphagia_risk: 'yes', local_authority: 'E06000061' };
    await take('2026-11-01', row(held));
    await take('2026-11-02', row({ ...held, setting: '', dysphagia_risk: '', local_authority: '', priority: 'urgent' }));
    expect(await details('G-1')).toEqual([{ setting: 'clinic', risk: true }]);
    expect(await corrections('G-1')).toEqual([]);
    await take('2026-11-03', row({ ...held, dysphagia_risk: 'no', local_authority: 'E06000062' }));
    expect(await details('G-1')).toEqual([{ setting: 'clinic', risk: false }]);
    expect(await corrections('G-1')).toMatchObject([{ facts: { localAuthority: 'E06000062' } }]);
  });

  it('that tells a risk that was not known opens its escalation, once', async () => {
    const escalations = (): Promise<unknown[]> =>
      app.rows(
        `select e.reason, e.level from escalation e join referral r on r.tenant = e.tenant and r.id = e.referral_id where e.tenant = $1 and r.source_id = 'K-1'`,
      );
    const held = { source_id: 'K-1', nhs_number: '9990000050', received_on: '2026-01-05' };
    await take('2026-11-01', row(held));
    expect(await escalations()).toEqual([]);
    await take('2026-11-02', row({ ...held, dysphagia_risk: 'yes' }));
    expect(await escalations()).toEqual([{ reason: 'dysphagia-risk', level: 'amber' }]);
    await app.rows(
      `update escalation set state = 'resolved', resolved_at = now(), outcome = 'seen', family_told = 'yes' where tenant = $1`,
    );
    await take('2026-11-03', row({ ...held, dysphagia_risk: 'yes', setting: 'home' }));
    expect(await escalations()).toHaveLength(1);
  });

  it.each([
    ['a child with a number', '9990000069'],
    ['a child without', ''],
  ])('that tells another birth date of %s puts it in dispute, and keeps what was told', async (_, nhsNumber) => {
    const held = { source_id: `B-${nhsNumber}`, nhs_number: nhsNumber };
    await take('2026-11-01', row(held));
    await take('2026-11-02', row({ ...held, birth_date: '2020-05-04' }));
    expect(await person(held.source_id)).toMatchObject({ disputed: true });
    const told = await app.rows(
      `select t.birth_date as day, t.other_number as other from told_birth_date t join referral r on r.tenant = t.tenant and r.person_id = t.person_id
        where t.tenant = $1 and r.source_id = $2`,
      held.source_id,
    );
    expect(told).toEqual([{ day: '2020-05-04', other: false }]);
  });

  it('that tells another NHS number puts the child in dispute, and takes over no number', async () => {
    const held = { source_id: 'N-1', nhs_number: '9990000077' };
    await take('2026-11-01', row(held));
    await take('2026-11-02', row({ ...held, nhs_number: '9990000085' }));
    expect(await person('N-1')).toMatchObject({ disputed: true, number: '9990000077' });
  });

  it('that tells the number of a child who had none has it taken over, where no other child has it', async () => {
    const held = { source_id: 'N-2', nhs_number: '' };
    await take('2026-11-01', row(held), row({ source_id: 'N-3', nhs_number: '', birth_date: '2019-01-01' }));
    await take('2026-11-02', row({ ...held, nhs_number: '9990000093' }));
    expect(await person('N-2')).toMatchObject({ disputed: false, numbered: true, number: '9990000093' });
    await take('2026-11-03', row({ source_id: 'N-3', nhs_number: '9990000093', birth_date: '2019-01-01' }));
    expect(await person('N-3')).toMatchObject({ numbered: false, number: null });
  });
});
