package dev.pusula.completion.boundary;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.platform.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request that this server does not read. One that would change nothing is skipped;
 * one that would change the answer is refused by its name unless it asks for what is done anyway;
 * one that nobody knows is refused with OpenAI's own sentence, because it is a misspelt one.
 */
final class OtherFields {

  /** They file, bill or hasten an answer, or are about tools that there are not; it is the same. */
  private static final Set<String> HARMLESS =
      Set.of(
          "metadata",
          "parallel_tool_calls",
          "priority",
          "prompt_cache_key",
          "prompt_cache_retention",
          "request_id",
          "safety_identifier",
          "service_tier",
          "store",
          "user");

  /**
   * Fields of OpenAI and of vLLM that are not honoured, each with the values that ask for nothing.
   */
  private static final Map<String, List<String>> UNSUPPORTED =
      Map.ofEntries(
          entry("add_special_tokens", List.of()),
          entry("allowed_token_ids", List.of("[]")),
          entry("audio", List.of()),
          entry("bad_words", List.of("[]")),
          entry("cache_salt", List.of()),
          entry("chat_template", List.of()),
          entry("chat_template_kwargs", List.of("{}")),
          entry("continue_final_message", List.of("false")),
          entry("documents", List.of("[]")),
          entry("echo", List.of("false")),
          entry("function_call", List.of("\"none\"", "\"auto\"")),
          entry("functions", List.of("[]")),
          entry("guided_choice", List.of("[]")),
          entry("guided_grammar", List.of()),
          entry("guided_json", List.of()),
          entry("guided_regex", List.of()),
          entry("ignore_eos", List.of("false")),
          entry("include_stop_str_in_output", List.of("false")),
          entry("kv_transfer_params", List.of()),
          entry("length_penalty", List.of("1", "1.0")),
          entry("logits_processors", List.of("[]")),
          entry("min_tokens", List.of("0")),
          entry("mm_processor_kwargs", List.of("{}")),
          entry("modalities", List.of("[\"text\"]")),
          entry("prediction", List.of()),
          entry("prompt_logprobs", List.of("-1")),
          entry("reasoning_effort", List.of("\"none\"")),
          entry("response_format", List.of("{\"type\":\"text\"}")),
          entry("return_token_ids", List.of("false")),
          entry("return_tokens_as_token_ids", List.of("false")),
          entry("skip_special_tokens", List.of("true")),
          entry("spaces_between_special_tokens", List.of("true")),
          entry("stop_token_ids", List.of("[]")),
          entry("structured_outputs", List.of()),
          entry("tool_choice", List.of("\"none\"", "\"auto\"")),
          entry("tools", List.of("[]")),
          entry("truncate_prompt_tokens", List.of()),
          entry("use_beam_search", List.of("false")),
          entry("verbosity", List.of("\"medium\"")),
          entry("web_search_options", List.of()));

  private OtherFields() {}

  static void check(@Nullable Map<String, JsonNode> fields) {
    if (fields == null) {
      return;
    }
    fields.forEach(
        (name, value) -> {
          List<String> idle = UNSUPPORTED.get(name);
          if (idle != null) {
            if (value != null && !value.isNull() && !idle.contains(value.toString())) {
              throw unsupported(name);
            }
          } else if (!HARMLESS.contains(name)) {
            throw ProblemException.badRequest("Unrecognized request argument supplied: " + name);
          }
        });
  }

  static ProblemException unsupported(String field) {
    return ProblemException.badRequest("is not supported by this server", field);
  }
}
