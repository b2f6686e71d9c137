import { audit, readIdentity, type Tx } from '#database';
import { londonInstant, newId, type LocalDate } from '#kernel';
import { LINK_VALID_DAYS, linkHash, linkSecret, type Channel, type TemplateName } from '#messages';
import {
  BEST_ROUTE_FIRST,
  CHECK_IN_OF_CHILD,
  CHILD_NOT_HELD,
  NOT_WRITTEN_TO_TODAY,
  routes,
  STILL_OWED,
  TO_BE_SENT,
  WHY_CALL,
} from './routes.js';
import type { SweepMark } from './sweep-mark.js';

/** What every statement of one sweep shares. */
export interface SweepContext {
  now: Date;
  today: LocalDate;
  /** The sender's. */
  sender: string;
  channels: readonly Channel[];
  linkKey: Buffer;
  addressSalt: Buffer;
  mark: SweepMark;
}

/** A service whose hour it is, and how many more messages it may send today. */
export interface LiveService {
  line: string;
  provider: string;
}

/** A message that has its row and is now ours to send. */
export interface ClaimedMessage {
  id: string;
  reference: string;
  checkInId: string;
  personId: string;
  channel: Channel;
  template: TemplateName;
  role: string;
  address: string;
}

const CLAIM_BATCH = 100;
const HAND_OVER_BATCH = 500;
/** After so many failures that blamed no address, somebody has to look. */
const FAILURES_BEFORE_A_CALL = 12;

/** Services that are live. */
export async function liveServices(tx: Tx, today: LocalDate): Promise<LiveService[]> {
  return tx.query<LiveService>('select line, provider from service where tenant = $1 and live_from <= $2 order by line, provider', [
    tx.tenant,
    today,
  ]);
}

/**
 * Writes the rows of the next messages of a service: who is owed one, may be written to now, and fits under the day's cap.
 * The service's row is locked first, so that sweeps at once count the same cap one after the other. What it returns must now be sent.
 */
export async function claimBatch(tx: Tx, ctx: SweepContext, service: LiveService): Promise<ClaimedMessage[]> {
  const room = Math.min(CLAIM_BATCH, await roomToday(tx, ctx, service));
  if (room <= 0) return [];
  return readIdentity(tx, ctx.now, 'sending check-ins', [], async () => {
    const claimed = await claimDue(tx, ctx, service, room);
    if (claimed.length > 0) {
      const personIds = [...new Set(claimed.map((m) => m.personId))];
      await audit(tx, ctx.now, { action: 'identity-read', purpose: 'sending check-ins', personIds });
    }
    return claimed;
  });
}

/** How many more messages the service may send today, by the London day they were claimed on. Locks the service until the transaction ends. */
export async function roomToday(tx: Tx, ctx: SweepContext, { line, provider }: LiveService): Promise<number> {
  const service = await tx.one<{ cap: number }>(
    'select daily_cap as cap from service where tenant = $1 and line = $2 and provider = $3 and live_from <= $4 for no key update',
    [tx.tenant, line, provider, ctx.today],
  );
  if (!service) return 0;
  const used = await tx.one<{ count: number }>(
    `select count(*) from message m join check_in c on c.tenant = m.tenant and c.id = m.check_in_id
     where m.tenant = $1 and m.provider = $2 and c.line = $3 and m.claimed_at >= $4 and m.state not in ('failed', 'called-off')`,
    [tx.tenant, provider, line, londonInstant(ctx.today, '00:00')],
  );
  return service.cap - (used?.count ?? 0);
}

