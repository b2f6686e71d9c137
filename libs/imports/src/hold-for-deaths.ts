import type { Tx } from '#database';
import { holdMessages, type HoldReason } from '#message-holds';
import type { Staged } from './staging.js';

/** Nothing goes to the households of children of whom rows tell, or may tell, that they died, until a person has found out. */
export async function holdForRows(
  tx: Tx,
  provider: string,
  sources: readonly { system: string; id: string }[],
  why: HoldReason,
  now: Date,
): Promise<void> {
  if (sources.length === 0) return;
  const told = `select r.person_id from unnest($3::text[], $4::text[]) s (system, id) join referral r on r.tenant = $1 and ${OF_SOURCE('s.system', 's.id')}`;
  await holdMessages(tx, await alive(tx, told, [provider, sources.map((s) => s.system), sources.map((s) => s.id)]), why, now);
}

/** The same for the good rows of a file that waits for a person. A child is known by the referral, or by the NHS number of another. */
export async function holdForStagedDeaths(tx: Tx, provider: string, table: Staged, now: Date): Promise<void> {
  const byReferral = `select r.person_id from ${table} s join referral r on r.tenant = $1 and ${OF_SOURCE('s.source_system', 's.source_id')}
    where ${TELLS_OF_DEATH[table]}`;
  const byNumber = `select p.id from staged_referral s join person p on p.tenant = $1 and p.nhs_number_key = s.nhs_number_key where ${TELLS_OF_DEATH.staged_referral}`;
  const told = table === 'staged_event' ? byReferral : `${byReferral} union ${byNumber}`;
  await holdMessages(tx, await alive(tx, told, [provider]), 'a file that waits for a person tells of a death', now);
}

/** Of a staged row `s`. */
export const TELLS_OF_DEATH: Record<Staged, string> = {
  staged_referral: 's.died_on is not null',
  staged_event: `s.event ->> 'type' = 'died'`,
};

const OF_SOURCE = (system: string, id: string): string => `r.provider = $2 and r.source_system = ${system} and r.source_id = ${id}`;

/** Of a child known to have died every month's file says it again: what a person released then stays released. */
async function alive(tx: Tx, people: string, params: readonly unknown[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(`select id from person where tenant = $1 and died_on is null and id in (${people})`, [
    tx.tenant,
    ...params,
  ]);
  return rows.map(({ id }) => id);
}
