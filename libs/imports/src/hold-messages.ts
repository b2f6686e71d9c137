import type { Tx } from '#database';

/** Nothing goes to the households of children of whom a row tells, or may tell, that they died, until a person has found out. */
export async function holdMessagesOf(
  tx: Tx,
  provider: string,
  sources: readonly { system: string; id: string }[],
  why: string,
  now: Date,
): Promise<void> {
  if (sources.length === 0) return;
  await tx.execute(
    `insert into message_hold (tenant, id, person_id, address, why, since)
      select distinct on (r.person_id) $1, gen_random_uuid(), r.person_id, 'person:' || r.person_id, $5, $6::timestamptz
      from unnest($3::text[], $4::text[]) s (system, id)
      join referral r on r.tenant = $1 and r.provider = $2 and r.source_system = s.system and r.source_id = s.id
      where not exists (select from message_hold h where h.tenant = $1 and h.person_id = r.person_id and h.released_at is null)`,
    [tx.tenant, provider, sources.map((s) => s.system), sources.map((s) => s.id), why, now],
  );
}
