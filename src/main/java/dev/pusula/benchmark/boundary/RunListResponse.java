package dev.pusula.benchmark.boundary;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A page of runs, newest first.
 *
 * @param runs the page
 * @param next the value of {@code before} for the next page; null on the last one
 */
@Schema(description = "A page of runs, newest first")
record RunListResponse(List<RunResponse> runs, @Nullable String next) {}
