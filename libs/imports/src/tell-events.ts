import type { Tx } from '#database';
import { DomainError, addDays, type FieldError, type LocalDate } from '#kernel';
import { checkEvent, endsUntreated, offerTo, pathwayEvents, recordDeath, requestDigest, type NewEvent } from '#referrals';
import { serviceLine } from '#service-lines';
import { progressOf, type PathwayEvent, type Priority, type Progress } from '#waits';
import { URGENT_FOR_DAYS, type ApplyContext } from './apply-referrals.js';

/** Something a row tells of a referral that is held. */
export interface Telling {
  rowNo: number;
  referralId: string;
  pathwayId: string;
  personId: string;
  line: string;
  /** What the event is called where it comes from; null = known by what it says. */
  eventId: string | null;
  /** Worked out when everything before it is known; null = nothing is to be told. */
  event(progress: Progress): NewEvent | null;
}

export type Told = { rowNo: number; outcome: 'new' | 'same' } | { rowNo: number; outcome: 'refused'; errors: readonly FieldError[] };

/**
 * Tells events in the order given, each checked against all that was told before by the rules every event is checked by. An event that is
 * held already is the same event. Reads once and writes once for all of them; a death or a transfer, which are few, for itself.
 * @param how whether what one row tells stands or falls together
 */
export async function tellEvents(
  tx: Tx,
  tellings: readonly Telling[],
  ctx: ApplyContext,
  how: 'row-by-row' | 'each-by-itself' = 'row-by-row',
): Promise<Told[]> {
  if (tellings.length === 0) return [];
  const pathwayIds = [...new Set(tellings.map((t) => t.pathwayId))].sort();
  await tx.query(`select id from pathway where tenant = $1 and id = any($2) order by id for no key update`, [tx.tenant, pathwayIds]);
  const events = await pathwayEvents(tx, pathwayIds);
  const keys = await heldKeys(tx, pathwayIds);
  const teller = new Teller(tx, ctx, events, keys);
  const told: Told[] = [];
  for (const row of how === 'row-by-row' ? byRow(tellings) : tellings.map((each) => [each])) told.push(...(await teller.tellAll(row)));
  await teller.write();
  return told;
}

function byRow(tellings: readonly Telling[]): Telling[][] {
  const rows: Telling[][] = [];
  for (const telling of tellings) {
    const last = rows.at(-1);
    if (last?.[0]?.rowNo === telling.rowNo) last.push(telling);
    else rows.push([telling]);
  }
  return rows;
}

/** What was told before, by the name it has in its source. */
async function heldKeys(tx: Tx, pathwayIds: string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ referralId: string; key: string; seq: number }>(
    `select referral_id as "referralId", source_key as key, seq from pathway_event where tenant = $1 and pathway_id = any($2) and source_key is not null`,
    [tx.tenant, pathwayIds],
  );
  return new Map(rows.map((r) => [`${r.referralId} ${r.key}`, r.seq]));
}

interface NewRow {
  pathway_id: string;
  referral_id: string;
  seq: number;
  type: string;
  occurred_on: LocalDate;
  data: object;
  asserted: boolean;
  source_key: string;
}

class Teller {
  readonly #rows: NewRow[] = [];
  readonly #said = new Map<string, Set<string>>();

  constructor(
    private readonly tx: Tx,
    private readonly ctx: ApplyContext,
    private readonly events: Map<string, PathwayEvent[]>,
    private readonly keys: Map<string, number>,
  ) {}

  /** Everything a row tells, or nothing of it. */
  async tellAll(row: readonly Telling[]): Promise<Told[]> {
    const begun = this.#rows.length;
    const told: Told[] = [];
    for (const telling of row) {
      const one = await this.#tell(telling);
      if (one.outcome === 'refused') {
        this.#takeBack(begun);
        return [one];
      }
      told.push(one);
    }
    return told;
  }

