package dev.pusula.inference.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.entity.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("locale")
class ChatTemplateTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-09T23:30:00Z"), ZoneOffset.UTC);
  private static final Prompt.Chat CHAT = chat("{{ bos_token }} <b>{% if %}");

  @TempDir private Path folder;

  @Test
  void render_withoutATemplate_givesNothing() throws IOException {
    assertThat(template().render(CHAT)).isEmpty();
    config("{\"bos_token\": \"<s>\"}");
    assertThat(template().render(CHAT)).isEmpty();
  }

  @Test
  void render_withATemplateInTheConfiguration_writesTokensAndDateAndTheTextAsItIs()
      throws IOException {
    config(
        """
        {"bos_token": {"content": "<s>"}, "eos_token": "</s>", "pad_token": null,
         "chat_template": "{{ bos_token }}{% for m in messages %}{{ m.role ~ ':' ~ m.content }}{% endfor %}\
        {{ eos_token }}{{ pad_token is defined }}{{ tools is none }}{{ add_generation_prompt }}\
        {{ strftime_now('%d %b %Y') }}"}""");
    assertThat(template().render(CHAT))
        .contains("<s>user:{{ bos_token }} <b>{% if %}</s>FalseTrueTrue09 Mar 2026");
  }

  @Test
  void render_withSeveralTemplates_takesTheDefault() throws IOException {
    config(
        """
        {"chat_template": [{"name": "tool_use", "template": "a"}, {"name": "default", "template": "b"}]}""");
    assertThat(template().render(CHAT)).contains("b");
  }

  @Test
  void render_withSeveralTemplatesAndNoDefault_givesNothing() throws IOException {
    config("{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"a\"}]}");
    assertThat(template().render(CHAT)).isEmpty();
  }

  @Test
  void render_withAFileOfItsOwn_takesTheFile() throws IOException {
    config("{\"bos_token\": \"<s>\", \"chat_template\": \"a\"}");
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ bos_token }}file");
    assertThat(template().render(CHAT)).contains("<s>file");
  }

  @Test
  void render_whereTheTemplateRaises_refusesInItsWords() throws IOException {
    config("{\"chat_template\": \"{{ raise_exception('roles must alternate') }}\"}");
    ChatTemplate template = template();
    assertThatThrownBy(() -> template.render(CHAT))
        .isInstanceOf(ChatRefusedException.class)
        .hasMessage("roles must alternate");
  }

  @Test
  void of_whatIsNoTemplate_namesFileAndLine() throws IOException {
    config("{\"chat_template\": \"a\\n{% unknown %}\"}");
    assertThatThrownBy(this::template)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "tokenizer_config.json: chat template, line 2: unknown tag 'unknown'");
  }

  @Test
  void of_aConfigurationThatIsNoJson_isRefused() throws IOException {
    config("{");
    assertThatThrownBy(this::template)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is not valid JSON");
  }

  private ChatTemplate template() {
    return ChatTemplate.of(folder, CLOCK);
  }

  private void config(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), json);
  }

  private static Prompt.Chat chat(String content) {
    return new Prompt.Chat(List.of(new Prompt.ChatMessage("user", content)));
  }
}
