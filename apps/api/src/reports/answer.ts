import { toCsv, type Table } from '#reporting';
import type { FastifyReply } from 'fastify';
import { XLSX_TYPE, type ReportFormat } from './accepted-type.js';

/** A report in every form it comes in; only the one that was asked for is made. */
interface Answer<Report> {
  /** Of the file, without its ending. */
  name: string;
  report: Report;
  table(): Table;
  workbook(): Promise<Buffer>;
}

/** The report as JSON, or as a file to keep. Never kept by anything on the way. */
export function answerIn<Report>(
  format: ReportFormat,
  reply: FastifyReply,
  { name, report, table, workbook }: Answer<Report>,
): Report | string | Promise<Buffer> {
  void reply.header('vary', 'accept').header('cache-control', 'no-store');
  const file = (ending: string): string => `attachment; filename="${name}.${ending}"`;
  switch (format) {
    case 'csv':
      void reply.header('content-type', 'text/csv; charset=utf-8').header('content-disposition', file('csv'));
      return toCsv(table());
    case 'xlsx':
      void reply.header('content-type', XLSX_TYPE).header('content-disposition', file('xlsx'));
      return workbook();
    case 'json':
      return report;
  }
}
