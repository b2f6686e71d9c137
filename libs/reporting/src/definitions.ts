import type { Measure } from '#waits';
import { DIMENSION_SQL } from './dimensions.js';
import { disclosureWords } from './disclosure.js';
import type { WaitsPlan } from './waits-plan.js';
import { bandsOf, type ReportingService } from './waits-statement.js';

/** 80 % of community health activity within 18 weeks by 2028/29 (Medium Term Planning Framework, October 2025). No interim step was confirmed. */
export const COMMUNITY_STANDARD = { percent: 80, withinDays: 126, by: '2029-03-31' } as const;
export type Standard = typeof COMMUNITY_STANDARD;

export const standardOf = (plan: WaitsPlan): Standard | null => (plan.measure === 'sitrep' ? COMMUNITY_STANDARD : null);

/** What is not confirmed nationally and was chosen here (domain reference 13); printed with every report it bears on. */
const CHOSEN: { bearsOn: (plan: WaitsPlan) => boolean; words: string }[] = [
  {
    bearsOn: (plan) => plan.measure === 'sitrep',
    words:
      'The clock stop of the community SitRep could not be read: each service says whether it stops at first contact or first treatment. ' +
      'Its suppression rule is not confirmed either.',
  },
  {
    bearsOn: (plan) => plan.measure === 'ahp-rtt',
    words: 'Of the referral-to-treatment rules suite only rule 1 was read in full; the AHP guide by its contents list.',
  },
  {
    bearsOn: (plan) => plan.measure === 'equipment-handover',
    words: 'Days 127 to 132 fit neither published label (18 weeks or less, 19 weeks or more) and count as over target.',
  },
  {
    bearsOn: (plan) => plan.measure === 'cyp-mh-full',
    words: 'Four weeks is an ambition without a national threshold. Children waiting for a full clock stop may have been seen already.',
  },
  {
    bearsOn: (plan) => plan.measure === 'experienced',
    words: 'This wait is our own measure: links within 90 days of an untreated end are a proposal.',
  },
  { bearsOn: () => true, words: 'Targets of single services are their own choice where they differ from the line’s.' },
];

/** What every figure of the report means, in words, for whoever reads it without us. */
export function definitionsOf(plan: WaitsPlan, services: readonly ReportingService[]): Record<string, string> {
  const each = (of: (measure: Measure) => string): string => {
    const words = plan.lines.map(({ line, measure }) => ({ line: line.name, says: of(measure) }));
    return new Set(words.map((w) => w.says)).size === 1 ? (words[0]?.says ?? '') : words.map((w) => `${w.line}: ${w.says}`).join('. ');
  };
  return {
    measure: each((m) => m.title),
    starts: each((m) => m.starts),
    stops: each((m) => m.stops),
    waiting:
      'Waits on the list at the end of the as-of day; a child may have more than one. Unknown starts are counted apart, under dataQuality.',
    days: 'London calendar days from the start, which is day 0, to the as-of day. Nothing pauses a wait.',
    bands: bandWords(plan),
    withinTarget: targetWords(plan),
    percentiles: 'Of single waits in days, interpolated between neighbours (percentile_cont), not estimated from bands.',
    stopRule: services.map((s) => `${s.provider} ${s.line}: ${s.stopRule}${targetsWords(s)}`).join('; '),
    ...(plan.groupBy.length === 0 ? {} : { groups: groupWords(plan) }),
    disclosure: disclosureWords(plan.disclosure),
    chosen: CHOSEN.filter((c) => c.bearsOn(plan))
      .map((c) => c.words)
      .join(' '),
  };
}

function bandWords(plan: WaitsPlan): string {
  const scheme = plan.lines[0]?.measure.bands ?? 'sitrep';
  if (scheme === 'weekly')
    return 'Weeks, as referral-to-treatment figures: 0-1 is 0 to 7 days, n to n+1 is 7n+1 to 7(n+1) days, 104+ is 729 days or more.';
  const edges = bandsOf(scheme).map(
    ({ label, from, to }) => `${label} is ${to === Infinity ? `${from} days or more` : `${from} to ${to}`}`,
  );
  return `Weeks, as the Community Health Services SitRep: ${edges.join(', ')}.`;
}

function targetWords({ lines }: WaitsPlan): string {
  const allowed = lines.flatMap(({ line, measure }) => {
    const [routine, urgent] = [measure.target('routine'), measure.target('urgent')];
    if (routine === null) return [];
    return [`${line.name}: ${routine} days${urgent === routine || urgent === null ? '' : ` routine, ${urgent} urgent`}`];
  });
  if (allowed.length === 0) return 'This measure has no target.';
  return `Waits no longer than their target on the as-of day, also without one of their own. ${allowed.join('. ')}.`;
}

function targetsWords({ targets }: ReportingService): string {
  const own = Object.entries(targets).map(([measure, days]) => `${measure} ${days} days`);
  return own.length === 0 ? '' : ` (own targets: ${own.join(', ')})`;
}

const groupWords = ({ groupBy }: WaitsPlan): string =>
  groupBy
    .map((d) => DIMENSION_SQL[d])
    .map(({ title, note }) => (note === undefined ? title : `${title}: ${note}`))
    .join('. ');
