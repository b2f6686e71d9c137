import type { Tx } from '#database';

/** What was told of a child besides its referrals. Called where every record is open (see withEveryRecord). */
export interface MovedRecords {
  /** Providers whose record of who the child is moved: those that held none of the other. */
  identities: string[];
  contacts: string[];
  holds: string[];
}

/** Contacts and holds move always. A provider's record of who the child is stays where it is, if it holds one of the other already. */
export async function moveRecords(tx: Tx, from: string, to: string): Promise<MovedRecords> {
  const identities = await tx.query<{ provider: string }>(
    `select i.provider from person_identity i where i.tenant = $1 and i.person_id = $2 and not exists (
        select from person_identity o where o.tenant = i.tenant and o.person_id = $3 and o.provider = i.provider) order by 1`,
    [tx.tenant, from, to],
  );
  const contacts = await tx.query<{ id: string }>(`select id from contact where tenant = $1 and person_id = $2 order by id`, [
    tx.tenant,
    from,
  ]);
  const holds = await tx.query<{ id: string }>(`select id from message_hold where tenant = $1 and person_id = $2 order by id`, [
    tx.tenant,
    from,
  ]);
  const moved: MovedRecords = {
    identities: identities.map(({ provider }) => provider),
    contacts: contacts.map(({ id }) => id),
    holds: holds.map(({ id }) => id),
  };
  await moveTheseRecords(tx, from, to, moved);
  return moved;
}

/** Records that move are compared anew with those they are now among. */
export async function moveTheseRecords(tx: Tx, from: string, to: string, { identities, contacts, holds }: MovedRecords): Promise<void> {
  await tx.execute(`delete from match_key where tenant = $1 and person_id = $2 and provider = any($3)`, [tx.tenant, from, identities]);
  await tx.execute(
    `update person_identity i set person_id = $3, keys_made_at = null where i.tenant = $1 and i.person_id = $2 and i.provider = any($4)`,
    [tx.tenant, from, to, identities],
  );
  await tx.execute(`update contact set person_id = $3 where tenant = $1 and person_id = $2 and id = any($4)`, [
    tx.tenant,
    from,
    to,
    contacts,
  ]);
  await tx.execute(`update message_hold set person_id = $3 where tenant = $1 and person_id = $2 and id = any($4)`, [
    tx.tenant,
    from,
    to,
    holds,
  ]);
}

/** How many birth dates are recorded of these children. */
export async function birthDatesOf(tx: Tx, personIds: readonly string[]): Promise<number> {
  const row = await tx.one<{ n: number }>(
    `select count(distinct birth_date) as n from person_identity where tenant = $1 and person_id = any($2)`,
    [tx.tenant, personIds],
  );
  return row?.n ?? 0;
}

/** What came with referrals that have moved since, of providers that have none left of the one child: it goes where they went. */
export async function recordsThatFollow(tx: Tx, from: string, to: string, referralIds: readonly string[]): Promise<MovedRecords> {
  const identities = await tx.query<{ provider: string }>(
    `select i.provider from person_identity i where i.tenant = $1 and i.person_id = $2
      and exists (select from referral_party y where y.tenant = i.tenant and y.provider = i.provider and y.referral_id = any($3))
      and not exists (select from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id
        where r.tenant = i.tenant and r.person_id = $2 and y.provider = i.provider)
      and not exists (select from person_identity o where o.tenant = i.tenant and o.person_id = $4 and o.provider = i.provider) order by 1`,
    [tx.tenant, from, referralIds, to],
  );
  const providers = identities.map(({ provider }) => provider);
  const contacts = await tx.query<{ id: string }>(`select id from contact where tenant = $1 and person_id = $2 and provider = any($3)`, [
    tx.tenant,
    from,
    providers,
  ]);
  return { identities: providers, contacts: contacts.map(({ id }) => id), holds: [] };
}
