package dev.pusula.architecture.offence.completion;

final class CompletionUsesReport {
  dev.pusula.architecture.offence.report.control.Layout layout;
}
