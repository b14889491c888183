/**
 * Pusula routes a Turkish text to sector adapters, serves inference with them, measures that under
 * load and keeps every run in PostgreSQL.
 *
 * <p>The map, each feature with {@code boundary} (REST), {@code control} (procedure) and {@code
 * entity} (state) where it meets the outside world:
 *
 * <ul>
 *   <li>{@code routing}: which sector, which adapters, which replica; with its trained model and
 *       how that is made
 *   <li>{@code inference}: one contract, {@code InferenceBackend}; the engine in plain Java and its
 *       devices, or any OpenAI-compatible server
 *   <li>{@code completion}: the OpenAI-compatible API, where a routed text meets a backend
 *   <li>{@code benchmark}: runs, samples, sector results, ingestion
 *   <li>{@code sota}: published figures and when comparing with them is fair
 *   <li>{@code report}: what a run says, as text, HTML, JSON and CSV
 *   <li>{@code balancing}: choosing among replicas; the router and the remote backend both do
 *   <li>{@code statistics}, {@code text}: pure functions
 *   <li>{@code platform}: clock, problem+json, settings; no domain word in it
 *   <li>{@code launch}: the command line and the processes it starts; not in the WAR
 * </ul>
 *
 * <p>Dependencies point one way: {@code launch} sees everything; {@code report} → sota → benchmark
 * → routing and inference; {@code completion} → routing and inference, which do not know each
 * other; all → balancing, statistics, text, platform.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula;
