import { Settings } from '#config';
import { checkFields, refusal } from '#fields';
import type { Principal } from '#kernel';
import { readReturn, Reports, type ReconcileRequest, type Reconciliation } from '#reporting';
import { Body, Controller, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Asking } from '../auth/index.js';
import { ReconcileBody, ReconcileQuery } from './report-requests.js';

export const RECONCILE_PATH = '/v1/reports/reconcile';

@ApiTags('Reports')
@ApiBearerAuth()
@Controller(RECONCILE_PATH)
export class ReconcileController {
  constructor(
    private readonly reports: Reports,
    private readonly settings: Settings,
  ) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'A submitted return beside what we compute, with the rules that would explain the difference',
    description:
      'As CSV: columns service, band, count, or a row a service with a column a band; then measure, service, provider and asOf stand in the query. ' +
      'Exact for icb-manager, in counts; with referral ids for the provider itself.',
  })
  @ApiConsumes('application/json', 'text/csv')
  @ApiBody({ type: ReconcileBody })
  @ApiOkResponse({ description: 'Each band computed and submitted, and every rule that was tried with what it would move' })
  async reconcile(@Asking() principal: Principal, @Query() query: ReconcileQuery, @Body() body: unknown): Promise<Reconciliation> {
    const compared = await this.reports.reconcile(principal, typeof body === 'string' ? ofFile(query, body) : ofBody(query, body));
    compared.synthetic ||= this.settings.synthetic;
    return compared;
  }
}

const ofFile = (query: ReconcileQuery, text: string): ReconcileRequest => ({ ...query, submitted: { table: readReturn(text) } });

function ofBody(query: ReconcileQuery, body: unknown): ReconcileRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw refusal([{ path: 'body', message: 'must be an object' }]);
  const { value, errors } = checkFields(ReconcileBody, body);
  if (errors.length > 0) throw refusal(errors);
  const { submitted, ...said } = value;
  return { ...query, ...said, submitted: { bands: submitted } };
}
