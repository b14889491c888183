package dev.pusula.completion.boundary;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.inference.entity.Usage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Builds the bodies of one API: the whole answer, and the chunks of a stream. */
interface CompletionShape {

  /**
   * A choice, or a stretch of one in a stream.
   *
   * @param index its place in the answer
   * @param text what was generated
   * @param logprobs of its tokens; null where they were not asked for
   * @param offset where the text begins in the choice's, in code points
   * @param reason why the choice ended; null while it goes on
   */
  record Part(
      int index,
      String text,
      @Nullable List<TokenLogprob> logprobs,
      int offset,
      @Nullable FinishReason reason) {}

  /**
   * The answer at once.
   *
   * @param prompt log-probabilities of the prompt's tokens from the second on; null where they were
   *     not asked for
   */
  Object whole(List<Part> choices, @Nullable List<TokenLogprob> prompt, Usage usage);

  /** The chunk before a choice's first text; null where there is none. */
  @Nullable Object opening(int index);

  /** A piece of a choice, or its end. */
  Object piece(Part part);

  /** The chunk that carries the counts alone. */
  Object usage(Usage usage);

  /**
   * Token counts on the wire.
   *
   * @param promptTokens of the prompts
   * @param completionTokens of the choices
   * @param totalTokens both
   * @param promptTokensDetails of the prompts' tokens, those that were not computed again
   */
  record WireUsage(
      int promptTokens, int completionTokens, int totalTokens, PromptDetails promptTokensDetails) {

    @Schema(name = "PromptTokensDetails")
    record PromptDetails(int cachedTokens) {}

    static WireUsage of(Usage usage) {
      return new WireUsage(
          usage.promptTokens(),
          usage.completionTokens(),
          usage.totalTokens(),
          new PromptDetails(usage.cachedTokens()));
    }

    /** What a chunk before the last carries: null where counts will come, otherwise nothing. */
    static @Nullable Object awaited(boolean usageWanted) {
      return usageWanted ? NullNode.getInstance() : null;
    }
  }

  /**
   * Chat completions.
   *
   * @param id of the completion
   * @param created seconds since 1970
   * @param model as the request named it
   * @param usageWanted whether a stream ends with the counts
   */
  record Chat(String id, long created, String model, boolean usageWanted)
      implements CompletionShape {

    @Schema(name = "AnswerMessage")
    record Message(String role, String content) {}

    @JsonInclude(Include.NON_NULL)
    record Delta(@Nullable String role, @Nullable String content) {}

    record Choice(
        int index,
        Message message,
        WireLogprobs.@Nullable Chat logprobs,
        @Nullable String finishReason) {}

    record ChunkChoice(
        int index,
        Delta delta,
        WireLogprobs.@Nullable Chat logprobs,
        @Nullable String finishReason) {}

    @Schema(name = "ChatCompletion", description = "An answer in a conversation")
    record Whole(
        String id,
        String object,
        long created,
        String model,
        List<Choice> choices,
        WireUsage usage,
        @Schema(description = "as vLLM tells them: null for the first token, then one by id")
            @JsonInclude(Include.NON_NULL)
            @Nullable List<@Nullable Map<String, WireLogprobs.Scored>> promptLogprobs) {}

    record Chunk(
        String id,
        String object,
        long created,
        String model,
        List<ChunkChoice> choices,
        @JsonInclude(Include.NON_NULL) @Nullable Object usage) {}

    @Override
    public Object whole(List<Part> choices, @Nullable List<TokenLogprob> prompt, Usage usage) {
      return new Whole(
          id,
          "chat.completion",
          created,
          model,
          choices.stream()
              .map(
                  part ->
                      new Choice(
                          part.index(),
                          new Message("assistant", part.text()),
                          WireLogprobs.chat(part.logprobs()),
                          wire(part.reason())))
              .toList(),
          WireUsage.of(usage),
          WireLogprobs.prompt(prompt));
    }

    @Override
    public Object opening(int index) {
      return chunk(new ChunkChoice(index, new Delta("assistant", ""), null, null));
    }

    @Override
    public Object piece(Part part) {
      boolean end = part.reason() != null;
      return chunk(
          new ChunkChoice(
              part.index(),
              new Delta(null, end ? null : part.text()),
              end ? null : WireLogprobs.chat(part.logprobs()),
              wire(part.reason())));
    }

    @Override
    public Object usage(Usage usage) {
      return chunk(List.of(), WireUsage.of(usage));
    }

    private Chunk chunk(ChunkChoice choice) {
      return chunk(List.of(choice), WireUsage.awaited(usageWanted));
    }

    private Chunk chunk(List<ChunkChoice> choices, @Nullable Object usage) {
      return new Chunk(id, "chat.completion.chunk", created, model, choices, usage);
    }
  }

  /**
   * Text completions, whose chunks have the shape of the whole.
   *
   * @param id of the completion
   * @param created seconds since 1970
   * @param model as the request named it
   * @param usageWanted whether a stream ends with the counts
   * @param echoes the text to repeat before each choice; empty for none
   */
  record Text(String id, long created, String model, boolean usageWanted, List<String> echoes)
      implements CompletionShape {

    record Choice(
        int index,
        String text,
        WireLogprobs.@Nullable Text logprobs,
        @Nullable String finishReason) {}

    @Schema(name = "TextCompletion", description = "A text's continuation")
    record Body(
        String id,
        String object,
        long created,
        String model,
        List<Choice> choices,
        @Schema(implementation = WireUsage.class) @JsonInclude(Include.NON_NULL)
            @Nullable Object usage) {}

    @Override
    public Object whole(List<Part> choices, @Nullable List<TokenLogprob> prompt, Usage usage) {
      return body(
          choices.stream().map(part -> choice(part, echo(part.index()))).toList(),
          WireUsage.of(usage));
    }

    @Override
    public @Nullable Object opening(int index) {
      return echoes.isEmpty() ? null : piece(new Part(index, echo(index), null, 0, null));
    }

    @Override
    public Object piece(Part part) {
      return body(List.of(choice(part, "")), WireUsage.awaited(usageWanted));
    }

    @Override
    public Object usage(Usage usage) {
      return body(List.of(), WireUsage.of(usage));
    }

    private String echo(int index) {
      return echoes.isEmpty() ? "" : echoes.get(index);
    }

    private static Choice choice(Part part, String before) {
      return new Choice(
          part.index(),
          before + part.text(),
          WireLogprobs.text(part.logprobs(), part.offset()),
          wire(part.reason()));
    }

    private Body body(List<Choice> choices, @Nullable Object usage) {
      return new Body(id, "text_completion", created, model, choices, usage);
    }
  }

  private static @Nullable String wire(@Nullable FinishReason reason) {
    return reason == null ? null : reason.name().toLowerCase(Locale.ROOT);
  }
}
