/**
 * A backend that sends generations to OpenAI-compatible servers: vLLM with its LoRA adapters,
 * SGLang, llama-server, another Pusula. The only place of the service with outbound HTTP.
 *
 * <p>Decisions: no thread waits for an answer, so that a thousand streams cost their buffers only;
 * a request names one model, hence one adapter at its own scale, and more are refused instead of
 * quietly dropped; another replica is tried only while nothing of the answer has arrived, the time
 * lost is queue time and the health check tells how often (docs/adr/0007); what a server says about
 * a request's mistake is passed on, what it says about its own failure goes to the log, and neither
 * where it could hold a credential; a field that equals the default is left out unless servers
 * disagree about the default. A client library is rejected: it would hide retries and bind the
 * service to one vendor's types.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.inference.remote;
