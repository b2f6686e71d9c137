import { Day, Flag, OneOf, Optional, OdsCode, Part, Text, TextList, WholeNumber } from '#fields';
import type { ServiceLine } from '#service-lines';
import type { Mechanism, Purpose } from '#waits';
import { PRIORITIES } from './new-referral.js';

/** Who decided, by name: a machine never does. */
export class DecidedBy {
  @Text(120)
  name: string;

  @Text(120)
  role: string;
}

/** Fields of every event that ends a wait without treatment. That they are there is a rule (422), not a matter of form. */
class Decision {
  @Optional()
  @Part(() => DecidedBy)
  decidedBy?: DecidedBy | null;

  @Optional()
  @Day()
  familyToldOn?: string | null;

  @Optional()
  @Flag()
  safeguardingChecked?: boolean | null;

  @Optional()
  @Text(2000)
  note?: string | null;
}

class Note {
  @Optional()
  @Text(2000)
  note?: string | null;
}

class ReferralRejected extends Decision {
  @OneOf(['duplicate', 'inappropriate', 'incomplete'])
  reason: string;
}

class ReceivedOnCorrected extends Note {
  @Day()
  receivedOn: string;

  @Text(200)
  reason: string;
}

class PriorityChanged extends Note {
  @OneOf(PRIORITIES)
  priority: string;

  @Optional()
  @Text(200)
  reason?: string | null;
}

class AppointmentCancelled extends Note {
  @OneOf(['provider', 'family'])
  by: string;
}

export const MECHANISMS: readonly Mechanism[] = ['face-to-face', 'telephone', 'video', 'talk-type', 'text', 'email', 'chat'];
export const PURPOSES: readonly Purpose[] = ['triage', 'assessment', 'treatment', 'review'];

class CareContact extends Note {
  @OneOf(['attended', 'attended-late', 'late-not-seen', 'not-brought', 'cancelled-by-family', 'cancelled-by-provider'])
  attendance: string;

  @OneOf(MECHANISMS)
  mechanism: string;

  @OneOf(PURPOSES)
  purpose: string;

  @Optional()
  @Flag()
  appointmentCommunicated?: boolean | null;
}

class WaitingSupport extends Note {
  @OneOf(['check-in-call', 'advice-line', 'strategies-sent', 'workshop', 'duty-call', 'setting-training'])
  kind: string;
}

class OutcomeScore extends Note {
  @Text(60)
  tool: string;

  @Flag()
  baseline: boolean;
}

class Intervention extends Note {
  @OneOf(['psychological', 'psychosocial', 'medication'])
  kind: string;
}

class ActiveMonitoring extends Decision {
  @OneOf(['clinician', 'family'])
  by: string;

  @Day()
  reviewOn: string;
}

class Transferred extends Note {
  @OdsCode()
  toProvider: string;
}

class Removed extends Decision {
  @OneOf(['no-response', 'moved-away', 'aged-out', 'declined', 'not-brought-after-review', 'no-longer-needed', 'duplicate'])
  reason: string;

  @Optional()
  @Text(120)
  receivedBy?: string | null;

  @Optional()
  @Flag()
  noAdultService?: boolean | null;
}

class Discharged extends Decision {
  @Text(200)
  reason: string;
}

class FamilyDelay extends Note {
  @Day()
  from: string;

  @Day()
  to: string;
}

class PrescriptionDecided extends Decision {
  @Optional()
  @TextList(30, 60)
  items?: string[] | null;

  @Optional()
  @OneOf(['low', 'medium', 'high', 'specialist'])
  needLevel?: string | null;

  @Optional()
  @Flag()
  none?: boolean | null;
}

class SupplierDateGiven extends Note {
  @Day()
  dueOn: string;
}

class HandedOver extends Note {
  @Optional()
  @Text(60)
  item?: string | null;

  @Flag()
  usable: boolean;
}

class EventVoided {
  @WholeNumber(1, 1_000_000)
  seq: number;

  @Text(200)
  reason: string;
}

type DataClass = new () => object;

/** Every event any line may be told, with the class of its data. */
const EVENTS: Record<string, DataClass> = {
  'referral-accepted': Note,
  'referral-rejected': ReferralRejected,
  'received-on-corrected': ReceivedOnCorrected,
  'priority-changed': PriorityChanged,
  'appointment-booked': Note,
  'appointment-cancelled': AppointmentCancelled,
  rebooked: Note,
  contact: CareContact,
  'indirect-activity': Note,
  'waiting-support': WaitingSupport,
  'outcome-score': OutcomeScore,
  'care-plan-agreed': Note,
  intervention: Intervention,
  'treatment-started': Note,
  'active-monitoring-started': ActiveMonitoring,
  'decision-to-treat': Note,
  'treatment-declined': Decision,
  'decision-not-to-treat': Decision,
  transferred: Transferred,
  'transfer-accepted': Note,
  removed: Removed,
  discharged: Discharged,
  died: Note,
  'family-delay': FamilyDelay,
  'event-voided': EventVoided,
};

/** Data of the events that only some lines know. */
const OWN_EVENTS: Record<string, DataClass> = {
  'prescription-decided': PrescriptionDecided,
  'supplier-date-given': SupplierDateGiven,
  'handed-over': HandedOver,
};

/** Told on any line, and never moving a clock. */
const INFORMATIONAL_ON_EVERY_LINE = [
  'triaged',
  'information-requested',
  'information-received',
  'opt-in-sent',
  'opt-in-received',
  'appointment-offered',
  'not-brought-followed-up',
  'family-told',
  'safeguarding-raised',
  'consent-recorded',
  'consent-withdrawn',
  'moved',
  'gp-changed',
  'school-changed',
  'harm-reviewed',
  'complaint',
  'interpreter-arranged',
];

/** The class that checks the data of an event on a line, or null where the line knows no such event. */
export function eventDataClass(type: string, line: ServiceLine): DataClass | null {
  if (Object.hasOwn(EVENTS, type)) return EVENTS[type] ?? null;
  if (line.ownEvents.includes(type)) return OWN_EVENTS[type] ?? Note;
  return INFORMATIONAL_ON_EVERY_LINE.includes(type) || line.informationalEvents.includes(type) ? Note : null;
}

/** Every event a line may be told, for the error that names them. */
export const eventTypes = (line: ServiceLine): string[] =>
  [...Object.keys(EVENTS), ...line.ownEvents, ...INFORMATIONAL_ON_EVERY_LINE, ...line.informationalEvents].sort();
