import { Database, type Tx } from '#database';
import { Clock, systemPrincipal, type LocalDate, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import type { CheckInPolicy } from './check-in-facts.js';
import { undoCrossings } from './crossings.js';
import { foldPathway, type ClaimedPathway } from './fold-pathways.js';
import { NO_CHOICES, RULES_VERSION, type LineRules, type PathwayEvent, type ServiceChoices } from './rules/index.js';
import { stateFingerprint, storedStates, storedWaits, waitFingerprint, writeChanges, type Changes } from './wait-rows.js';

/** What the fold must be told about lines and policy: wired where an app is put together, so that waits knows neither. */
export abstract class WaitRules {
  abstract line(code: string): LineRules;
  abstract readonly checkInPolicy: CheckInPolicy;
}

export interface FoldedBatch {
  pathways: number;
  events: number;
  /** Rows of `wait` and `referral_state` that were written. */
  written: number;
  /** A check-in is due already: worth looking at once. */
  checkInsDue: boolean;
}

const BATCH = 400;

/** Computes waits: claims pathways that changed, reads their events, writes what changed. Any number at once, killed at any point. */
@Injectable()
export class WaitFold {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly rules: WaitRules,
  ) {}

  /** Folds until nothing claimable is stale, a transaction a batch. `between` may stop it. */
  async run(tenant: string, between?: (batch: FoldedBatch) => boolean | Promise<boolean>): Promise<FoldedBatch> {
    const principal = systemPrincipal(tenant, 'waits');
    const total: FoldedBatch = { pathways: 0, events: 0, written: 0, checkInsDue: false };
    for (;;) {
      const batch = await this.foldBatch(principal);
      total.pathways += batch.pathways;
      total.events += batch.events;
      total.written += batch.written;
      total.checkInsDue ||= batch.checkInsDue;
      if (batch.pathways === 0 || (between && !(await between(batch)))) return total;
    }
  }

  async foldBatch(principal: Principal, size = BATCH): Promise<FoldedBatch> {
    return this.database.inTenant(principal, async (tx) => {
      const claimed = await claimStale(tx, size);
      if (claimed.length === 0) return { pathways: 0, events: 0, written: 0, checkInsDue: false };
      const ids = claimed.map((p) => p.id);
      // Only now, in statements of their own: an event that was committed while we waited for the claim must be seen.
      const events = await eventsOf(tx, ids);
      const [choices, waits, states] = [await serviceChoices(tx), await storedWaits(tx, ids), await storedStates(tx, ids)];

      const storedByKey = new Map(waits.map((w) => [`${w.pathwayId} ${w.measure} ${w.ordinal}`, w]));
      const storedStateOf = new Map(states.map((s) => [s.referralId, s]));
      const changes: Changes = { waits: [], gone: [], states: [], folded: [] };
      const moved = new Set<string>();
      let eventCount = 0;
      for (const c of claimed) {
        const told = events.get(c.id) ?? [];
        eventCount += told.length;
        const lastCheckIns = new Map(told.map((e) => [e.referralId, storedStateOf.get(e.referralId)?.lastCheckInOn ?? null]));
        const pathway: ClaimedPathway = { ...c, events: told, lastCheckIns };
        const folded = foldPathway(pathway, this.rules.line(c.line), (provider) => choices(c.line, provider), this.rules.checkInPolicy);
        for (const row of folded.waits) {
          const key = `${row.pathwayId} ${row.measure} ${row.ordinal}`;
          const stored = storedByKey.get(key);
          storedByKey.delete(key);
          if (stored?.fingerprint === waitFingerprint(row)) continue;
          changes.waits.push(row);
          if (stored) moved.add(c.id);
        }
        for (const row of folded.states) {
          const stored = storedStateOf.get(row.referralId);
          if (stored?.fingerprint !== stateFingerprint(row)) changes.states.push(row);
        }
        changes.folded.push({ id: c.id, changed: c.changed });
      }
      changes.gone = [...storedByKey.values()];
      for (const row of changes.gone) moved.add(row.pathwayId);
      await writeChanges(tx, changes, RULES_VERSION);
      if (moved.size > 0) await undoCrossings(tx, [...moved], this.clock.now());
      return {
        pathways: claimed.length,
        events: eventCount,
        written: changes.waits.length + changes.gone.length + changes.states.length,
        checkInsDue: changes.states.some((s) => s.nextCheckInOn !== null && s.nextCheckInOn <= this.clock.today()),
      };
    });
  }
}

/** Locks pathways that were told something since they were folded, oldest first. NO KEY: an event may still be added meanwhile. */
async function claimStale(tx: Tx, size: number): Promise<{ id: string; personId: string; line: string; changed: number }[]> {
  return tx.query(
    `select id, person_id as "personId", line, changed from pathway
      where tenant = $1 and folded < changed order by changed_at, id limit $2 for no key update skip locked`,
    [tx.tenant, size],
  );
}

type EventRow = PathwayEvent & { pathwayId: string };

/** Recorded-at is not read: a stored wait is as known now. */
async function eventsOf(tx: Tx, pathwayIds: string[]): Promise<Map<string, PathwayEvent[]>> {
  const rows = await tx.query<EventRow>(
    `select pathway_id as "pathwayId", referral_id as "referralId", seq, type, occurred_on as "occurredOn", data
      from pathway_event where tenant = $1 and pathway_id = any($2)`,
    [tx.tenant, pathwayIds],
  );
  const events = new Map<string, PathwayEvent[]>();
  for (const event of rows) {
    event.recordedAt = ALWAYS;
    const told = events.get(event.pathwayId);
    if (told) told.push(event);
    else events.set(event.pathwayId, [event]);
  }
  return events;
}
const ALWAYS = new Date(0);

/** What every service of the tenant has chosen; few rows. */
export async function serviceChoices(tx: Tx): Promise<(line: string, provider: string) => ServiceChoices> {
  const rows = await tx.query<ServiceChoices & { line: string; provider: string }>(
    `select line, provider, stop_rule as "stopRule", targets from service where tenant = $1`,
    [tx.tenant],
  );
  const byService = new Map(rows.map((r) => [`${r.line} ${r.provider}`, r]));
  return (line, provider) => byService.get(`${line} ${provider}`) ?? NO_CHOICES;
}

/** Lists and reports count no further: after an import, counting a hundred thousand took as long as the rest of a report. */
export const MOST_COUNTED = 10_000;

/** How far the stored waits are behind, counted to `atMost` where it is given; nothing to compute = null. */
export async function staleness(tx: Tx, atMost: number | null = null): Promise<{ notYetComputed: number; oldest: Date | null }> {
  const row = await tx.one<{ n: number; oldest: Date | null }>(
    `select count(*) as n, min(changed_at) as oldest from (
        select changed_at from pathway where tenant = $1 and folded < changed order by changed_at limit $2) oldest_first`,
    [tx.tenant, atMost],
  );
  return { notYetComputed: row?.n ?? 0, oldest: row?.oldest ?? null };
}

/** Day of the last nightly pass that was finished; null before the first. */
export async function lastPass(tx: Tx, pass: string): Promise<LocalDate | null> {
  const row = await tx.one<{ day: LocalDate | null }>(
    `select max(day) as day from pass_run where tenant = $1 and pass = $2 and finished_at is not null`,
    [tx.tenant, pass],
  );
  return row?.day ?? null;
}
