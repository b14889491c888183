package dev.pusula.inference.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.platform.Json;

/**
 * A generation as OpenAI's API writes it.
 *
 * <p>Temperature and nucleus are always sent, because a server may take its defaults from the
 * checkpoint's {@code generation_config.json} instead of OpenAI's. {@code top_k}, {@code min_p} and
 * {@code repetition_penalty} are vLLM's names, which stricter servers refuse, so they are sent only
 * when set: a vLLM that is to honour their absence runs with {@code --generation-config vllm}.
 */
final class RequestBody {

  /** Servers take seeds of 31 bits at least; not all take negative or longer ones. */
  private static final long LARGEST_SEED = Integer.MAX_VALUE;

  private RequestBody() {}

  /** Where it goes, under a server's {@code /v1}. */
  static String path(Prompt prompt) {
    return prompt instanceof Prompt.Chat ? "/chat/completions" : "/completions";
  }

  /**
   * The JSON.
   *
   * @param model id at the server
   * @param contextLength a chat that may fill it is sent without a bound, for the server knows how
   *     long the prompt is
   */
  static byte[] of(GenerationRequest request, String model, int contextLength) {
    ObjectNode body = Json.mapper().createObjectNode();
    body.put("model", model);
    boolean chat = request.prompt() instanceof Prompt.Chat;
    prompt(body, request.prompt());
    if (!chat || request.maxTokens() < contextLength) {
      body.put("max_tokens", request.maxTokens());
    }
    sampling(body, request.sampling());
    if (!request.stop().isEmpty()) {
      request.stop().forEach(body.putArray("stop")::add);
    }
    if (request.topLogprobs() != GenerationRequest.NO_LOGPROBS) {
      if (chat) {
        body.put("logprobs", true);
        body.put("top_logprobs", request.topLogprobs());
      } else {
        body.put("logprobs", request.topLogprobs());
      }
    }
    body.put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    try {
      return Json.mapper().writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values is always written", e);
    }
  }

  private static void prompt(ObjectNode body, Prompt prompt) {
    if (prompt instanceof Prompt.Chat chat) {
      ArrayNode messages = body.putArray("messages");
      for (Prompt.ChatMessage message : chat.messages()) {
        messages.addObject().put("role", message.role()).put("content", message.content());
      }
    } else if (prompt instanceof Prompt.Tokens tokens) {
      tokens.ids().forEach(body.putArray("prompt")::add);
    } else {
      body.put("prompt", ((Prompt.Text) prompt).text());
    }
  }

  private static void sampling(ObjectNode body, Sampling sampling) {
    body.put("temperature", sampling.temperature());
    body.put("top_p", sampling.topP());
    if (sampling.temperature() > 0) {
      // A greedy answer draws nothing, and a seed takes a slower path on some servers.
      body.put("seed", seed(sampling.seed()));
    }
    putUnless(body, "presence_penalty", sampling.presencePenalty(), 0);
    putUnless(body, "frequency_penalty", sampling.frequencyPenalty(), 0);
    putUnless(body, "min_p", sampling.minP(), 0);
    putUnless(body, "repetition_penalty", sampling.repetitionPenalty(), 1);
    if (sampling.topK() > 0) {
      body.put("top_k", sampling.topK());
    }
    if (!sampling.logitBias().isEmpty()) {
      ObjectNode bias = body.putObject("logit_bias");
      sampling.logitBias().forEach((token, value) -> bias.put(token.toString(), value));
    }
  }

  /** As it is where every server takes it, otherwise folded; equal seeds stay equal. */
  private static long seed(long seed) {
    return seed >= 0 && seed <= LARGEST_SEED ? seed : (seed ^ (seed >>> 32)) & LARGEST_SEED;
  }

  private static void putUnless(ObjectNode body, String name, double value, double unset) {
    if (value != unset) {
      body.put(name, value);
    }
  }
}
