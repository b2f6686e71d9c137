import { readIdentity, type Tx } from '#database';
import { addDays, newId, systemPrincipal, type LocalDate, type Principal, type Role } from '#kernel';
import { asOwner, testDatabase } from '../../../../test/support/database.js';
import { putOnList, TODAY, type Ids, type OnList } from '../list.fixture.js';
import { Reports } from '../reports.js';
import type { QualityRow } from './data-quality.js';
import { PROBLEM_CODES } from './problems.js';

export const someone = (org: string, ...roles: Role[]): Principal => ({ subject: 'u', name: 'U', tenant: 'TEST', org, roles });
export const manager = someone('QZZ', 'icb-manager');
export const trust = someone('ZZ999', 'clinician');
export const SALT = 'speech-and-language-therapy';
export const ago = (days: number): LocalDate => addDays(TODAY, -days);

export type Told = [type: string, on: LocalDate, data?: object, byImport?: boolean];

/** Lists on a database of their own, and the report of what is wrong with them. */
export async function qualityOfLists() {
  const t = await testDatabase();
  const reports = new Reports(t.database, t.clock);
  const asSystem = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => t.database.inTenant(systemPrincipal('TEST', 'test'), work);

  /** A child nothing is wrong with, but for what the test says next. */
  async function child(on: Partial<OnList> = {}): Promise<Ids> {
    const [ids] = await putOnList(t.database, [{ days: 20, ...on }]);
    if (!ids) throw new Error('not put');
    await asSystem((tx) =>
      tx.execute(`update person set nhs_number_key = convert_to(id::text, 'UTF8') where tenant = $1 and id = $2`, [
        tx.tenant,
        ids.personId,
      ]),
    );
    await reached(ids, {}, on.provider);
    return ids;
  }

  /** Somebody around the child, who may be told of everything and has a telephone unless said otherwise. */
  async function reached({ personId }: Ids, contact: Record<string, unknown>, provider = 'ZZ999'): Promise<void> {
    const row = { may_contact: true, role: 'parent', phone: '+447700900123', email: null, preferred_channel: null, ...contact };
    await asSystem((tx) =>
      tx.execute(
        `insert into contact (tenant, id, person_id, provider, name, relationship, may_contact, role, phone, email, preferred_channel, valid_to, may_know_of, stopped_at)
         select $1, $2, $3, $4, 'Sam Example', 'mother', c.may_contact, c.role, c.phone, c.email, c.preferred_channel, c.valid_to, c.may_know_of, c.stopped_at
           from jsonb_to_record($5) as c (may_contact boolean, role text, phone text, email text, preferred_channel text, valid_to date, may_know_of text[], stopped_at timestamptz)`,
        [tx.tenant, newId(t.clock.now()), personId, provider, JSON.stringify(row)],
      ),
    );
  }

  const withoutContacts = ({ personId }: Ids): Promise<unknown> =>
    asSystem((tx) =>
      readIdentity(tx, t.clock.now(), 'test', [], () =>
        tx.execute('delete from contact where tenant = $1 and person_id = $2', [tx.tenant, personId]),
      ),
    );

  async function told({ pathwayId, referralId }: Ids, ...events: Told[]): Promise<void> {
    await asSystem(async (tx) => {
      for (const [i, [type, on, data = {}, byImport = false]] of events.entries())
        await tx.execute(
          `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org, asserted_by_import)
           values ($1, $2, $3, $4, $5, $6, $7, $8, 'test', 'ZZ999', $9)`,
          [tx.tenant, pathwayId, referralId, i + 1, type, on, JSON.stringify(data), t.clock.now(), byImport],
        );
    });
  }

  async function ended({ referralId }: Ids, endedOn: LocalDate, treatedOn: LocalDate | null = null): Promise<void> {
    await asSystem((tx) =>
      tx.execute(`update referral_state set state = 'removed', ended_on = $3, treated_on = $4 where tenant = $1 and referral_id = $2`, [
        tx.tenant,
        referralId,
        endedOn,
        treatedOn,
      ]),
    );
  }

  async function row(who = manager, provider = 'ZZ999', service = SALT): Promise<QualityRow> {
    const found = (await reports.dataQuality(who, {})).rows.find((r) => r.provider === provider && r.service === service);
    if (!found) throw new Error('no such row');
    return found;
  }

  /** What is wrong with the one child there is, as counted and as listed. */
  async function wrong(): Promise<string[]> {
    const { problems } = await row();
    const counted = PROBLEM_CODES.filter((code) => problems[code] === 1);
    for (const code of PROBLEM_CODES) expect(await reports.problem(trust, code, { limit: 9 })).toHaveLength(Number(problems[code]));
    return counted;
  }

  return {
    ...t,
    reports,
    asSystem,
    child,
    reached,
    withoutContacts,
    told,
    ended,
    row,
    wrong,
    emptyLists: () => asOwner(t.ownerUrl, (client) => client.query('truncate person, audit_entry cascade')),
  };
}

export type QualityOfLists = Awaited<ReturnType<typeof qualityOfLists>>;
