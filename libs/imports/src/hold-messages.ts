import type { Tx } from '#database';

/** Nothing goes to the households of children of whom a row tells, or may tell, that they died, until a person has found out. */
export async function holdMessages(tx: Tx, personIds: readonly string[], why: string, now: Date): Promise<void> {
  if (personIds.length === 0) return;
  await tx.execute(
    `insert into message_hold (tenant, id, person_id, address, why, since)
      select $1, gen_random_uuid(), p.id, 'person:' || p.id, $3, $4 from unnest($2::uuid[]) p (id)
      where not exists (select from message_hold h where h.tenant = $1 and h.person_id = p.id and h.released_at is null)`,
    [tx.tenant, [...new Set(personIds)], why, now],
  );
}

/** The same of referrals this provider has told of before. */
export async function holdMessagesOf(
  tx: Tx,
  provider: string,
  sources: readonly { system: string; id: string }[],
  why: string,
  now: Date,
): Promise<void> {
  if (sources.length === 0) return;
  const people = await tx.query<{ id: string }>(
    `select distinct r.person_id as id from unnest($3::text[], $4::text[]) s (system, id)
      join referral r on r.tenant = $1 and r.provider = $2 and r.source_system = s.system and r.source_id = s.id`,
    [tx.tenant, provider, sources.map((s) => s.system), sources.map((s) => s.id)],
  );
  await holdMessages(
    tx,
    people.map((p) => p.id),
    why,
    now,
  );
}