/** One statement: who is owed one, most at risk and then longest waiting first, each by the best way, one to an address. */
async function claimDue(tx: Tx, ctx: SweepContext, { line, provider }: LiveService, room: number): Promise<ClaimedMessage[]> {
  const ids = Array.from({ length: room }, () => newId(ctx.now));
  return tx.query<ClaimedMessage>(
    `with picked as (
       -- Sorted before ways are looked for, so that looking stops when there are enough.
       select d.*, r.* from (
         select c.tenant, c.id, c.person_id, c.provider, c.line, c.state, p.birth_month, p.social_care, p.confidential_from_family, p.interpreter_language,
           array_position(array['emergency', 'very-urgent', 'urgent', 'routine'], s.priority) as risk, coalesce(s.headline_started_on, s.listed_on) as since
         from ${CHECK_IN_OF_CHILD}
         where c.tenant = $1 and c.provider = $6 and c.line = $7 and ${TO_BE_SENT} and ${STILL_OWED} and ${CHILD_NOT_HELD}
         order by risk, since, id
       ) d cross join lateral (
         select r.* from (${routes('d', 'd')}) r where ${NOT_WRITTEN_TO_TODAY} order by ${BEST_ROUTE_FIRST} limit 1
       ) r
       order by d.risk, d.since, d.id limit $8
     ), locked as (
       select k.id from check_in k where k.tenant = $1 and k.id in (select id from picked) and k.closed_at is null for no key update skip locked
     ), one_an_address as (
       select distinct on (address_key) picked.* from picked join locked using (id) order by address_key, risk, since, id
     ), numbered as (
       select o.*, row_number() over (order by risk, since, id) as n,
         case when o.state = 'due' then 'check-in' else 'reminder' end as template,
         (select 1 + coalesce(max(m.attempt), 0) from message m where m.tenant = $1 and m.check_in_id = o.id) as attempt
       from one_an_address o
     ), claimed as (
       insert into message (tenant, id, reference, check_in_id, contact_id, person_id, provider, attempt, template, channel, sender, state,
         link_hash, link_expires_at, claimed_at, claimed_on, claimed_by, address_key)
       select $1, l.id, $1 || '-' || l.id, o.id, o.contact_id, o.person_id, o.provider, o.attempt, o.template, o.channel, $9, 'claimed',
         l.hash, $5::timestamptz + interval '${LINK_VALID_DAYS} days', $5, $2, $10, o.address_key
       from numbered o join unnest($11::uuid[], $12::bytea[]) with ordinality as l (id, hash, n) on l.n = o.n
       -- Somebody else was quicker with this attempt, or wrote to this address.
       on conflict do nothing
       returning id, reference, check_in_id
     )
     select m.id, m.reference, m.check_in_id as "checkInId", o.person_id as "personId", o.channel, o.template, o.role, o.address
     from claimed m join numbered o on o.id = m.check_in_id order by o.n`,
    [
      tx.tenant,
      ctx.today,
      ctx.channels,
      ctx.addressSalt,
      ctx.now,
      provider,
      line,
      room,
      ctx.sender,
      ctx.mark.number,
      ids,
      ids.map((id) => linkHash(linkSecret(ctx.linkKey, tx.tenant, id))),
    ],
  );
}

/** Those nobody can be written to about: a person calls, and the reason says why. @returns how many */
export async function handOverWithoutRoute(tx: Tx, ctx: SweepContext, { line, provider }: LiveService): Promise<number> {
  return readIdentity(tx, ctx.now, 'sending check-ins', [], () =>
    tx.execute(
      `with stuck as (
         select c.id, ${WHY_CALL} as why from ${CHECK_IN_OF_CHILD}
         where c.tenant = $1 and c.provider = $6 and c.line = $7 and ${TO_BE_SENT} and ${STILL_OWED}
           and (not (${CHILD_NOT_HELD}) or not exists (select from (${routes()}) r)
             or (select count(*) from message m where m.tenant = c.tenant and m.check_in_id = c.id and m.state = 'failed') >= ${FAILURES_BEFORE_A_CALL})
         order by c.due_on limit ${HAND_OVER_BATCH}
       )
       update check_in k set state = 'unanswered', call_why = stuck.why, next_reminder_on = null
       from stuck where k.tenant = $1 and k.id = stuck.id and k.closed_at is null and k.state in ('due', 'sent')`,
      [tx.tenant, ctx.today, ctx.channels, ctx.addressSalt, ctx.now, provider, line],
    ),
  );
}