  /** Nothing of these was written: a death, which is, stands last in its row. */
  #takeBack(begun: number): void {
    for (const row of this.#rows.splice(begun)) {
      this.events.get(row.pathway_id)?.pop();
      this.keys.delete(`${row.referral_id} ${row.source_key}`);
      this.#said.delete(row.referral_id);
    }
  }

  async #tell(t: Telling): Promise<Told> {
    const events = this.events.get(t.pathwayId) ?? [];
    const line = serviceLine(t.line);
    const progress = progressOf(events, line.rules).get(t.referralId);
    if (!progress) return refused(t, [{ path: 'source.id', message: 'must be a referral whose receipt is held' }]);
    const event = t.event(progress);
    if (event === null) return { rowNo: t.rowNo, outcome: 'same' };
    if (event.type === 'died' && this.#wasTakenBack(events, t, event.occurredOn)) return refused(t, [DEATH_TAKEN_BACK]);
    const content = contentOf(event);
    const sourceKey = t.eventId ?? `content:${content}`;
    const heldAs = this.keys.get(`${t.referralId} ${sourceKey}`);
    if (heldAs !== undefined) {
      const held = events.find((e) => e.referralId === t.referralId && e.seq === heldAs);
      if (held && contentOf(held) === content) return { rowNo: t.rowNo, outcome: 'same' };
      return refused(t, [{ path: 'eventId', message: 'is held with other content: void that event first' }]);
    }
    if (t.eventId === null && this.#isSaid(t, events, content)) return { rowNo: t.rowNo, outcome: 'same' };
    if (progress.provider !== this.ctx.provider)
      return refused(t, [{ path: 'source.id', message: 'must be a referral on your list: another provider has accepted this one' }]);
    try {
      checkEvent(event, progress, this.tx.principal, this.ctx.today, 'asserted-by-import');
      await this.#bringsWithIt(t, event, progress);
    } catch (error) {
      if (error instanceof DomainError)
        return refused(t, error.errors.length > 0 ? error.errors : [{ path: 'type', message: error.message }]);
      throw error;
    }
    const own = events.filter((e) => e.referralId === t.referralId);
    const seq = Math.max(...own.map((e) => e.seq)) + 1;
    const { now } = this.ctx;
    events.push({ referralId: t.referralId, seq, type: event.type, occurredOn: event.occurredOn, data: event.data, recordedAt: now });
    this.keys.set(`${t.referralId} ${sourceKey}`, seq);
    this.#said.get(t.referralId)?.add(content);
    this.#rows.push({
      pathway_id: t.pathwayId,
      referral_id: t.referralId,
      seq,
      type: event.type,
      occurred_on: event.occurredOn,
      data: event.data,
      asserted: endsUntreated(event, progress),
      source_key: sourceKey,
    });
    return { rowNo: t.rowNo, outcome: 'new' };
  }

  /** A person has found that the child did not die on that day. */
  #wasTakenBack(events: readonly PathwayEvent[], { referralId }: Telling, diedOn: LocalDate): boolean {
    const isDeath = (e: PathwayEvent): boolean => e.referralId === referralId && e.type === 'died' && e.occurredOn === diedOn;
    return events.some(isDeath) && !standing(events, referralId).some(isDeath);
  }

  #isSaid(t: Telling, events: readonly PathwayEvent[], content: string): boolean {
    let said = this.#said.get(t.referralId);
    if (!said) {
      said = new Set(standing(events, t.referralId).map(contentOf));
      this.#said.set(t.referralId, said);
    }
    return said.has(content);
  }

  async #bringsWithIt(t: Telling, event: NewEvent, progress: Progress): Promise<void> {
    const { now, today, provider, escalations } = this.ctx;
    const referral = { id: t.referralId, personId: t.personId, line: t.line };
    if (event.type === 'transferred') await offerTo(this.tx, referral, progress, event.data.toProvider ?? '', now);
    if (event.type === 'died') {
      // Other referrals of the child are told by the death itself, so what is still to be written comes first.
      await this.write();
      await recordDeath(this.tx, referral, event.occurredOn, now);
      await this.#readAgain(t.personId);
    }
    if (event.type === 'priority-changed' && event.occurredOn >= addDays(today, -URGENT_FOR_DAYS)) {
      const risk = serviceLine(t.line).urgentRisk({}, event.data.priority as Priority);
      if (risk) await escalations.open(this.tx, { personId: t.personId, referralId: t.referralId, line: t.line, provider, ...risk });
    }
  }

  /** A death is an event of the child's other referrals too, and these may be told of next. */
  async #readAgain(personId: string): Promise<void> {
    const theirs = await this.tx.query<{ id: string }>(`select id from pathway where tenant = $1 and person_id = $2 and id = any($3)`, [
      this.tx.tenant,
      personId,
      [...this.events.keys()],
    ]);
    const held = await pathwayEvents(
      this.tx,
      theirs.map(({ id }) => id),
    );
    for (const [id, events] of held) this.events.get(id)?.splice(0, Infinity, ...events);
    this.#said.clear();
  }

  async write(): Promise<void> {
    const rows = this.#rows.splice(0);
    if (rows.length === 0) return;
    const { now, provider } = this.ctx;
    await this.tx.execute(
      `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org, asserted_by_import, source_key)
        select $1, e.pathway_id, e.referral_id, e.seq, e.type, e.occurred_on, e.data, $2, $3, $4, e.asserted, e.source_key
        from jsonb_to_recordset($5) as e (pathway_id uuid, referral_id uuid, seq integer, type text, occurred_on date, data jsonb, asserted boolean, source_key text)`,
      [this.tx.tenant, now, this.tx.principal.subject, provider, JSON.stringify(rows)],
    );
    await this.tx.execute(`update pathway set changed = changed + 1, changed_at = $3 where tenant = $1 and id = any($2)`, [
      this.tx.tenant,
      [...new Set(rows.map((r) => r.pathway_id))],
      now,
    ]);
  }
}

/** The events of a referral that nobody has taken back. */
function standing(events: readonly PathwayEvent[], referralId: string): PathwayEvent[] {
  const own = events.filter((e) => e.referralId === referralId);
  const voided = new Set(own.filter((e) => e.type === 'event-voided').map((e) => e.data.seq));
  return own.filter((e) => !voided.has(e.seq));
}

const DEATH_TAKEN_BACK: FieldError = {
  path: 'occurredOn',
  message: 'was told before as the day of death, and taken back by a person: who has found out that it is right tells it again, by the API',
};

const refused = (t: Telling, errors: readonly FieldError[]): Told => ({ rowNo: t.rowNo, outcome: 'refused', errors });

/** What an event says, so that it is known again without a name. */
const contentOf = ({ type, occurredOn, data }: Pick<NewEvent, 'type' | 'occurredOn' | 'data'>): string =>
  requestDigest({ type, occurredOn, data }).toString('hex').slice(0, 32);
