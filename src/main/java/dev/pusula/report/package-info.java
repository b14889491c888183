/**
 * Reports of runs: one tree of values, rendered as text, HTML, JSON and CSV, with charts.
 *
 * <p>It refuses to invent: no price set means no cost, and a percentile of too few samples is shown
 * as its interval only. Charts are SVG written here; JFreeChart is rejected because it needs AWT
 * and fonts, which headless JREs lack.
 */
@NullMarked
package dev.pusula.report;

import org.jspecify.annotations.NullMarked;
