package dev.pusula.architecture.offence.report;

final class ReportUsesRouting {
  dev.pusula.architecture.offence.routing.entity.Route route;
}
