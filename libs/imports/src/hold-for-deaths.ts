import { withEveryRecord, type Tx } from '#database';
import { holdMessages, isFamily, type HoldReason } from '#message-holds';
import type { ApplyContext, RowRange } from './apply-referrals.js';
import type { Staged } from './staging.js';

/** Of whom a row tells, or may tell, that they died: the child of the referral it names, or of its NHS number; else the household it would be reached by. */
export interface WhoDied {
  source: { system: string; id: string } | null;
  /** The keyed hash, in hexadecimal. */
  nhsNumberKey: string | null;
  /** Telephones and emails on the row. */
  addresses: string[];
}

export interface HoldingFor {
  provider: string;
  importId: string;
  why: HoldReason;
  now: Date;
}

/** Nothing goes to these children's households until a person has found out. Of a child known to have died, every month's file says it again: it is let be. */
export async function holdFor(tx: Tx, who: readonly WhoDied[], { provider, importId, why, now }: HoldingFor): Promise<void> {
  if (who.length === 0) return;
  const rows = await withEveryRecord(tx, now, 'hold messages after a death', [], () =>
    tx.query<{ id: string }>(
      `with told as (select w.*, row_number() over () as n
          from jsonb_to_recordset($3) as w (source jsonb, "nhsNumberKey" text, addresses text[])),
        direct as (
          select t.n, r.person_id from told t
            join referral r on r.tenant = $1 and r.provider = $2 and r.source_system = t.source ->> 'system' and r.source_id = t.source ->> 'id'
          union select t.n, p.id from told t join person p on p.tenant = $1 and p.nhs_number_key = decode(t."nhsNumberKey", 'hex')),
        reached as (select a.address from told t cross join unnest(t.addresses) as a (address) where not exists (select from direct d where d.n = t.n)),
        found as (
          select person_id from direct
          union select k.person_id from reached a join contact k on k.tenant = $1 and k.phone = a.address and ${isFamily('k')}
          union select k.person_id from reached a join contact k on k.tenant = $1 and k.email = a.address and ${isFamily('k')})
        select p.id from found join person p on p.tenant = $1 and p.id = found.person_id and p.died_on is null`,
      [tx.tenant, provider, JSON.stringify(who)],
    ),
  );
  await holdMessages(
    tx,
    rows.map(({ id }) => id),
    { why, now, importId },
  );
}

/** Good rows of a file that waits for a person: what they tell is told when it is confirmed; the families must not wait for that. */
export const holdForStaged = async (tx: Tx, table: Staged, holding: HoldingFor): Promise<void> =>
  holdFor(tx, await tx.query<WhoDied>(`select ${WHO[table]} from ${table} s where ${TELLS_OF_DEATH[table]}`), holding);

/** An older extract changes nothing; but what it tells of a death no newer one takes back by silence. */
export async function holdForOlder(tx: Tx, { from, to }: RowRange, { provider, importId, now }: ApplyContext): Promise<void> {
  const who = await tx.query<WhoDied>(
    `select ${WHO.staged_referral} from staged_referral s
      where s.position between $1 and $2 and s.outcome = 'older' and ${TELLS_OF_DEATH.staged_referral}`,
    [from, to],
  );
  await holdFor(tx, who, { provider, importId, why: 'an older file tells of a death', now });
}

/** Of a staged row `s`. */
export const TELLS_OF_DEATH: Record<Staged, string> = {
  staged_referral: 's.died_on is not null',
  staged_event: `lower(s.event ->> 'type') = 'died'`,
};

/** The columns of WhoDied, of a staged row `s`. */
export const WHO: Record<Staged, string> = {
  staged_referral: `json_build_object('system', s.source_system, 'id', s.source_id) as source, encode(s.nhs_number_key, 'hex') as "nhsNumberKey",
    array(select w.address from jsonb_to_recordset(s.contacts) as c (phone text, email text) cross join lateral (values (c.phone), (c.email)) w (address)
      where w.address is not null) as addresses`,
  staged_event: `json_build_object('system', s.source_system, 'id', s.source_id) as source, null as "nhsNumberKey", '{}'::text[] as addresses`,
};
