package dev.pusula.completion.boundary;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.Usage;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Builds the bodies of one API: the whole answer, and the chunks of a stream. */
interface CompletionShape {

  /** The answer at once. */
  Object whole(String text, FinishReason reason, Usage usage);

  /** The chunk before the first text; null where the API has none. */
  @Nullable Object opening();

  /** A piece of the answer. */
  Object piece(String delta);

  /** The chunk that tells why the answer ended. */
  Object closing(FinishReason reason);

  /** The chunk that carries the counts alone. */
  Object usage(Usage usage);

  /**
   * Token counts on the wire.
   *
   * @param promptTokens of the prompt
   * @param completionTokens of the answer
   * @param totalTokens both
   */
  record WireUsage(int promptTokens, int completionTokens, int totalTokens) {
    static WireUsage of(Usage usage) {
      return new WireUsage(usage.promptTokens(), usage.completionTokens(), usage.totalTokens());
    }
  }

  /**
   * Chat completions.
   *
   * @param id of the completion
   * @param created seconds since 1970
   * @param model as the request named it
   */
  record Chat(String id, long created, String model) implements CompletionShape {

    @Schema(name = "AnswerMessage")
    record Message(String role, String content) {}

    @JsonInclude(Include.NON_NULL)
    record Delta(@Nullable String role, @Nullable String content) {}

    record Choice(
        int index,
        Message message,
        @JsonInclude(Include.ALWAYS) @Nullable Object logprobs,
        String finishReason) {}

    record ChunkChoice(
        int index, Delta delta, @Nullable Object logprobs, @Nullable String finishReason) {}

    @Schema(name = "ChatCompletion", description = "An answer in a conversation")
    record Whole(
        String id,
        String object,
        long created,
        String model,
        List<Choice> choices,
        WireUsage usage) {}

    @JsonInclude(Include.NON_NULL)
    record Chunk(
        String id,
        String object,
        long created,
        String model,
        List<ChunkChoice> choices,
        @Nullable WireUsage usage) {}

    @Override
    public Object whole(String text, FinishReason reason, Usage usage) {
      return new Whole(
          id,
          "chat.completion",
          created,
          model,
          List.of(new Choice(0, new Message("assistant", text), null, wire(reason))),
          WireUsage.of(usage));
    }

    @Override
    public Object opening() {
      return chunk(new ChunkChoice(0, new Delta("assistant", ""), null, null));
    }

    @Override
    public Object piece(String delta) {
      return chunk(new ChunkChoice(0, new Delta(null, delta), null, null));
    }

    @Override
    public Object closing(FinishReason reason) {
      return chunk(new ChunkChoice(0, new Delta(null, null), null, wire(reason)));
    }

    @Override
    public Object usage(Usage usage) {
      return new Chunk(id, "chat.completion.chunk", created, model, List.of(), WireUsage.of(usage));
    }

    private Chunk chunk(ChunkChoice choice) {
      return new Chunk(id, "chat.completion.chunk", created, model, List.of(choice), null);
    }
  }

  /**
   * Text completions, whose chunks have the shape of the whole.
   *
   * @param id of the completion
   * @param created seconds since 1970
   * @param model as the request named it
   */
  record Text(String id, long created, String model) implements CompletionShape {

    record Choice(
        int index, String text, @Nullable Object logprobs, @Nullable String finishReason) {}

    @Schema(name = "TextCompletion", description = "A text's continuation")
    @JsonInclude(Include.NON_NULL)
    record Body(
        String id,
        String object,
        long created,
        String model,
        List<Choice> choices,
        @Nullable WireUsage usage) {}

    @Override
    public Object whole(String text, FinishReason reason, Usage usage) {
      return body(List.of(new Choice(0, text, null, wire(reason))), WireUsage.of(usage));
    }

    @Override
    public @Nullable Object opening() {
      return null;
    }

    @Override
    public Object piece(String delta) {
      return body(List.of(new Choice(0, delta, null, null)), null);
    }

    @Override
    public Object closing(FinishReason reason) {
      return body(List.of(new Choice(0, "", null, wire(reason))), null);
    }

    @Override
    public Object usage(Usage usage) {
      return body(List.of(), WireUsage.of(usage));
    }

    private Body body(List<Choice> choices, @Nullable WireUsage usage) {
      return new Body(id, "text_completion", created, model, choices, usage);
    }
  }

  private static String wire(FinishReason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }
}
