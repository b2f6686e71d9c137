import { CheckInSweep } from '#check-ins';
import { systemPrincipal, type Principal } from '#kernel';
import { WaitFold } from '#waits';
import { testApp } from '../../../test/support/app.js';
import { ImportRun } from './import-run.js';
import { Imports, type ImportRequest, type ImportView } from './imports.js';

export const admin: Principal = { subject: 'admin', name: 'Admin', tenant: 'TEST', org: 'ZZ999', roles: ['provider-admin'] };

export const HEAD =
  'service,source_system,source_id,received_on,priority,source_of_referral,nhs_number,given_name,family_name,birth_date,need,contact1_name,contact1_relationship,contact1_may_contact,contact1_phone';
export const ROW =
  'speech-and-language-therapy,systmone,R-1,2026-01-05,routine,health-visitor,9990000018,Asha,Example,2021-05-04,stammering,Sam Example,mother,yes,07700 900123';

/** The row of a child without a number, under a source id of its own. */
export const rowOf = (id: string): string => ROW.replace('R-1', id).replace('9990000018', '');
export interface ChildOf {
  nhsNumber?: string;
  phone?: string;
  priority?: string;
  receivedOn?: string;
  diedOn?: string;
}

/** The row of a child under `HEAD_OF_CHILDREN`, without a number and a telephone unless it is said. */
export const rowOfChild = (
  id: string,
  { nhsNumber = '', phone = '', priority = 'routine', receivedOn = '2026-01-05', diedOn = '' }: ChildOf = {},
): string =>
  `${ROW.replace('R-1', id)
    .replace('9990000018', nhsNumber)
    .replace('07700 900123', phone)
    .replace('routine', priority)
    .replace('2026-01-05', receivedOn)},${diedOn}`;
export const HEAD_OF_CHILDREN = `${HEAD},died_on`;

export const fileOf = (...rows: string[]): string => [HEAD, ...rows].join('\n');

/** The application on a database of its own, and what a provider that sends files does with it. */
export async function importingApp() {
  const app = await testApp();
  const [imports, run] = [app.server.get(Imports), app.server.get(ImportRun)];
  const done = async (id: string): Promise<ImportView> => {
    await run.run('TEST', { id, provider: 'ZZ999', createdBy: 'admin' });
    return imports.get(admin, id);
  };
  return {
    ...app,
    imports,
    done,
    async take(text: string | Buffer, options: Partial<ImportRequest> = {}): Promise<ImportView> {
      const file = (async function* () {
        yield Buffer.from(text as string);
      })();
      const { id } = await imports.receive(admin, { fileName: 'list.csv', mode: 'apply', ...options }, file);
      return done(id);
    },
    /** A person has looked, and it goes on. */
    async confirm({ id }: ImportView): Promise<ImportView> {
      await imports.confirm(admin, id);
      return done(id);
    },
    async rejectsOf({ id }: ImportView): Promise<string[]> {
      return (await imports.rejects(admin, id, 0)).rows.flatMap((r) => r.problems.map((p) => `${r.rowNo} ${p.column} ${p.code}`));
    },
    /** Source ids of what a whole list lacked, in their order. */
    async missingFrom({ id }: ImportView): Promise<string[]> {
      return (await imports.missing(admin, id, 200, null)).map(({ source }) => source.id).sort();
    },
    /** Why messages to the household of the child of a referral are held. */
    async whyHeld(sourceId: string): Promise<string[]> {
      const holds = await this.rows<{ why: string }>(
        `select h.why from message_hold h join referral r on r.tenant = h.tenant and r.person_id = h.person_id
          where h.tenant = $1 and r.source_id = $2 and h.released_at is null order by h.why`,
        sourceId,
      );
      return holds.map(({ why }) => why);
    },
    /** Everything told is computed, and what is due is sent. */
    async workersLook(): Promise<{ sent: number }> {
      await app.server.get(WaitFold).run('TEST');
      return app.server.get(CheckInSweep).run('TEST');
    },
    /** As the system, with identity open; `$1` is the tenant. */
    async rows<Row = Record<string, unknown>>(sql: string, ...params: unknown[]): Promise<Row[]> {
      return app.database.inTenant(systemPrincipal('TEST', 'test'), async (tx) => {
        await tx.query(`select set_config('meanwhile.identity_purpose', 'a test', true)`);
        return tx.query<Row>(sql, [tx.tenant, ...params]);
      });
    },
  };
}

export type ImportingApp = Awaited<ReturnType<typeof importingApp>>;
