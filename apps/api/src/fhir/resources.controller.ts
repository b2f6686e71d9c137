import { Settings } from '#config';
import {
  capabilityStatement,
  episodeOfCareOf,
  FHIR_JSON,
  measureReportOf,
  ReferralReads,
  serviceRequestOf,
  type ReferralPage,
} from '#fhir';
import { checkFields, refusal } from '#fields';
import { brokenRule, Clock, DomainError, isUuid, newId, type Principal } from '#kernel';
import { Reports } from '#reporting';
import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Allow, Asking, PROVIDER_ROLES, Public } from '../auth/index.js';
import { decodeCursor, encodeCursor } from '../http/page.js';
import { FhirPage, FORMATS, MeasureReportQuery, MetadataQuery } from './fhir-requests.js';

@ApiTags('FHIR')
@ApiBearerAuth()
@ApiProduces(FHIR_JSON)
@Controller('v1/fhir')
export class FhirResourcesController {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly reads: ReferralReads,
    private readonly reports: Reports,
  ) {}

  @Get('metadata')
  @Public()
  @Header('content-type', FHIR_JSON)
  @ApiOperation({ summary: 'What is done of FHIR here' })
  @ApiQuery({ name: '_format', required: false, enum: FORMATS })
  metadata(@Query('_format') _format?: string): object {
    const { errors } = checkFields(MetadataQuery, { _format });
    if (errors.length > 0) throw refusal(errors);
    return capabilityStatement(`${this.settings.publicUrl}/v1/fhir`, this.clock.now());
  }

  @Get('ServiceRequest')
  @Allow(...PROVIDER_ROLES)
  @Header('content-type', FHIR_JSON)
  @ApiOperation({ summary: 'Your referrals as ServiceRequests' })
  serviceRequests(@Asking() principal: Principal, @Query() query: FhirPage): Promise<object> {
    return this.#search('ServiceRequest', principal, query, ({ referrals }) => referrals.map(serviceRequestOf));
  }

  @Get('EpisodeOfCare')
  @Allow(...PROVIDER_ROLES)
  @Header('content-type', FHIR_JSON)
  @ApiOperation({ summary: 'Your referrals as EpisodesOfCare: `waitlist` while the child waits, with the history of its status' })
  episodes(@Asking() principal: Principal, @Query() query: FhirPage): Promise<object> {
    return this.#search('EpisodeOfCare', principal, query, ({ referrals, events, today }) =>
      referrals.map((r) => episodeOfCareOf(r, events.get(r.pathwayId) ?? [], today)),
    );
  }

  @Get('MeasureReport')
  @Header('content-type', FHIR_JSON)
  @ApiOperation({ summary: 'The report of waits as a MeasureReport: exact or suppressed by role, as the report is' })
  async measureReport(@Asking() principal: Principal, @Query() { _format, ...query }: MeasureReportQuery): Promise<object> {
    // A report that is complete is of a day that is over: what the lists would be on a coming day is in the report of waits.
    if (query.asOf !== undefined && query.asOf > this.clock.today()) throw brokenRule('asOf', 'must not be after today');
    const report = await this.reports.waits(principal, query);
    report.synthetic ||= this.settings.synthetic;
    const now = this.clock.now();
    const resource = measureReportOf(report, newId(now), now);
    return { resourceType: 'Bundle', type: 'searchset', total: 1, entry: [{ resource, search: { mode: 'match' } }] };
  }

  async #search(
    type: string,
    principal: Principal,
    { _count: count = 50, _cursor: cursor }: FhirPage,
    shown: (read: ReferralPage) => Record<string, unknown>[],
  ): Promise<object> {
    const read = await this.reads.read(principal, { limit: count + 1, after: afterOf(cursor) });
    const isMore = read.referrals.length > count;
    const referrals = read.referrals.slice(0, count);
    const base = `${this.settings.publicUrl}/v1/fhir/${type}`;
    const last = referrals.at(-1);
    const next = isMore && last ? [{ relation: 'next', url: `${base}?_count=${count}&_cursor=${encodeCursor([last.id])}` }] : [];
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      timestamp: this.clock.now().toISOString(),
      link: [{ relation: 'self', url: `${base}?_count=${count}` }, ...next],
      entry: shown({ ...read, referrals }).map((resource) => ({
        fullUrl: `${base}/${String(resource['id'])}`,
        resource,
        search: { mode: 'match' },
      })),
    };
  }
}

function afterOf(cursor: string | undefined): string | null {
  const [id = null] = decodeCursor(cursor, 1) ?? [];
  if (id === null && cursor === undefined) return null;
  if (typeof id === 'string' && isUuid(id)) return id;
  throw new DomainError('invalid', 'The cursor is not one this list gave.', [{ path: '_cursor', message: 'must be of a next link' }]);
}
