package dev.pusula.inference.entity;

import java.util.List;

/** What a model is asked to continue. */
public sealed interface Prompt {

  /** Plain text, continued as it stands. */
  record Text(String text) implements Prompt {}

  /** Token ids, continued as they stand; at least one. */
  record Tokens(List<Integer> ids) implements Prompt {
    /** Copies the list. */
    public Tokens {
      ids = List.copyOf(ids);
      if (ids.isEmpty()) {
        throw new IllegalArgumentException("a prompt has at least one token");
      }
    }
  }

  /**
   * A conversation, rendered by the model's own chat template.
   *
   * @param messages at least one
   * @param generationPrompt whether what opens an answer follows
   */
  record Chat(List<ChatMessage> messages, boolean generationPrompt) implements Prompt {
    /** Copies the list. */
    public Chat {
      messages = List.copyOf(messages);
      if (messages.isEmpty()) {
        throw new IllegalArgumentException("a conversation has at least one message");
      }
    }

    /** One that is to be answered. */
    public Chat(List<ChatMessage> messages) {
      this(messages, true);
    }
  }

  /**
   * One message of a conversation.
   *
   * @param role system, user, assistant or tool
   * @param content the text; may be empty
   */
  record ChatMessage(String role, String content) {}
}
